//! The demo that needs no server: it starts one, and composes its own message.

use std::fs;
use std::process::{Command, Stdio};

use demo::{Screen, Wasmtime};
use servers::authority::Authority;
use servers::sink::{Account, Delivery, Sink};

use crate::conversation::Conversation;
use crate::{Failure, arrival, message};

const USERNAME: &str = "ada";
const PASSWORD: &str = "correct horse \"battery\" \\ staple";

/// What the command line reads from the environment. A token of the user's is for another server.
const SETTINGS: [&str; 3] = ["SMTP_URL", "ENVOI_PASSWORD", "ENVOI_CA"];

/// Keeps the message in the file `save`, if there is one.
pub(crate) fn run(save: Option<&str>) -> Result<(), Failure> {
    let screen = Screen::new();
    let wasmtime = Wasmtime::ready()?;
    screen.title("A WebAssembly component sends a message, inside wasmtime");
    let component = crate::component();
    screen.item("component", &component.display().to_string());
    screen.item("runtime", &wasmtime.about());
    let authority = Authority::new();
    let sink = start_sink(&authority, Conversation::new(screen));
    screen.item(
        "server",
        &format!("{}, of its own, with a throwaway authority", sink.address()),
    );

    screen.title("The conversation");
    let folders = [message::IMAGE, message::ATTACHMENT].map(granted);
    let options = [crate::environment(&SETTINGS), folders.concat()].concat();
    let mut command = wasmtime.run(&options, &component);
    command.args(message::arguments());
    let accepted = send(&mut command, &sink, &authority)?;

    let delivery = only(sink.deliveries())?;
    let message = arrival::parsed(&delivery)?;
    arrival::show(screen, &delivery, &message);
    arrival::compare(&delivery, &message, USERNAME)?;
    if let Some(file) = save {
        fs::write(file, &delivery.message)
            .map_err(|error| Failure::Arguments(format!("--save: cannot write {file}: {error}")))?;
    }
    screen.success(&format!(
        "Accepted for {accepted} recipients, and octet for octet what was composed."
    ));
    show_next_steps(screen);
    Ok(())
}

fn start_sink(authority: &Authority, conversation: Conversation) -> Sink {
    let account = Account {
        username: USERNAME.into(),
        password: PASSWORD.into(),
    };
    let identity = authority.issue(&["127.0.0.1"]);
    Sink::start(&identity, vec![account], move |line| {
        conversation.observe(line);
    })
}

/// The options of wasmtime that let the component read the file's folder.
fn granted(file: message::File) -> [String; 2] {
    let folder = format!("{}::{}", file.folder().display(), file.folder);
    ["--dir".into(), folder]
}

/// Returns how many recipients the component reports as accepted.
fn send(command: &mut Command, sink: &Sink, authority: &Authority) -> Result<usize, String> {
    command.env("SMTP_URL", format!("smtp://{USERNAME}@{}", sink.address()));
    command.env("ENVOI_PASSWORD", PASSWORD);
    command.env("ENVOI_CA", authority.pem());
    command.stdin(Stdio::null());
    let reported = setup::run(command)?;
    let accepted = reported
        .lines()
        .filter(|line| line.starts_with("accepted: "));
    match accepted.count() {
        count if count == message::RECIPIENTS.len() => Ok(count),
        count => Err(format!(
            "the component reports {count} recipients as accepted: {reported}"
        )),
    }
}

fn only(mut deliveries: Vec<Delivery>) -> Result<Delivery, String> {
    match deliveries.len() {
        1 => Ok(deliveries.remove(0)),
        count => Err(format!("{count} messages arrived")),
    }
}

fn show_next_steps(screen: Screen) {
    screen.title("What to do next");
    for (what, command) in [
        (
            "your server",
            "cargo xtask demo --server smtp://USER@HOST --from YOU --to YOU",
        ),
        (
            "your language",
            "cargo xtask example rust    # or javascript, python, c, go, node",
        ),
        (
            "your program",
            "cargo xtask guest rust FOLDER    # FOLDER: your copy of examples/guest; docs/languages/own-guest.md",
        ),
    ] {
        screen.item(what, command);
    }
}
