//! The demo with a server of the user's: envoi's command line shows the conversation.

use std::fs::{self, File};
use std::io;
use std::process::{ExitStatus, Stdio};

use demo::{Screen, Wasmtime};

use crate::Failure;
use crate::arguments::SendRequest;

/// Returns how the command ended.
pub(crate) fn run(request: &SendRequest) -> Result<ExitStatus, Failure> {
    let screen = Screen::new();
    let trust = read("--trust", &request.trust, |path| fs::read_to_string(path))?;
    let message = read("--message", &request.message, |path| File::open(path))?;

    let wasmtime = Wasmtime::ready()?;
    screen.title("A WebAssembly component sends a message, inside wasmtime");
    let mut command = wasmtime.run(&crate::environment(&SETTINGS), &crate::component());
    // Not as an argument, which other users can read: the URL may have a password.
    command.env("SMTP_URL", &request.server);
    if let Some(certificates) = trust {
        command.env("ENVOI_CA", certificates);
    }
    command.args(["--verbose", "--from", &request.from]);
    for recipient in &request.to {
        command.args(["--to", recipient]);
    }
    match message {
        Some(message) => command.stdin(message),
        None => command.args(SHORT).stdin(Stdio::null()),
    };
    let ended = command.status();
    Ok(ended.map_err(|error| format!("wasmtime cannot be run: {error}"))?)
}

/// The file that an option names, if it is given.
fn read<T>(
    option: &str,
    path: &Option<String>,
    open: impl FnOnce(&str) -> io::Result<T>,
) -> Result<Option<T>, Failure> {
    let Some(path) = path else {
        return Ok(None);
    };
    let opened = open(path).map(Some);
    opened.map_err(|error| Failure::Arguments(format!("{option}: cannot read {path}: {error}")))
}

/// What the command line reads from the environment.
const SETTINGS: [&str; 4] = ["SMTP_URL", "ENVOI_PASSWORD", "ENVOI_TOKEN", "ENVOI_CA"];

/// A short text.
const SHORT: [&str; 4] = [
    "--subject",
    "A message from a WebAssembly component",
    "--text",
    "This message came out of envoi, an SMTP client as a WebAssembly component.\n",
];
