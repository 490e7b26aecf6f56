//! Failures around a host: of the queue, of the mail server, of its settings; and the host's own end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};

use mail_worker::relay::DEFAULT;
use servers::scripted::{Script, Server};

use crate::host::{Host, complaint, component, run};
use crate::job;
use crate::mail::Mail;
use crate::nats::Nats;
use crate::wait::until;

/// An address on which nothing listens.
const NO_NATS: &str = "nats://127.0.0.1:9";

fn submit(nats: &Nats, number: usize) {
    let (runtime, queue) = nats.queue();
    let job = job(number, &["b@mail.test".into()]);
    runtime
        .block_on(queue.submit(DEFAULT, &job))
        .expect("the queue runs");
}

#[test]
fn a_host_that_lost_the_queue_takes_jobs_again_when_it_is_back() {
    let Some(mut nats) = Nats::start() else {
        return;
    };
    let mail = Mail::start(|_| None);
    let host = Host::start(&nats, &mail);
    assert_eq!(status_of(&host, "/ready"), "HTTP/1.1 200 OK");
    nats.kill();
    until("notice", || {
        (status_of(&host, "/ready") == "HTTP/1.1 503 Service Unavailable").then_some(())
    });
    nats.restart();
    submit(&nats, 1);
    until("delivery", || (mail.taken() == 1).then_some(()));
}

#[test]
fn a_host_told_to_end_finishes_what_is_under_way() {
    let Some(nats) = Nats::start() else { return };
    let gate = Arc::new(Gate::default());
    let mail = Mail::start({
        let gate = gate.clone();
        move |_| {
            gate.pass();
            None
        }
    });
    let mut host = Host::start(&nats, &mail);
    submit(&nats, 1);
    gate.until_someone_waits();
    host.terminate();
    host.until_it_says("stopping");
    gate.open();
    assert!(host.wait().success());
    assert_eq!(mail.taken(), 1);
    let (runtime, queue) = nats.queue();
    let left = runtime
        .block_on(queue.jobs.get_info())
        .unwrap()
        .state
        .messages;
    assert_eq!(left, 0, "the job was acknowledged");
}

#[test]
fn a_message_whose_answer_was_lost_is_sent_again_with_the_same_message_id() {
    let Some(nats) = Nats::start() else { return };
    let server = Server::start([
        until_the_message().hang_up(),
        until_the_message()
            .say("250 2.0.0 Taken")
            .expect("QUIT")
            .say("221 Bye")
            .hang_up(),
    ]);
    let host = Host::start_for(&nats, &format!("smtp://127.0.0.1:{}", server.port()), "");
    submit(&nats, 1);
    host.until_it_says(" accepted ");
    let log = host.log();
    assert!(log.contains("may have been delivered"), "{log}");
    let sessions = server.finish().sessions;
    assert_eq!(sessions[0].contents, sessions[1].contents);
}

#[test]
fn metrics_tell_what_became_of_the_jobs() {
    let Some(nats) = Nats::start() else { return };
    let mail = Mail::start(|_| None);
    let host = Host::start(&nats, &mail);
    submit(&nats, 1);
    host.until_it_says(" accepted ");
    let metrics = get(&host, "/metrics");
    for line in [
        "Content-Type: application/openmetrics-text",
        r#"mail_worker_recipients_total{server="default",disposition="accepted"} 1"#,
        r#"mail_worker_attempt_seconds_count{server="default"} 1"#,
    ] {
        assert!(
            metrics.to_lowercase().contains(&line.to_lowercase()),
            "no `{line}` in:\n{metrics}"
        );
    }
}

#[test]
fn no_password_is_in_the_log() {
    let Some(nats) = Nats::start() else { return };
    let mail = Mail::start(|_| Some("450 4.2.1 Busy".into()));
    let host = Host::start(&nats, &mail);
    submit(&nats, 1);
    host.until_it_says("again in 0.4 s");
    let log = host.log();
    assert!(!log.contains("p@ss") && !log.contains("p%40ss"), "{log}");
}

#[test]
fn without_nats_a_host_says_what_to_do() {
    let said = complaint(NO_NATS, &component(), &[("SMTP_URL", "smtp://127.0.0.1")]);
    assert!(
        said.contains("no connection to NATS at nats://127.0.0.1:9: start a server"),
        "{said}"
    );
}

#[test]
fn a_queue_with_a_password_takes_it_from_the_url() {
    let Some(mut nats) = Nats::start_with_password("ada", "p@ss") else {
        return;
    };
    let refused = run(&nats, &["status"], "");
    let errors = String::from_utf8_lossy(&refused.stderr);
    assert!(errors.contains("authorization violation"), "{errors}");
    nats.url = nats.url.replace("nats://", "nats://ada:p%40ss@");
    assert!(run(&nats, &["status"], "").status.success());
}

#[test]
fn the_password_of_the_queue_is_in_no_error() {
    let url = "nats://ada:p@ss@127.0.0.1:9";
    let said = complaint(url, &component(), &[("SMTP_URL", "smtp://127.0.0.1")]);
    assert!(
        said.contains("no connection to NATS at 127.0.0.1:9: "),
        "{said}"
    );
    assert!(!said.contains("p@ss"), "{said}");
}

#[test]
fn without_a_mail_server_a_host_says_what_to_set() {
    let said = complaint(NO_NATS, &component(), &[]);
    assert!(
        said.contains("set SMTP_URL=smtps://USER:PASSWORD@HOST"),
        "{said}"
    );
}

#[test]
fn a_url_that_is_none_stops_the_host_before_it_takes_a_job() {
    let said = complaint(
        NO_NATS,
        &component(),
        &[("SMTP_URL_BULK", "smtp//ada:p@ss@127.0.0.1")],
    );
    assert!(
        said.contains("the server `bulk` (SMTP_URL, SMTP_CA): "),
        "{said}"
    );
    assert!(!said.contains("p@ss"), "{said}");
}

#[test]
fn without_a_component_a_host_says_what_makes_it() {
    let said = complaint(
        NO_NATS,
        Path::new("/nonexistent.wasm"),
        &[("SMTP_URL", "smtp://127.0.0.1")],
    );
    assert!(
        said.contains("cannot load /nonexistent.wasm: `cargo xtask example mail-worker`"),
        "{said}"
    );
}

fn until_the_message() -> Script {
    Script::new()
        .say("220 mail.test ESMTP")
        .expect("EHLO [127.0.0.1]")
        .say("250 mail.test")
        .expect("MAIL FROM:<ada@mail.test>")
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<b@mail.test>")
        .say("250 2.1.5 Ok")
        .expect("DATA")
        .say("354 Go ahead")
        .expect_content()
}

/// A gate that the mail server waits at.
#[derive(Default)]
struct Gate {
    state: Mutex<(bool, bool)>,
    changed: Condvar,
}

impl Gate {
    fn pass(&self) {
        let mut state = self.state.lock().unwrap();
        state.0 = true;
        self.changed.notify_all();
        drop(self.changed.wait_while(state, |(_, open)| !*open).unwrap());
    }

    fn until_someone_waits(&self) {
        let state = self.state.lock().unwrap();
        drop(
            self.changed
                .wait_while(state, |(waits, _)| !*waits)
                .unwrap(),
        );
    }

    fn open(&self) {
        self.state.lock().unwrap().1 = true;
        self.changed.notify_all();
    }
}

fn status_of(host: &Host, path: &str) -> String {
    get(host, path).lines().next().unwrap_or_default().into()
}

fn get(host: &Host, path: &str) -> String {
    let log = host.log();
    let (_, rest) = log.split_once("metrics: http://").expect("it says where");
    let (address, _) = rest.split_once("/metrics").expect("it says where");
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    .expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}
