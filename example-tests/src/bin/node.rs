//! `cargo xtask example node`: installs the package into a project, and sends a message with it to a
//! server on loopback.

use std::process::{Command, ExitCode};

use example_tests::{mail_server::TestMailServer, node};
use servers::scripted::Speaker;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("node: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let program = node::example()?;
    let server = TestMailServer::start(|line| {
        let from = match line.from {
            Speaker::Client => "envoi ",
            Speaker::Server => "server",
        };
        let tls = if line.tls { "TLS" } else { "   " };
        println!("  {tls} {from}  {}", line.text);
    });
    println!("node send.mjs you@example.org");
    let mut node = Command::new("node");
    node.arg(program).arg("you@example.org");
    node.env("SMTP_URL", server.url_with_password());
    let status = node.env("SMTP_CA", &server.pem).status();
    let status = status.map_err(|error| format!("node does not start: {error}"))?;
    if !status.success() {
        return Err(format!("send.mjs failed ({status})"));
    }
    let delivery = server.delivery()?;
    println!("\nWhat arrived, for {}:\n", delivery.recipients.join(", "));
    for line in String::from_utf8_lossy(&delivery.message).lines() {
        println!("  | {line}");
    }
    Ok(())
}
