//! `guest COMPONENT`: calls `welcome` of a guest that is composed with envoi, with a server on loopback,
//! and shows the conversation and the message.

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use demo::{Screen, Wasmtime};
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

fn call(composition: &Path) -> Result<(), String> {
    let wasmtime = Wasmtime::ready()?;
    let screen = Screen::new();
    screen.title("A guest calls the component that it is composed with, inside wasmtime");
    screen.item("composition", &composition.display().to_string());
    screen.item("runtime", &wasmtime.about());
    let sink = Sink::open(move |line| screen.line(&line, line.elapsed));
    let call = format!("welcome(\"smtp://{}\", \"{TO}\")", sink.address());
    screen.item("call", &call);

    screen.title("The conversation");
    let answer = invoke(&wasmtime, call, composition)?;
    let deliveries = sink.deliveries();
    let [delivery] = deliveries.as_slice() else {
        return Err(format!(
            "{} messages arrived; the guest returns: {answer}",
            deliveries.len()
        ));
    };
    show(screen, delivery);
    screen.success(&format!("Delivered. The guest returns: {answer}"));
    Ok(())
}

/// What the function returns, as wasmtime writes it.
fn invoke(wasmtime: &Wasmtime, call: String, composition: &Path) -> Result<String, String> {
    let mut command = wasmtime.run(&["--invoke".into(), call], composition);
    let answer = setup::run(&mut command).map_err(|why| {
        if why.contains("`welcome`") {
            format!(
                "the guest has no function `welcome` as the example's ({why}); `cargo xtask guest LANGUAGE FOLDER` \
                 makes a component of your own guest"
            )
        } else {
            why
        }
    })?;
    Ok(answer.trim().into())
}

fn show(screen: Screen, delivery: &Delivery) {
    screen.title("What arrived");
    screen.item("from", &delivery.sender);
    screen.item("to", &delivery.recipients.join(", "));
    for line in String::from_utf8_lossy(&delivery.message).lines() {
        screen.item("message", line);
    }
}
