//! `cargo xtask demo`: shows the component sending a message.
//!
//! Exits with 0 if a message has arrived, 1 if not, 2 if the arguments are wrong; with a server of the user's,
//! as envoi's command line does (docs/cli.md).

mod arguments;
mod arrival;
mod conversation;
mod embedded;
mod message;
mod remote;

use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus};

use arguments::Command;

fn main() -> ExitCode {
    let outcome = match arguments::parse(std::env::args_os().skip(1)) {
        Ok(Command::Help) => {
            println!("{}", arguments::HELP);
            return ExitCode::SUCCESS;
        }
        Ok(Command::Embedded { save }) => {
            embedded::run(save.as_deref()).map(|()| ExitCode::SUCCESS)
        }
        Ok(Command::Remote(request)) => remote::run(&request).map(code),
        Err(fault) => Err(Failure::Arguments(format!(
            "{fault} (see `cargo xtask demo --help`)"
        ))),
    };
    match outcome {
        Ok(code) => code,
        Err(Failure::Arguments(fault)) => complain(&fault, 2),
        Err(Failure::NotDelivered(why)) => complain(&why, 1),
    }
}

/// Why the demo failed, in one line.
enum Failure {
    Arguments(String),
    NotDelivered(String),
}

impl From<String> for Failure {
    fn from(why: String) -> Failure {
        Failure::NotDelivered(why)
    }
}

/// envoi's command line, composed with envoi; both compiled for a try.
fn component() -> PathBuf {
    setup::project().join("dist/envoi-demo.wasm")
}

/// The options of wasmtime that pass settings on by their names: other users can read a command's arguments.
fn environment(names: &[&str]) -> Vec<String> {
    let options = names.iter().flat_map(|name| ["--env", name]);
    options.map(str::to_owned).collect()
}

fn code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

fn complain(what: &str, code: u8) -> ExitCode {
    eprintln!("demo: {what}");
    ExitCode::from(code)
}
