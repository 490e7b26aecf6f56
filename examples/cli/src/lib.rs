//! `envoi-cli`: composes and sends a message, or sends the one on standard input, like swaks and msmtp.
//!
//! ```text
//! arguments, environment  ->  settings  ->  mailer
//! arguments, files  ->  draft  ->  mailer  ->  report, exit code
//! stdin  ->  header  ->  envelope, options
//! header without Bcc, then the rest in pieces  ->  mailer  ->  report, exit code
//! ```

#![allow(unsafe_code, reason = "generated bindings")]
// On other targets, only the tests call anything.
#![cfg_attr(not(target_family = "wasm"), allow(dead_code))]

mod addresses;
mod advice;
mod arguments;
mod content_type;
mod draft;
mod envelope;
mod environment;
mod exit;
mod files;
mod finished;
mod header;
mod report;
mod send;
mod server;
mod settings;
mod signers;

use std::io::{self, Write};

use wasip2::cli::{environment::get_arguments, exit::exit_with_code, stderr, stdout};

use arguments::Command;
use environment::Environment;
use exit::{Failure, USAGE};

// The streams of the crate `wasip2`, so that a file's stream can be attached.
wit_bindgen::generate!({
    path: ["../../wit", "wit"],
    world: "example:cli/cli",
    with: {
        "wasi:io/error@0.2.12": wasip2::io::error,
        "wasi:io/poll@0.2.12": wasip2::io::poll,
        "wasi:io/streams@0.2.12": wasip2::io::streams,
    },
    generate_all,
});

struct Cli;

// Linkers of other targets do not accept the exported names.
#[cfg(target_family = "wasm")]
wasip2::cli::command::export!(Cli);

impl wasip2::exports::cli::run::Guest for Cli {
    fn run() -> Result<(), ()> {
        command().map_err(|failure| {
            say(&format!("envoi-cli: {}\n", failure.what));
            exit_with_code(failure.code);
        })
    }
}

fn command() -> Result<(), Failure> {
    let command = arguments::parse(get_arguments().into_iter().skip(1)).map_err(|what| {
        let what = format!("{what}\n           --help shows what it takes");
        Failure::new(USAGE, what)
    })?;
    match command {
        Command::Help => print(arguments::HELP),
        Command::Version => print(concat!("envoi-cli ", env!("CARGO_PKG_VERSION"), "\n")),
        Command::Send(arguments) => send::send(&arguments, Environment::read()),
    }
}

/// Prints to standard output.
fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = stdout::get_stdout();
    let written = stdout
        .write_all(printable(text).as_bytes())
        .and_then(|()| Write::flush(&mut stdout));
    written.map_err(|error: io::Error| {
        Failure::new(exit::IO, format!("cannot write to stdout: {error}"))
    })
}

/// Prints to standard error. A failure is ignored, because there is nowhere to report it.
fn say(text: &str) {
    let mut stderr = stderr::get_stderr();
    let _ = stderr
        .write_all(printable(text).as_bytes())
        .and_then(|()| Write::flush(&mut stderr));
}

/// Replaces control characters, because a server's words are shown on terminals, which obey them.
fn printable(text: &str) -> String {
    let commands = |character: char| character.is_control() && character != '\n';
    text.replace(commands, "\u{fffd}")
}
