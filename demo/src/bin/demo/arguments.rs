//! Parses the command line.

use std::ffi::OsString;

pub(crate) const HELP: &str = "\
cargo xtask demo [--save FILE]
    Composes a message with an image and an attachment, sends it to a server of its own on this
    machine, and shows the conversation and what arrived.

    --save FILE       keeps what arrived, for a mail program

cargo xtask demo --server URL --from ADDRESS --to ADDRESS [--to ADDRESS ...] [OPTIONS]
    Sends a message to a server of yours, and shows the conversation.

    --server URL      smtps://USER:PASSWORD@HOST:PORT (TLS from the first byte, port 465) or
                      smtp://... (STARTTLS, port 587); user and password percent-encoded
    --message FILE    a complete message, instead of a short text
    --trust FILE      certificates (PEM) of authorities to trust besides Mozilla's
    --help            show this

The password may also come from the environment, out of sight of others, and an OAuth 2.0 token must
(ENVOI_TOKEN):
    ENVOI_PASSWORD=... cargo xtask demo --server smtps://USER@HOST --from ... --to ...

That is a part of envoi's command line: docs/cli.md has its other options, and its exit codes.

Colours are shown on a terminal, unless NO_COLOR is set.";

/// No `Debug`, because the server's URL may contain a password.
#[derive(PartialEq)]
pub(crate) enum Command {
    Help,
    Embedded {
        /// The file that keeps the message.
        save: Option<String>,
    },
    Remote(SendRequest),
}

/// The message to send, and the server.
#[derive(Default, PartialEq)]
pub(crate) struct SendRequest {
    /// The URL, maybe with a password.
    pub server: String,
    pub from: String,
    pub to: Vec<String>,
    pub message: Option<String>,
    pub trust: Option<String>,
}

/// The error is one line for the user.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let mut given = Given::default();
    let mut arguments = arguments.into_iter().map(text);
    while let Some(argument) = arguments.next() {
        let argument = argument?;
        let (option, value) = match argument.split_once('=') {
            Some((option, value)) if option.starts_with("--") => (option, Some(value.to_owned())),
            _ => (argument.as_str(), None),
        };
        if matches!(option, "--help" | "-h") {
            return Ok(Command::Help);
        }
        let slot = given.slot(option)?;
        let value = match value {
            Some(value) => value,
            None => arguments
                .next()
                .transpose()?
                .ok_or_else(|| format!("{option} needs a value"))?,
        };
        slot.push(value);
    }
    given.command()
}

#[derive(Default)]
struct Given {
    server: Vec<String>,
    from: Vec<String>,
    to: Vec<String>,
    message: Vec<String>,
    trust: Vec<String>,
    save: Vec<String>,
}

impl Given {
    fn slot(&mut self, option: &str) -> Result<&mut Vec<String>, String> {
        match option {
            "--server" => Ok(&mut self.server),
            "--from" => Ok(&mut self.from),
            "--to" => Ok(&mut self.to),
            "--message" => Ok(&mut self.message),
            "--trust" => Ok(&mut self.trust),
            "--save" => Ok(&mut self.save),
            other => Err(format!("unknown argument {other:?}")),
        }
    }

    fn command(self) -> Result<Command, String> {
        let Given {
            server,
            from,
            to,
            message,
            trust,
            save,
        } = self;
        let save = once("--save", save)?;
        if [&server, &from, &to, &message, &trust]
            .iter()
            .all(|values| values.is_empty())
        {
            return Ok(Command::Embedded { save });
        }
        if save.is_some() {
            return Err("--save is for the demo's own server".into());
        }
        let needed = |option: &str| format!("{option} is missing");
        let request = SendRequest {
            server: once("--server", server)?.ok_or_else(|| needed("--server"))?,
            from: once("--from", from)?.ok_or_else(|| needed("--from"))?,
            to,
            message: once("--message", message)?,
            trust: once("--trust", trust)?,
        };
        if request.to.is_empty() {
            return Err(needed("--to"));
        }
        Ok(Command::Remote(request))
    }
}

fn once(option: &str, mut values: Vec<String>) -> Result<Option<String>, String> {
    match values.len() {
        0 | 1 => Ok(values.pop()),
        _ => Err(format!("{option} is given more than once")),
    }
}

/// The error does not repeat the argument, which may contain a password.
fn text(argument: OsString) -> Result<String, String> {
    argument
        .into_string()
        .map_err(|_| "an argument is not UTF-8".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn without_arguments_the_demo_starts_its_own_server() {
        let embedded = |save: Option<&str>| {
            let save = save.map(str::to_owned);
            Ok(Command::Embedded { save })
        };
        assert!(parsed("") == embedded(None));
        assert!(parsed("--save a.eml") == embedded(Some("a.eml")));
    }

    #[test]
    fn a_request_has_a_server_a_sender_and_recipients() {
        let line =
            "--server=smtps://mail.test --from a@mail.test --to b@mail.test --to c@mail.test";
        let Ok(Command::Remote(request)) = parsed(line) else {
            panic!("no request")
        };
        assert_eq!(request.server, "smtps://mail.test");
        assert_eq!(request.to, ["b@mail.test", "c@mail.test"]);
    }

    #[test]
    fn wrong_arguments_are_reported_in_one_line() {
        for (line, fault) in [
            ("--from a@mail.test --to b@mail.test", "--server is missing"),
            ("--server smtp://x --to b@mail.test", "--from is missing"),
            ("--server smtp://x --from a@mail.test", "--to is missing"),
            ("--server", "--server needs a value"),
            (
                "--server smtp://x --from a --to c --save b.eml",
                "--save is for the demo's own server",
            ),
            (
                "--from a --from b --server smtp://x --to c",
                "--from is given more than once",
            ),
            ("--sever x", "unknown argument \"--sever\""),
        ] {
            assert_eq!(parsed(line).err().as_deref(), Some(fault));
        }
    }
}
