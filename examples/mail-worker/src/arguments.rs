//! What the program takes.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use mail_worker::relay;

/// Sends the mail jobs of a NATS queue, on any number of hosts.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
pub struct Arguments {
    /// The queue: a NATS server with JetStream.
    #[arg(
        long,
        env = "NATS_URL",
        default_value = "nats://127.0.0.1:4222",
        global = true,
        hide_env_values = true
    )]
    pub nats: String,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
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
pub struct Work {
    /// The handler composed with envoi: `cargo xtask example mail-worker` makes it.
    #[arg(long, default_value = "dist/mail-worker.wasm")]
    pub component: PathBuf,
    /// Jobs at once, for each server.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub at_once: u16,
    /// Messages a second to each server, or, as NAME=NUMBER, to one; for this host alone.
    #[arg(long, value_name = "RATE")]
    pub rate: Vec<String>,
    /// Seconds until a job is tried again; then twice as long, and so on, up to an hour.
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub retry_after: Duration,
    /// Seconds after which a job that was never accepted or refused is given up.
    #[arg(long, value_name = "SECONDS", default_value = "345600", value_parser = seconds)]
    pub give_up_after: Duration,
    /// Seconds after which the jobs of a host that died go to another: the same for all hosts.
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    pub ack_wait: Duration,
    /// Where /metrics and /ready are served.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9464")]
    pub metrics: SocketAddr,
}

#[derive(Args)]
pub struct Submit {
    /// By which server, as the hosts name it.
    #[arg(long, default_value = relay::DEFAULT, value_parser = server)]
    pub server: String,
    /// Who sends; empty for the null reverse-path.
    #[arg(long)]
    pub from: String,
    /// Who receives; more than once for several.
    #[arg(long, required = true)]
    pub to: Vec<String>,
    /// Messages, complete with header. None: standard input.
    pub files: Vec<PathBuf>,
}

/// Fractions too.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| *seconds > 0.0);
    let seconds = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.ok_or_else(|| "it takes a number of seconds, more than 0".into())
}

/// A part of a subject, in the case that hosts give it.
fn server(name: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    match !name.is_empty() && name.chars().all(fits) {
        true => Ok(name.to_ascii_lowercase()),
        false => Err("it takes NAME of a host's SMTP_URL_NAME: letters, digits and `_`".into()),
    }
}
