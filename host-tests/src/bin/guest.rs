//! `guest COMPONENT`: calls `welcome` of a guest that is composed with envoi, with a server on loopback,
//! and shows the conversation and the message.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use std::{env, fs};

use host_tests::{Guest, Screen};
use servers::sink::{Delivery, Sink};

const TO: &str = "you@example.org";

fn main() -> ExitCode {
    let Some(path) = env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("guest COMPONENT");
        return ExitCode::from(2);
    };
    match call(&path) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("guest: {why}");
            ExitCode::FAILURE
        }
    }
}

fn call(path: &Path) -> Result<(), String> {
    let composition =
        fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    let screen = Screen::new();
    screen.title("A guest calls the component that it is composed with, inside wasmtime");
    let kib = composition.len().div_ceil(1024);
    screen.item(
        "composition",
        &format!("{kib} KiB, which wasmtime compiles once"),
    );
    let start = Instant::now();
    let guest = Guest::new(&composition);
    let seconds = start.elapsed().as_secs_f32();
    screen.item("loaded", &format!("in {seconds:.1} s"));
    let sink = Sink::open(move |line| screen.observed(line));
    let server = format!("smtp://{}", sink.address());
    screen.item("call", &format!("welcome(\"{server}\", \"{TO}\")"));

    screen.title("The conversation");
    let answer = guest.welcome(&server, TO)?;
    let deliveries = sink.deliveries();
    let [delivery] = deliveries.as_slice() else {
        return Err(format!("{} messages arrived", deliveries.len()));
    };
    show(screen, delivery);
    screen.success(&format!("Delivered. The guest returns: {answer}"));
    Ok(())
}

fn show(screen: Screen, delivery: &Delivery) {
    screen.title("What arrived");
    screen.item("from", &delivery.sender);
    screen.item("to", &delivery.recipients.join(", "));
    for line in String::from_utf8_lossy(&delivery.message).lines() {
        screen.item("message", line);
    }
}
