//! `cargo xtask demo`: shows the component sending a message.
//!
//! Exits with 0 if a message has arrived, 1 if not, 2 if the arguments are wrong.

mod advice;
mod arguments;
mod conversation;
mod embedded;
mod message;
mod remote;

use std::process::ExitCode;

use arguments::Command;

fn main() -> ExitCode {
    let arguments = std::env::args_os().skip(1);
    let outcome = match arguments::parse(arguments, std::env::var("ENVOI_PASSWORD").ok()) {
        Ok(Command::Help) => {
            println!("{}", arguments::HELP);
            return ExitCode::SUCCESS;
        }
        Ok(Command::Embedded { save }) => ready().and_then(|()| embedded::run(save.as_deref())),
        Ok(Command::Remote(request)) => ready().and_then(|()| remote::run(&request)),
        Err(fault) => Err(Failure::Arguments(format!(
            "{fault} (see `cargo xtask demo --help`)"
        ))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Arguments(fault)) => complain(&fault, 2),
        Err(Failure::NotDelivered(why)) => complain(&why, 1),
    }
}

/// Why the demo failed, in one line.
enum Failure {
    Arguments(String),
    NotDelivered(String),
}

fn ready() -> Result<(), Failure> {
    let path = host_tests::component_path();
    if path.exists() {
        return Ok(());
    }
    Err(Failure::NotDelivered(format!(
        "there is no {}: run `cargo xtask build` first",
        path.display()
    )))
}

fn complain(what: &str, code: u8) -> ExitCode {
    eprintln!("demo: {what}");
    ExitCode::from(code)
}
