//! The matrix of hosts that run the component. Each delivers a message over STARTTLS, with a password, to
//! a server that it looks up by name.
//!
//! To add a host: add a row to [`HOSTS`]. A runtime of a new kind also needs a [`Runtime`] variant and a
//! function below that returns its command.

pub(crate) mod javascript;
mod wasmtime;

use std::fmt::{self, Display, Formatter};
use std::path::Path;
use std::process::Command;

use crate::mail_server::TestMailServer;
use crate::program::Program;

/// A host, and what it runs.
pub struct Host {
    pub runtime: Runtime,
    pub flags: &'static str,
    /// The file in `dist/` that it runs.
    pub file: &'static str,
}

pub enum Runtime {
    /// The wasmtime command of this version.
    Wasmtime(&'static str),
    /// The same command, which calls the component itself. For WASI 0.3.
    Invoke(&'static str),
    /// Node of this version, or the machine's.
    Node(Option<&'static str>),
    /// Node with `examples/node-async`. For WASI 0.3.
    NodeAsync(&'static str),
    Bun(&'static str),
    Deno(&'static str),
}

use Runtime::{Bun, Deno, Invoke, Node, NodeAsync, Wasmtime};

const GRANTED: &str = "-S inherit-network,allow-ip-name-lookup";
const GRANTED_WIDE: &str = "-S inherit-network,allow-ip-name-lookup -W wide-arithmetic";
/// The command line imports one more function of WASI (`exit-with-code`), which is on by default since
/// wasmtime 46.
const OLD: &str = "-S inherit-network,allow-ip-name-lookup,cli-exit-with-code";
const OLD_WIDE: &str =
    "-S inherit-network,allow-ip-name-lookup,cli-exit-with-code -W wide-arithmetic";
const CLI: &str = "envoi-cli.wasm";
const CLI_WIDE: &str = "envoi-cli-wide.wasm";
const PACKAGE: &str = "npm/envoi";
const ASYNC: &str = "envoi-p3.wasm";

pub const HOSTS: &[Host] = &[
    Host::new(Wasmtime("36.0.9"), OLD, CLI),
    Host::new(Wasmtime("36.0.9"), OLD_WIDE, CLI_WIDE),
    Host::new(Wasmtime("42.0.1"), OLD, CLI),
    Host::new(Wasmtime("42.0.1"), OLD_WIDE, CLI_WIDE),
    Host::new(Wasmtime("45.0.2"), OLD, CLI),
    Host::new(Wasmtime("45.0.2"), OLD_WIDE, CLI_WIDE),
    Host::new(Wasmtime("48.0.2"), GRANTED, CLI),
    Host::new(Wasmtime("48.0.2"), GRANTED_WIDE, CLI_WIDE),
    Host::new(Wasmtime("49.0.3"), GRANTED, CLI),
    Host::new(Wasmtime("49.0.3"), GRANTED, CLI_WIDE),
    Host::new(Node(None), "", PACKAGE),
    Host::new(Node(Some("24.21.0")), "", PACKAGE),
    Host::new(Node(Some("26.10.0")), "", PACKAGE),
    Host::new(Bun("1.4.5"), "", PACKAGE),
    Host::new(Deno("2.9.6"), "run --allow-all", PACKAGE),
    Host::new(Invoke("46.0.1"), GRANTED, ASYNC),
    Host::new(Invoke("47.0.3"), GRANTED, ASYNC),
    Host::new(Invoke("48.0.2"), GRANTED, ASYNC),
    Host::new(Invoke("49.0.3"), GRANTED, ASYNC),
    Host::new(NodeAsync("24.21.0"), "", ASYNC),
    Host::new(NodeAsync("26.10.0"), "", ASYNC),
];

impl Host {
    const fn new(runtime: Runtime, flags: &'static str, file: &'static str) -> Host {
        Host {
            runtime,
            flags,
            file,
        }
    }

    pub fn name(&self) -> &'static str {
        match self.runtime {
            Wasmtime(_) | Invoke(_) => "wasmtime",
            Node(_) | NodeAsync(_) => "Node",
            Bun(_) => "Bun",
            Deno(_) => "Deno",
        }
    }

    /// Sends a message to a server on loopback; returns the host's version.
    pub fn deliver(&self) -> Result<String, Failure> {
        let flags = self.flags.split_whitespace();
        if let Invoke(version) = self.runtime {
            return wasmtime::invoke(version, flags, self.file);
        }
        let server = TestMailServer::start(|_| ());
        let (version, mut command) = match self.runtime {
            Wasmtime(version) | Invoke(version) => {
                wasmtime::send(version, flags, self.file, &server)
            }
            Node(None) => javascript::send("node".into(), flags, &server),
            Node(Some(version)) => javascript::send(javascript::node(version)?, flags, &server),
            NodeAsync(version) => javascript::send_async(version, &server),
            Bun(version) => javascript::send(javascript::bun(version)?, flags, &server),
            Deno(version) => javascript::send(javascript::deno(version)?, flags, &server),
        }?;
        let ended = Program::start(&mut command).end();
        let delivery = server.delivery();
        let arrived = delivery.is_ok_and(|delivery| delivery.recipients == [RECIPIENT]);
        if arrived && ended.succeeded {
            Ok(version)
        } else {
            Err(Failure::Undelivered(ended.stderr))
        }
    }
}

/// With the requested version.
impl Display for Host {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let version = match self.runtime {
            Wasmtime(version) | Invoke(version) | NodeAsync(version) => version,
            Bun(version) | Deno(version) => version,
            Node(version) => version.unwrap_or("of this machine"),
        };
        write!(f, "{} {version}", self.name())
    }
}

const RECIPIENT: &str = "you@example.org";

/// Why a host did not deliver.
#[derive(Debug)]
pub enum Failure {
    /// This machine cannot have the host.
    Unavailable(String),
    /// The host reported a failure, or no message arrived.
    Undelivered(String),
}

impl From<String> for Failure {
    fn from(why: String) -> Failure {
        Failure::Unavailable(why)
    }
}

/// The version in the output of `--version`, such as `wasmtime 49.0.3 (4b0b3a1 2026-09-01)` or
/// `v20.20.2`.
fn version(program: &Path) -> Result<String, String> {
    let said = setup::run(Command::new(program).arg("--version"))?;
    let number = said.split(|c: char| c.is_whitespace() || c == 'v');
    let mut number = number.filter(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let number = number.next().map(str::to_owned);
    number.ok_or_else(|| format!("{} tells no version: {said}", program.display()))
}
