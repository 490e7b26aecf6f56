//! The command line.

use crate::envoi::mail::smtp::{DsnContents, DsnNotify, Security};

pub(crate) const HELP: &str = "\
envoi-cli sends the message on standard input: header, empty line, body.

    wasmtime run -S inherit-network,allow-ip-name-lookup --env ENVOI_PASSWORD envoi-cli.wasm \\
        --server smtp://USER@HOST --from ADDRESS --to ADDRESS < message.eml

  --server URL         smtps://USER@HOST:PORT (TLS from the first byte, port 465) or smtp://...
                       (STARTTLS, port 587); USER percent-encoded; default: SMTP_URL
  -f, --from ADDRESS   the sender, '' for none (a bounce); default: the message's Sender or From
  --to ADDRESS         a recipient; repeat it for others
  -t, --read-recipients
                       recipients from the message's To, Cc and Bcc too

  --security KIND      instead of the URL's: implicit-tls, starttls, opportunistic (STARTTLS if
                       offered; can be stripped), plaintext
  --tls-name NAME      the name in the certificate, if it is not the host
  --mechanism NAME     such as SCRAM-SHA-256, PLAIN, XOAUTH2; repeat it for others, in order
  --local-name NAME    the name given in EHLO
  --timeout SECONDS    give up after this time; default: the limits of RFC 5321
  --notify WHEN        ask for notifications: never, or some of success,failure,delay
  --return PART        what a notification brings back: full or headers
  --envelope-id ID     the name of the message in a notification

  -v, --verbose        show the conversation on standard error, without secrets
  -h, --help           show this
  --version            show the version

Environment (wasmtime: --env NAME), which other users cannot see:
  SMTP_URL             the server
  ENVOI_PASSWORD       the password of the URL's USER
  ENVOI_TOKEN          an OAuth 2.0 access token instead
  ENVOI_CA             certificates (PEM) of authorities to trust besides Mozilla's

Bcc is never sent. Standard output lists the accepted recipients, standard error the others.
Exit codes are those of sysexits.h: 0 accepted for all, 64 usage, 65 the message or an address,
67 recipient refused, 68 host unknown, 69 refused, 70 a defect, 74 standard input or output,
75 try again later, 76 TLS or not SMTP, 77 not permitted, 78 settings. Hosts before WASI 0.2.12
(wasmtime: before 46) need -S cli-exit-with-code.
";

pub(crate) enum Command {
    Help,
    Version,
    Send(Arguments),
}

/// The options. No `Debug`, because the server's URL may contain a password.
#[derive(Default)]
pub(crate) struct Arguments {
    pub server: Option<String>,
    pub from: Option<String>,
    pub to: Vec<String>,
    pub read_recipients: bool,
    pub security: Option<Security>,
    pub tls_name: Option<String>,
    pub mechanisms: Vec<String>,
    pub local_name: Option<String>,
    /// In seconds.
    pub timeout: Option<u32>,
    pub notify: Option<DsnNotify>,
    pub dsn_contents: Option<DsnContents>,
    pub envelope_id: Option<String>,
    pub verbose: bool,
}

/// The error is a line for people.
pub(crate) fn parse(words: impl IntoIterator<Item = String>) -> Result<Command, String> {
    let mut given = Arguments::default();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let (option, attached) = match word.split_once('=') {
            Some((option, value)) if option.starts_with("--") => (option, Some(value.to_owned())),
            _ => (word.as_str(), None),
        };
        match option {
            "--help" | "-h" => return Ok(Command::Help),
            "--version" => return Ok(Command::Version),
            _ if given.flag(option, attached.as_deref())? => {}
            _ => given.value(option, || {
                let value = attached.or_else(|| words.next());
                value.ok_or_else(|| format!("{option} needs a value"))
            })?,
        }
    }
    if given.to.is_empty() && !given.read_recipients {
        Err("no recipient: give --to ADDRESS, or -t for those of the message".into())
    } else {
        Ok(Command::Send(given))
    }
}

impl Arguments {
    /// Sets an option without a value. Returns whether it was one.
    fn flag(&mut self, option: &str, attached: Option<&str>) -> Result<bool, String> {
        let flag = match option {
            "--read-recipients" | "-t" => &mut self.read_recipients,
            "--verbose" | "-v" => &mut self.verbose,
            _ => return Ok(false),
        };
        *flag = true;
        match attached {
            None => Ok(true),
            Some(_) => Err(format!("{option} takes no value")),
        }
    }

    fn value(
        &mut self,
        option: &str,
        value: impl FnOnce() -> Result<String, String>,
    ) -> Result<(), String> {
        match option {
            "--server" => once(option, &mut self.server, value()?),
            "--from" | "-f" => once(option, &mut self.from, value()?),
            "--to" => push(&mut self.to, value()?),
            "--security" => once(option, &mut self.security, security(&value()?)?),
            "--tls-name" => once(option, &mut self.tls_name, value()?),
            "--mechanism" => push(&mut self.mechanisms, value()?),
            "--local-name" => once(option, &mut self.local_name, value()?),
            "--timeout" => once(option, &mut self.timeout, seconds(&value()?)?),
            "--notify" => once(option, &mut self.notify, notify(&value()?)?),
            "--return" => once(option, &mut self.dsn_contents, contents(&value()?)?),
            "--envelope-id" => once(option, &mut self.envelope_id, value()?),
            // Only the start is repeated, because the rest may be a password.
            option if option.starts_with("--") => Err(format!("unknown option {option}")),
            option if option.starts_with('-') => {
                let letter: String = option.chars().take(2).collect();
                Err(format!("unknown option {letter}"))
            }
            _ => Err("an argument without an option: recipients are given with --to".into()),
        }
    }
}

fn push(values: &mut Vec<String>, value: String) -> Result<(), String> {
    values.push(value);
    Ok(())
}

fn once<T>(option: &str, slot: &mut Option<T>, value: T) -> Result<(), String> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(format!("{option} is given more than once")),
    }
}

fn security(name: &str) -> Result<Security, String> {
    Ok(match name {
        "implicit-tls" => Security::ImplicitTls,
        "starttls" => Security::Starttls,
        "opportunistic" => Security::Opportunistic,
        "plaintext" => Security::Plaintext,
        _ => return Err("--security is implicit-tls, starttls, opportunistic or plaintext".into()),
    })
}

fn seconds(digits: &str) -> Result<u32, String> {
    match digits.parse() {
        Ok(seconds) if seconds > 0 => Ok(seconds),
        _ => Err("--timeout is a number of seconds, at least 1".into()),
    }
}

fn notify(names: &str) -> Result<DsnNotify, String> {
    let flags = names.split(',').map(|name| match name {
        "never" => Some(DsnNotify::NEVER),
        "success" => Some(DsnNotify::SUCCESS),
        "failure" => Some(DsnNotify::FAILURE),
        "delay" => Some(DsnNotify::DELAY),
        _ => None,
    });
    let flags = flags.reduce(|one, other| Some(one? | other?)).flatten();
    flags.ok_or_else(|| "--notify is never, or some of success,failure,delay".into())
}

fn contents(name: &str) -> Result<DsnContents, String> {
    match name {
        "full" => Ok(DsnContents::Full),
        "headers" => Ok(DsnContents::Headers),
        _ => Err("--return is full or headers".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Arguments, String> {
        match parse(line.split(' ').map(str::to_owned))? {
            Command::Send(arguments) => Ok(arguments),
            _ => panic!("{line}: nothing to send"),
        }
    }

    #[test]
    fn a_value_follows_an_option_after_a_space_or_an_equals_sign() {
        let given = parsed("--server=smtp://host -f a@x --to b@x --to=c@x --notify failure,delay");
        let given = given.unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(given.server.as_deref(), Some("smtp://host"));
        assert_eq!(given.from.as_deref(), Some("a@x"));
        assert_eq!(given.to, ["b@x", "c@x"]);
        assert!(given.notify == Some(DsnNotify::FAILURE | DsnNotify::DELAY));
    }

    #[test]
    fn help_needs_nothing_else() {
        assert!(matches!(parse(["-h".into()]), Ok(Command::Help)));
        let version = parse(["--version".into()]);
        assert!(matches!(version, Ok(Command::Version)));
    }

    #[test]
    fn what_is_wrong_is_said_in_a_line() {
        for (line, fault) in [
            ("-v", "no recipient"),
            ("--to", "--to needs a value"),
            ("--to b@x --from a --from b", "more than once"),
            ("--to b@x --verbose=yes", "takes no value"),
            ("--to b@x --timeout 0", "at least 1"),
            ("--to b@x --security tls", "implicit-tls"),
            ("--to b@x --notify success,sometimes", "success,failure"),
            ("--to b@x --return all", "full or headers"),
            ("--sever smtp://host", "unknown option --sever"),
            ("b@x", "--to"),
        ] {
            let said = parsed(line).err().unwrap_or_default();
            assert!(said.contains(fault), "{line}: {said:?}");
        }
    }

    #[test]
    fn a_misplaced_secret_is_not_repeated() {
        for line in [
            "--pasword=sesame --to b@x",
            "-psesame",
            "smtp://ada:sesame@host",
        ] {
            let said = parsed(line).err().unwrap_or_default();
            assert!(!said.is_empty() && !said.contains("sesame"), "{said}");
        }
    }
}
