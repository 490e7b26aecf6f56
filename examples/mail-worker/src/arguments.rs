//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use mail_worker::relay;

/// Sends the mail jobs of a NATS queue, on any number of hosts.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
pub(crate) struct Arguments {
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
pub(crate) enum Command {
    /// Take jobs and send them, until SIGTERM. The servers come from the environment.
    ///
    /// SMTP_URL=smtps://USER:PASSWORD@HOST is the server `default`, SMTP_URL_BULK=… is the server `bulk`,
    /// and so on. A server that takes OAuth 2.0 tokens has SMTP_OAUTH_USER and others, as README.md has them,
    /// instead of USER:PASSWORD. SMTP_CA has certificates in PEM, if the servers' certificates come from your own
    /// authority.
    Work(Work),
    /// Put messages into the queue: files, or standard input. Each must have its own Message-ID.
    Submit(Submit),
    /// List the dead letters, with the server's words.
    Dead {
        /// Put these, or all, back into the queue.
        #[arg(long, value_name = "NUMBER", num_args = 0..)]
        retry: Option<Vec<u64>>,
    },
    /// Show how many jobs wait, are being sent, and are dead.
    Status,
}

#[derive(Args)]
pub(crate) struct Work {
    /// The handler, composed with envoi. `cargo xtask example mail-worker` makes it.
    #[arg(long, default_value = "dist/mail-worker.wasm")]
    pub component: PathBuf,
    /// The component that gets OAuth 2.0 tokens, for servers with SMTP_OAUTH_USER.
    #[arg(long, default_value = "dist/envoi-oauth.wasm")]
    pub oauth_component: PathBuf,
    /// Jobs that are sent at once, for each server.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub at_once: u16,
    /// Messages a second to each server, or (NAME=NUMBER) to one. For this host only.
    #[arg(long, value_name = "RATE")]
    pub rate: Vec<String>,
    /// Seconds until a job is tried again; then twice as long each time, an hour at most.
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub retry_after: Duration,
    /// Seconds after which a job is given up.
    #[arg(long, value_name = "SECONDS", default_value = "345600", value_parser = seconds)]
    pub give_up_after: Duration,
    /// Seconds after which the jobs of a dead host go to another. The same for all hosts.
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    pub ack_wait: Duration,
    /// The address of /metrics and /ready.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9464")]
    pub metrics: SocketAddr,
}

#[derive(Args)]
pub(crate) struct Submit {
    /// The name of the server.
    #[arg(long, default_value = relay::DEFAULT, value_parser = server)]
    pub server: String,
    /// The sender; empty for the null reverse-path.
    #[arg(long)]
    pub from: String,
    /// A recipient; repeat it for others.
    #[arg(long, required = true)]
    pub to: Vec<String>,
    /// Files with complete messages. Without files: standard input.
    pub files: Vec<PathBuf>,
}

/// Seconds may have a fraction.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| *seconds > 0.0);
    let seconds = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.ok_or_else(|| "it takes a number of seconds, more than 0".into())
}

/// The name of a server, which is part of a subject: in lower case, as hosts write it.
fn server(name: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.is_empty() && name.chars().all(fits) {
        Ok(name.to_ascii_lowercase())
    } else {
        Err("it takes NAME of a host's SMTP_URL_NAME: letters, digits and `_`".into())
    }
}
