//! Sends ten messages at the same time through `envoi-p3.wasm`, in wasmtime with WASI 0.3: one instance, one
//! mailer, several connections.
//!
//! ```text
//! SMTP_URL=smtps://user:password@mail.example.org cargo run -p rust-host-async -- \
//!     dist/envoi-p3.wasm you@example.org friend@example.org
//! ```

mod host;
mod message;

use std::path::Path;
use std::process::ExitCode;

use host::Host;
use message::Message;

const MESSAGES: u32 = 10;

// wasmtime runs an instance on one thread.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Not an argument, because other users can see arguments, with the password in them.
    let (Ok(server), [component, from, to]) = (std::env::var("SMTP_URL"), arguments.as_slice())
    else {
        eprintln!("SMTP_URL=smtps://USER:PASSWORD@HOST rust-host-async envoi-p3.wasm FROM TO");
        return ExitCode::from(2);
    };
    match send(Path::new(component), &server, from, to).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("rust-host-async: {error:?}");
            ExitCode::FAILURE
        }
    }
}

/// Prints what became of each message, and returns whether all were sent.
async fn send(component: &Path, server: &str, from: &str, to: &str) -> wasmtime::Result<bool> {
    let mut host = Host::new(component, server).await?;
    let mut messages = Vec::new();
    for number in 1..=MESSAGES {
        messages.push(host.compose(&Message { from, to, number }).await?);
    }
    let mut all_sent = true;
    for (number, sent) in (1..).zip(host.send(messages).await?) {
        match sent {
            Ok(receipt) => {
                // There is one recipient: if it was refused, the call has failed.
                let reply = &receipt.accepted[0].reply;
                println!("{number}: {} {}", reply.code, reply.text.replace('\n', " "));
            }
            Err(error) => {
                all_sent = false;
                println!("{number}: {}", host.explain(&error).await?);
            }
        }
    }
    Ok(all_sent)
}
