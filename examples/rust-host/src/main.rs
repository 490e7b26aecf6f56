//! Composes and sends messages through `envoi.wasm`, in wasmtime: one in its own instance, then two in an instance that
//! is kept, over one connection.
//!
//! ```text
//! SMTP_URL=smtps://user:password@mail.example.org cargo run -p rust-host -- \
//!     dist/envoi.wasm you@example.org friend@example.org
//! ```

mod host;
mod message;

use std::path::Path;
use std::process::ExitCode;

use host::{Host, Receipt};
use message::Message;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Not an argument, because other users can see arguments, with the password in them.
    let (Ok(server), [component, from, to]) = (std::env::var("SMTP_URL"), arguments.as_slice())
    else {
        eprintln!("SMTP_URL=smtps://USER:PASSWORD@HOST rust-host envoi.wasm FROM TO");
        return ExitCode::from(2);
    };
    match send(Path::new(component), &server, from, to) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rust-host: {error:?}");
            ExitCode::FAILURE
        }
    }
}

fn send(component: &Path, server: &str, from: &str, to: &str) -> wasmtime::Result<()> {
    let host = Host::new(component)?;
    let message = |number| Message { from, to, number };

    // Messages cannot see each other. A host may do this on any number of threads.
    show("own instance", host.send_once(server, &message(1))?);

    // The second message needs no new connection and no new TLS handshake.
    let mut kept = host.keep(server)?;
    for number in 2..=3 {
        show("kept instance", kept.send(&message(number))?);
    }
    kept.close()
}

fn show(how: &str, receipt: Receipt) {
    for accepted in receipt.accepted {
        let answer = accepted.reply.text.replace('\n', " ");
        println!(
            "{how}: {}: {} {answer}",
            accepted.recipient, accepted.reply.code
        );
    }
    for refused in receipt.refused {
        let answer = refused.reply.text.replace('\n', " ");
        println!(
            "{how}: {} refused: {} {answer}",
            refused.recipient, refused.reply.code
        );
    }
    for recipient in receipt.unknown {
        println!("{how}: {recipient}: may have been delivered");
    }
    for unsent in receipt.unsent {
        println!("{how}: {} not sent: {:?}", unsent.recipient, unsent.error);
    }
}
