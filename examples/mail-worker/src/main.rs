//! `mail-worker`: see `--help`, and README.md.

mod arguments;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::{env, io};

use anyhow::{Context, Result, anyhow, bail};
use arguments::{Arguments, Command, Submit, Work};
use clap::Parser;
use mail_worker::handler::Handler;
use mail_worker::metrics::{self, Metrics};
use mail_worker::queue::Queue;
use mail_worker::relay::{self, Relay};
use mail_worker::retry::Retry;
use mail_worker::tokens::{self, Source};
use mail_worker::work::{self, Worker};
use mail_worker::{dead, status, submit};
use tracing::info;

#[tokio::main]
async fn main() -> ExitCode {
    // clap prints its own text for wrong arguments.
    let arguments = Arguments::parse();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mail-worker: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(Arguments { nats, command }: Arguments) -> Result<()> {
    match command {
        Command::Work(options) => take_jobs(&nats, options).await,
        Command::Submit(Submit {
            server,
            from,
            to,
            files,
        }) => {
            let queue = Queue::open(&nats).await?;
            submit::submit(&queue, &server, &from, &to, &files).await
        }
        Command::Dead { retry } => dead_letters(&Queue::open(&nats).await?, retry).await,
        Command::Status => {
            status::show(&status::status(&Queue::open(&nats).await?).await?);
            Ok(())
        }
    }
}

async fn take_jobs(nats: &str, options: Work) -> Result<()> {
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_target(false)
        .init();
    let relays = relay::relays(variables(), &options.rate)?;
    let handler = load(&options.component, &relays).await?;
    let tokens = start_tokens(&options.oauth_component, &relays).await?;
    let queue = Queue::open(nats).await?;
    let metrics = Arc::new(Metrics::default());
    let address = metrics::serve(options.metrics, metrics.clone(), queue.client.clone())?;
    info!("metrics: http://{address}/metrics");
    let retry = Retry {
        first: options.retry_after,
        give_up_after: options.give_up_after,
    };
    let worker = Worker {
        queue,
        handler,
        tokens,
        retry,
        ack_wait: options.ack_wait,
        metrics,
    };
    work::work(worker, relays, options.at_once.into()).await
}

/// Loads the handler, and lets it check the servers, so that a typing error stops the host and not its jobs.
async fn load(component: &Path, relays: &[Relay]) -> Result<Handler> {
    let handler = Handler::load(component);
    let handler = handler.map_err(|error| anyhow!("{error:#}")).with_context(|| {
        format!("cannot load {}: `cargo xtask example mail-worker` makes dist/mail-worker.wasm; --component names another", component.display())
    })?;
    for relay in relays {
        let checked = handler
            .check(&relay.server)
            .await
            .map_err(|error| anyhow!("{error:#}"))?;
        if let Err(fault) = checked {
            bail!("the server `{}` (SMTP_URL, SMTP_CA): {fault}", relay.name);
        }
    }
    Ok(handler)
}

/// The sources of tokens, by the names of their servers. No token is asked for yet.
async fn start_tokens(component: &Path, relays: &[Relay]) -> Result<BTreeMap<String, Source>> {
    let mut sources = BTreeMap::new();
    let settings = relays
        .iter()
        .filter_map(|relay| Some((relay, relay.oauth.as_ref()?)));
    for (relay, settings) in settings {
        let loaded = tokens::Component::load(component);
        let loaded = loaded.map_err(|error| anyhow!("{error:#}")).with_context(|| {
            format!("cannot load {}: `cargo xtask build oauth` makes dist/envoi-oauth.wasm; --oauth-component names another", component.display())
        })?;
        let started = Source::start(&loaded, settings).await;
        match started.map_err(|error| anyhow!("{error:#}"))? {
            Ok(source) => drop(sources.insert(relay.name.clone(), source)),
            Err(fault) => bail!("the server `{}` (SMTP_OAUTH): {fault}", relay.name),
        }
    }
    Ok(sources)
}

async fn dead_letters(queue: &Queue, retry: Option<Vec<u64>>) -> Result<()> {
    let letters = dead::list(queue).await?;
    let Some(numbers) = retry else {
        letters.iter().for_each(dead::show);
        println!(
            "{} dead; --retry puts all back into the queue, --retry NUMBER… some",
            letters.len()
        );
        return Ok(());
    };
    let chosen = dead::chosen(letters, &numbers)?;
    dead::put_back(queue, &chosen).await?;
    println!("{} back in the queue", chosen.len());
    Ok(())
}

/// The environment variables whose values are text.
fn variables() -> impl Iterator<Item = (String, String)> {
    let text = |(name, value): (OsString, OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    env::vars_os().filter_map(text)
}
