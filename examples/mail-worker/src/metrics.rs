//! Serves a host's metrics for Prometheus over HTTP (`/metrics`), and `/ready`, which answers 200 while the queue
//! is connected, for probes such as Kubernetes'.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow};
use async_nats::Client;
use async_nats::connection::State;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tiny_http::{Header, Response, Server};

use crate::outcome::Outcome;

/// In seconds: from a server nearby to a server that scans each message.
const BUCKETS: [f64; 10] = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0];

const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub struct Metrics {
    registry: Registry,
    recipients: Family<RecipientLabels, Counter>,
    redelivered: Family<ServerLabel, Counter>,
    seconds: Family<ServerLabel, Histogram, fn() -> Histogram>,
    pub under_way: Gauge,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ServerLabel {
    server: String,
}

impl ServerLabel {
    fn new(server: &str) -> ServerLabel {
        let server = server.into();
        ServerLabel { server }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RecipientLabels {
    server: String,
    disposition: &'static str,
}

impl Default for Metrics {
    fn default() -> Metrics {
        let histogram: fn() -> Histogram = || Histogram::new(BUCKETS);
        let mut metrics = Metrics {
            registry: Registry::with_prefix("mail_worker"),
            recipients: Family::default(),
            redelivered: Family::default(),
            seconds: Family::new_with_constructor(histogram),
            under_way: Gauge::default(),
        };
        let registry = &mut metrics.registry;
        let help = "Recipients by the result of an attempt; spared: sent to before, and not again";
        registry.register("recipients", help, metrics.recipients.clone());
        let help = "Jobs that had come before, to this host or another";
        registry.register("redelivered", help, metrics.redelivered.clone());
        let help = "From the connection to the server until its last answer";
        registry.register("attempt_seconds", help, metrics.seconds.clone());
        let help = "Jobs under way";
        registry.register("under_way", help, metrics.under_way.clone());
        metrics
    }
}

impl Metrics {
    pub fn attempt(&self, server: &str, took: Duration, outcome: &Outcome) {
        for (disposition, verdicts) in [
            ("accepted", &outcome.accepted),
            ("dead", &outcome.dead),
            ("again", &outcome.open),
        ] {
            self.count(server, disposition, verdicts.len());
        }
        let seconds = self.seconds.get_or_create(&ServerLabel::new(server));
        seconds.observe(took.as_secs_f64());
    }

    /// Counts recipients that the ledger already has.
    pub fn spared(&self, server: &str, recipients: usize) {
        self.count(server, "spared", recipients);
    }

    pub fn redelivered(&self, server: &str) {
        self.redelivered
            .get_or_create(&ServerLabel::new(server))
            .inc();
    }

    fn count(&self, server: &str, disposition: &'static str, recipients: usize) {
        let labels = RecipientLabels {
            server: server.into(),
            disposition,
        };
        self.recipients
            .get_or_create(&labels)
            .inc_by(recipients as u64);
    }

    fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// Serves until the process ends. Returns the address, because port 0 means any port.
pub fn serve(address: SocketAddr, metrics: Arc<Metrics>, queue: Client) -> Result<String> {
    let server = Server::http(address);
    let server = server.map_err(|error| {
        anyhow!("cannot listen on {address} ({error}): choose another with --metrics")
    })?;
    let address = server.server_addr().to_string();
    thread::spawn(move || {
        for request in server.incoming_requests() {
            let connected = queue.connection_state() == State::Connected;
            let (status, body) = answer(request.url(), &metrics, connected);
            let kind = Header::from_bytes("Content-Type", TEXT).expect("a header");
            let response = Response::from_string(body)
                .with_status_code(status)
                .with_header(kind);
            // A broken connection is the client's problem.
            let _ = request.respond(response);
        }
    });
    Ok(address)
}

fn answer(path: &str, metrics: &Metrics, connected: bool) -> (u16, String) {
    match path {
        "/metrics" => (200, metrics.text()),
        "/ready" if connected => (200, "ready\n".into()),
        "/ready" => (503, "the queue is not connected\n".into()),
        _ => (404, "there are /metrics and /ready\n".into()),
    }
}
