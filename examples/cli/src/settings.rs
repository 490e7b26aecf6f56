//! Makes the mailer and the options from the arguments and the environment.

use crate::advice;
use crate::arguments::Arguments;
use crate::environment::Environment;
use crate::envoi::mail::smtp::{Error, Mailer, Options, Timeout};
use crate::exit::{CONFIGURATION, Failure, USAGE};
use crate::server::Server;

/// Lines of the transcript: more than one message to 100 recipients takes.
const TRANSCRIPT_LINES: u32 = 1000;

/// The mailer, with all its settings.
pub(crate) fn mailer(arguments: &Arguments, environment: Environment) -> Result<Mailer, Failure> {
    let Environment {
        server,
        password,
        token,
        authorities,
    } = environment;
    // The command line overrides the environment.
    let url = arguments.server.clone().or(server);
    let url = url.ok_or_else(|| usage("no server: give --server URL, or set SMTP_URL"))?;
    let configuration = |what: &str| Failure::new(CONFIGURATION, what);
    let server = Server::new(&url, password, token).map_err(configuration)?;
    let mailer = Mailer::from_url(&server.url).map_err(|error| wrong_value("--server", &error))?;
    if server.credentials.is_some() {
        mailer.set_credentials(server.credentials.as_ref());
    }
    if let Some(authorities) = authorities {
        let added = mailer.add_trust_anchors(authorities.as_bytes());
        added.map_err(|error| configuration(&format!("ENVOI_CA: {}", advice::sentence(&error))))?;
    }
    set(&mailer, arguments)?;
    Ok(mailer)
}

fn set(mailer: &Mailer, arguments: &Arguments) -> Result<(), Failure> {
    if let Some(security) = arguments.security {
        mailer.set_security(security);
    }
    if let Some(name) = &arguments.tls_name {
        let set = mailer.set_server_name(name);
        set.map_err(|error| wrong_value("--tls-name", &error))?;
    }
    if !arguments.mechanisms.is_empty() {
        let set = mailer.set_mechanisms(&arguments.mechanisms);
        set.map_err(|error| wrong_value("--mechanism", &error))?;
    }
    if let Some(name) = &arguments.local_name {
        let set = mailer.set_local_name(name);
        set.map_err(|error| wrong_value("--local-name", &error))?;
    }
    if let Some(seconds) = arguments.timeout {
        let limit = u64::from(seconds) * 1_000_000_000;
        mailer.set_timeout(Timeout::Total, Some(limit));
    }
    if arguments.verbose {
        mailer.set_transcript_lines(TRANSCRIPT_LINES);
    }
    Ok(())
}

/// The options of the message.
pub(crate) fn options(arguments: &Arguments) -> Result<Options, Failure> {
    let options = Options::new();
    if let Some(notify) = arguments.notify {
        let set = options.set_notify(None, notify);
        set.map_err(|error| wrong_value("--notify", &error))?;
    }
    if let Some(contents) = arguments.dsn_contents {
        options.set_dsn_contents(contents);
    }
    if let Some(id) = &arguments.envelope_id {
        let set = options.set_envelope_id(id);
        set.map_err(|error| wrong_value("--envelope-id", &error))?;
    }
    Ok(options)
}

fn wrong_value(option: &str, error: &Error) -> Failure {
    match error {
        Error::InvalidArgument(why) => usage(&format!("{option}: {why}")),
        error => usage(&format!("{option}: {}", advice::sentence(error))),
    }
}

fn usage(what: &str) -> Failure {
    Failure::new(USAGE, what)
}
