//! The command line.

use crate::envoi::mail::smtp::{DsnContents, DsnNotify, Security};

pub(crate) const HELP: &str = "\
envoi-cli composes a message and sends it:

    wasmtime run -S inherit-network,allow-ip-name-lookup --dir . --env ENVOI_PASSWORD \\
        envoi-cli.wasm --server smtp://USER@HOST --from 'Ann <ann@example.org>' \\
        --to bob@example.org --subject 'The report' --text 'Here it is.' --attach report.pdf

Without an option of the second group below, it sends the message on standard input (header, empty
line, body):

    wasmtime run ... envoi-cli.wasm --server smtp://USER@HOST -t < message.eml

  --server URL         smtps://USER@HOST:PORT (TLS from the first byte, port 465) or smtp://...
                       (STARTTLS, port 587); USER percent-encoded; default: SMTP_URL
  -f, --from ADDRESS   the sender, '' for none (a bounce); default: the message's Sender or From
  --to ADDRESS         a recipient; repeat it for others
  -t, --read-recipients
                       recipients from the To, Cc and Bcc of a message on standard input too

What is composed; an ADDRESS may have a name: 'Ann <ann@example.org>'
  --subject TEXT       the subject
  --text TEXT          the plain text; - reads it from standard input
  --html TEXT          the text in HTML; - reads it from standard input
  --attach FILE        attaches a file; repeat it for others
  --inline FILE        an image of the HTML text, which shows it by <img src=\"cid:FILE\">, without
                       FILE's folder; repeat it for others
  --cc ADDRESS         another recipient; repeat it for others
  --bcc ADDRESS        a recipient whom the message does not name; repeat it for others
  --reply-to ADDRESS   where answers go, if not to the sender; repeat it for others

  --dkim DOMAIN:SELECTOR:FILE
                       signs the message (DKIM) with the private key in FILE; repeat it for another
                       key; the message is then kept in memory
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

Files are in folders that the host grants (wasmtime: --dir FOLDER).

Environment (wasmtime: --env NAME), which other users cannot see:
  SMTP_URL             the server
  ENVOI_PASSWORD       the password of the URL's USER
  ENVOI_TOKEN          an OAuth 2.0 access token instead
  ENVOI_CA             certificates (PEM) of authorities to trust besides Mozilla's

Bcc is never sent. Standard output lists the accepted recipients, standard error the others.
Exit codes are those of sysexits.h: 0 accepted for all, 64 usage, 65 the message or an address,
66 a file, 67 recipient refused, 68 host unknown, 69 refused, 70 a defect, 74 standard input or
output, 75 try again later, 76 TLS or not SMTP, 77 not permitted, 78 settings. Hosts before WASI
0.2.12 (wasmtime: before 46) need -S cli-exit-with-code.
";

pub(crate) enum Command {
    Help,
    Version,
    /// Boxed, because it is much larger than the others.
    Send(Box<Arguments>),
}

/// The options. No `Debug`, because the server's URL may contain a password.
#[derive(Default)]
pub(crate) struct Arguments {
    pub server: Option<String>,
    pub from: Option<String>,
    pub to: Vec<String>,
    pub read_recipients: bool,
    /// None if the message comes from standard input.
    pub composition: Option<Composition>,
    pub dkim: Vec<DkimKey>,
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

/// What a message consists of, besides sender and recipients. Addresses may have names.
#[derive(Default)]
pub(crate) struct Composition {
    pub subject: Option<String>,
    pub text: Option<Text>,
    pub html: Option<Text>,
    /// Paths.
    pub attached: Vec<String>,
    /// Paths.
    pub inline: Vec<String>,
    pub cc: Vec<String>,
    pub bcc: Vec<String>,
    pub reply_to: Vec<String>,
}

#[derive(PartialEq)]
pub(crate) enum Text {
    Given(String),
    OnStandardInput,
}

/// A key for DKIM signatures, and whose it is.
pub(crate) struct DkimKey {
    pub domain: String,
    pub selector: String,
    /// The path.
    pub file: String,
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
    given.check()?;
    Ok(Command::Send(Box::new(given)))
}

impl Arguments {
    /// Finds options that are missing, or that exclude each other.
    fn check(&self) -> Result<(), String> {
        let Some(composition) = &self.composition else {
            let named = self.read_recipients || !self.to.is_empty();
            return named.then_some(()).ok_or_else(|| {
                "no recipient: give --to ADDRESS, or -t for those of the message".into()
            });
        };
        let Composition { cc, bcc, .. } = composition;
        let fault = if self.read_recipients {
            "-t is for a message on standard input: a composed one goes to --to, --cc and --bcc"
        } else if self.from.as_ref().is_none_or(String::is_empty) {
            "a composed message needs --from ADDRESS"
        } else if [&self.to, cc, bcc].iter().all(|list| list.is_empty()) {
            "no recipient: give --to ADDRESS"
        } else if [&composition.text, &composition.html].map(|text| text.as_ref())
            == [Some(&Text::OnStandardInput); 2]
        {
            "--text and --html cannot both come from standard input"
        } else {
            return Ok(());
        };
        Err(fault.into())
    }

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
            "--dkim" => push(&mut self.dkim, dkim(&value()?)?),
            "--security" => once(option, &mut self.security, security(&value()?)?),
            "--tls-name" => once(option, &mut self.tls_name, value()?),
            "--mechanism" => push(&mut self.mechanisms, value()?),
            "--local-name" => once(option, &mut self.local_name, value()?),
            "--timeout" => once(option, &mut self.timeout, seconds(&value()?)?),
            "--notify" => once(option, &mut self.notify, notify(&value()?)?),
            "--return" => once(option, &mut self.dsn_contents, contents(&value()?)?),
            "--envelope-id" => once(option, &mut self.envelope_id, value()?),
            option if COMPOSING.contains(&option) => {
                let composition = self.composition.get_or_insert_default();
                composition.value(option, value()?)
            }
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

const COMPOSING: [&str; 8] = [
    "--subject",
    "--text",
    "--html",
    "--attach",
    "--inline",
    "--cc",
    "--bcc",
    "--reply-to",
];

impl Composition {
    /// The option is one of `COMPOSING`.
    fn value(&mut self, option: &str, value: String) -> Result<(), String> {
        match option {
            "--subject" => once(option, &mut self.subject, value),
            "--text" => once(option, &mut self.text, text(value)),
            "--html" => once(option, &mut self.html, text(value)),
            "--attach" => push(&mut self.attached, value),
            "--inline" => push(&mut self.inline, value),
            "--cc" => push(&mut self.cc, value),
            "--bcc" => push(&mut self.bcc, value),
            _ => push(&mut self.reply_to, value),
        }
    }
}

fn text(value: String) -> Text {
    if value == "-" {
        Text::OnStandardInput
    } else {
        Text::Given(value)
    }
}

/// The file comes last, because a path may have a colon.
fn dkim(value: &str) -> Result<DkimKey, String> {
    let mut parts = value.splitn(3, ':').map(str::to_owned);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(domain), Some(selector), Some(file)) => Ok(DkimKey {
            domain,
            selector,
            file,
        }),
        _ => Err("--dkim is DOMAIN:SELECTOR:FILE".into()),
    }
}

fn push<T>(values: &mut Vec<T>, value: T) -> Result<(), String> {
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
            Command::Send(arguments) => Ok(*arguments),
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
    fn an_option_of_the_message_makes_it_a_composed_one() {
        let line = "-f a@x --bcc b@x --attach one --attach two --html - --text=-v";
        let given = parsed(line).unwrap_or_else(|fault| panic!("{fault}"));
        let composition = given.composition.unwrap_or_default();
        assert_eq!(composition.attached, ["one", "two"]);
        assert_eq!(composition.bcc, ["b@x"]);
        assert!(composition.html == Some(Text::OnStandardInput));
        assert!(composition.text == Some(Text::Given("-v".into())));
        let given = parsed("-t").unwrap_or_else(|fault| panic!("{fault}"));
        assert!(given.composition.is_none());
    }

    #[test]
    fn the_file_of_a_key_may_have_colons() {
        let given = parsed("-t --dkim x.test:2026:keys/a:b.pem");
        let given = given.unwrap_or_else(|fault| panic!("{fault}"));
        let [key] = &given.dkim[..] else {
            panic!("{} keys", given.dkim.len())
        };
        assert_eq!(
            [&key.domain, &key.selector, &key.file],
            ["x.test", "2026", "keys/a:b.pem"]
        );
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
            ("--to b@x --subject Hi", "--from"),
            ("-f a@x --subject Hi", "no recipient"),
            ("-f a@x -t --subject Hi", "--bcc"),
            ("-f a@x --to b@x --text - --html -", "both"),
            ("-f a@x --to b@x --subject a --subject b", "more than once"),
            ("--to b@x --dkim x:key.pem", "DOMAIN:SELECTOR:FILE"),
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
