//! `envoi-login`: a person consents once, and a program that sends mail gets a refresh token.
//!
//! ```text
//! arguments, environment  ->  endpoints  ->  browser, or another device  ->  refresh token  ->  what to put where
//! ```
//!
//! A component of its own: envoi-cli would import wasi:http otherwise, and each of its runs would have to grant it.

#![allow(unsafe_code, reason = "generated bindings")]
// On other targets, only the tests call anything.
#![cfg_attr(not(target_family = "wasm"), allow(dead_code))]

mod arguments;
mod consent;
mod listener;

use std::io::Write;

use wasip2::cli::{
    environment::{get_arguments, get_environment},
    stderr, stdout,
};

use arguments::{Arguments, Command};

struct Login;

// Linkers of other targets do not accept the exported names.
#[cfg(target_family = "wasm")]
wasip2::cli::command::export!(Login);

impl wasip2::exports::cli::run::Guest for Login {
    fn run() -> Result<(), ()> {
        command().map_err(|what| say(&format!("envoi-login: {what}\n")))
    }
}

fn command() -> Result<(), String> {
    let words = get_arguments().into_iter().skip(1);
    match arguments::parse(words, get_environment())? {
        Command::Help => print(arguments::HELP),
        Command::Login(arguments) => login(&arguments),
    }
}

fn login(arguments: &Arguments) -> Result<(), String> {
    let consented = consent::get(arguments).map_err(|failure| failure.sentence)?;
    say(
        "\nDone. A program that sends mail takes this from its environment (examples/mail-worker), or gives it to\n\
         envoi:mail/oauth, token-source.refresh. Keep it as safe as a password:\n\n",
    );
    print(&format!(
        "SMTP_OAUTH_TOKEN_URL={}\nSMTP_OAUTH_CLIENT_ID={}\nSMTP_OAUTH_REFRESH_TOKEN={}\n",
        consented.token_url, arguments.client_id, *consented.refresh_token
    ))?;
    if arguments.has_secret() {
        let way = if arguments.secret_in_header {
            "header"
        } else {
            "body"
        };
        say(&format!(
            "\nand SMTP_OAUTH_CLIENT_SECRET, as it was given here, and SMTP_OAUTH_SECRET_IN={way}.\n"
        ));
    }
    Ok(())
}

/// Prints to standard output. It holds the refresh token: nothing is replaced in it.
fn print(text: &str) -> Result<(), String> {
    let mut stdout = stdout::get_stdout();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| Write::flush(&mut stdout));
    written.map_err(|error| format!("cannot write to stdout: {error}"))
}

/// Prints to standard error. A failure is ignored, because there is nowhere to report it. Control characters are
/// replaced, because a server's words are shown on terminals, which obey them.
fn say(text: &str) {
    let commands = |character: char| character.is_control() && character != '\n';
    let text = text.replace(commands, "\u{fffd}");
    let mut stderr = stderr::get_stderr();
    let _ = stderr
        .write_all(text.as_bytes())
        .and_then(|()| Write::flush(&mut stderr));
}
