//! `wasmtime run` with envoi's command line, which sends its standard input.

use std::fs::{self, File};
use std::process::Command;

use servers::sink::Sink;

use super::{Failure, RECIPIENT};
use crate::dist;
use crate::mail_server::{PASSWORD, TestMailServer};
use crate::program::Program;

const MESSAGE: &str = "From: shop@example.org\nSubject: Welcome\n\nGood to have you here.\n";

pub(super) fn send<'a>(
    version: &str,
    flags: impl Iterator<Item = &'a str>,
    file: &str,
    server: &TestMailServer,
) -> Result<(String, Command), String> {
    let wasmtime = setup::wasmtime(version)?;
    let mut command = Command::new(&wasmtime);
    command.arg("run").args(flags);
    // The name alone takes the value from the environment: other users can read a command's arguments.
    command.args(["--env", "ENVOI_PASSWORD", "--env", "ENVOI_CA"]);
    command.envs([("ENVOI_PASSWORD", PASSWORD), ("ENVOI_CA", &server.pem)]);
    command.arg(dist().join(file));
    command.args(["--server", &server.url(), "--from", "shop@example.org"]);
    command.args(["--to", RECIPIENT]).stdin(message()?);
    Ok((super::version(&wasmtime)?, command))
}

/// Has the command call the component's `send-mail`. That takes no certificate of an authority of one's own, so
/// this is without TLS.
pub(super) fn invoke<'a>(
    version: &str,
    flags: impl Iterator<Item = &'a str>,
    file: &str,
) -> Result<String, Failure> {
    let wasmtime = setup::wasmtime(version)?;
    let sink = Sink::open(|_| ());
    let mut command = Command::new(&wasmtime);
    command.arg("run").args(flags);
    let (url, octets) = (
        format!("smtp://localhost:{}", sink.port()),
        MESSAGE.as_bytes(),
    );
    let call =
        format!("send-mail({url:?}, \"shop@example.org\", [{RECIPIENT:?}], {octets:?}, none)");
    command.args(["--invoke", &call]).arg(dist().join(file));
    let ended = Program::start(&mut command).end();
    match sink.deliveries().as_slice() {
        [delivery] if ended.succeeded && delivery.recipients == [RECIPIENT] => {
            Ok(super::version(&wasmtime)?)
        }
        _ => Err(Failure::Undelivered(ended.stdout + &ended.stderr)),
    }
}

/// The message, as standard input.
fn message() -> Result<File, String> {
    let path = setup::folder("message.eml");
    let open = fs::write(&path, MESSAGE).and_then(|()| File::open(&path));
    open.map_err(|error| format!("{}: {error}", path.display()))
}
