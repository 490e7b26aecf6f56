//! `mail-worker`: see `--help`, and README.md.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use std::{env, io};

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, Parser, Subcommand};
use mail_worker::handler::Handler;
use mail_worker::metrics::{self, Metrics};
use mail_worker::queue::Queue;
use mail_worker::relay::{self, Relay};
use mail_worker::retry::Retry;
use mail_worker::work::{self, Worker};
use mail_worker::{dead, status, submit};
use tracing::info;

/// Sends the mail jobs of a NATS queue, on any number of hosts.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Arguments {
    /// The queue: a NATS server with JetStream.
    #[arg(
        long,
        env = "NATS_URL",
        default_value = "nats://127.0.0.1:4222",
        global = true,
        hide_env_values = true
    )]
    nats: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Take jobs and send them, until SIGTERM. The servers come from the environment.
    ///
    /// SMTP_URL=smtps://USER:PASSWORD@HOST is the server `default`, SMTP_URL_BULK=… one by the name
    /// `bulk`, and so on. SMTP_CA holds certificates in PEM, where theirs are of an authority of
    /// your own.
    Work(Work),
    /// Put messages into the queue: files, or standard input. Each has a Message-ID of its own.
    Submit(Submit),
    /// List what was refused for good, with the server's words.
    Dead {
        /// Put all of it, or the letters of these numbers, back into the queue.
        #[arg(long, value_name = "NUMBER", num_args = 0..)]
        retry: Option<Vec<u64>>,
    },
    /// Show how much waits, is under way, and is dead.
    Status,
}

#[derive(Args)]
struct Work {
    /// The handler composed with envoi: `cargo xtask example mail-worker` makes it.
    #[arg(long, default_value = "dist/mail-worker.wasm")]
    component: PathBuf,
    /// Jobs at once, for each server.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=100))]
    at_once: u16,
    /// Messages a second to each server, or, as NAME=NUMBER, to one; for this host alone.
    #[arg(long, value_name = "RATE")]
    rate: Vec<String>,
    /// Seconds until a job is tried again; then twice as long, and so on, up to an hour.
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    retry_after: Duration,
    /// Seconds after which a job that was never accepted or refused is given up.
    #[arg(long, value_name = "SECONDS", default_value = "345600", value_parser = seconds)]
    give_up_after: Duration,
    /// Seconds after which the jobs of a host that died go to another: the same for all hosts.
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    ack_wait: Duration,
    /// Where /metrics and /ready are served.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9464")]
    metrics: SocketAddr,
}

#[derive(Args)]
struct Submit {
    /// By which server, as the hosts name it.
    #[arg(long, default_value = relay::DEFAULT)]
    server: String,
    /// Who sends; empty for the null reverse-path.
    #[arg(long)]
    from: String,
    /// Who receives; more than once for several.
    #[arg(long, required = true)]
    to: Vec<String>,
    /// Messages, complete with header. None: standard input.
    files: Vec<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    // By itself, a word of its own on wrong arguments.
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
        retry,
        ack_wait: options.ack_wait,
        metrics,
    };
    work::work(worker, relays, options.at_once.into()).await
}

/// And has it look at the servers, so that a typing error stops the host and not its jobs.
async fn load(component: &PathBuf, relays: &[Relay]) -> Result<Handler> {
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

async fn dead_letters(queue: &Queue, retry: Option<Vec<u64>>) -> Result<()> {
    let letters = dead::letters(queue).await?;
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

/// Of the environment, those that are text.
fn variables() -> impl Iterator<Item = (String, String)> {
    let text = |(name, value): (OsString, OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    env::vars_os().filter_map(text)
}

/// Fractions too.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().map_err(|_| "a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}
