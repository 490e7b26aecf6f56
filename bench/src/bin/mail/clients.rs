//! All clients: this project's component and core, and the peers. Each runs as a process of its own, and
//! reads its task from the environment.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use bench::host::engine;
use bench::machine::locked;
use bench::peer::build;
use wasmtime::error::Context;
use wasmtime::{Result, bail};

use crate::component::{Compiled, compile};
use crate::task::{Security, Task};

pub(crate) struct Client {
    pub name: &'static str,
    /// A program with its arguments, or why there is none.
    program: Result<Vec<String>, String>,
    /// The mechanisms that it can authenticate with.
    mechanisms: &'static [&'static str],
    /// The ways in which it can connect.
    securities: &'static [Security],
    /// Whether it sends several messages over one connection.
    pub keeps_connection: bool,
    environment: Vec<(&'static str, String)>,
}

/// The output of a client.
pub(crate) struct Measured {
    /// When each receipt came, in nanoseconds since 1970.
    pub receipts: Vec<u64>,
    /// The peak memory in octets, if the client prints it.
    pub peak: Option<u64>,
    /// The processor time of the whole process in nanoseconds, if the client prints it.
    pub processor: Option<u64>,
}

impl Client {
    /// Why this machine cannot run it.
    pub(crate) fn missing(&self) -> Option<&str> {
        self.program.as_ref().err().map(String::as_str)
    }

    /// Whether it supports what the task requires.
    pub(crate) fn supports(&self, task: &Task) -> bool {
        let mechanism = task.mechanism.as_deref();
        mechanism.is_none_or(|name| self.mechanisms.contains(&name))
            && self.securities.contains(&task.security)
    }

    pub(crate) fn run(&self, task: &Task) -> Result<Measured> {
        let words = self.program.as_ref().ok().context("it is not here")?;
        let (program, arguments) = words.split_first().context("no program")?;
        let mut command = Command::new(program);
        task.set_environment(&mut command);
        command.args(arguments).envs(self.environment.clone());
        let output = command.stderr(Stdio::piped()).output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            bail!("{} failed: {said}", self.name);
        }
        let said = String::from_utf8_lossy(&output.stdout);
        let number = |name| {
            let line = said.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|number| number.parse().ok())
        };
        let receipts: Vec<u64> = said.lines().filter_map(|line| line.parse().ok()).collect();
        if receipts.len() != task.count {
            bail!("{} measured {} receipts", self.name, receipts.len());
        }
        Ok(Measured {
            receipts,
            peak: number("peak "),
            processor: number("processor "),
        })
    }
}

const ALL: &[Security] = &[Security::StartTls, Security::ImplicitTls, Security::Plain];

/// This project's client; each way of sending is a column of its own.
pub(crate) fn own(name: &'static str, way: &str, compiled: &Path) -> Client {
    let itself = env::current_exe().map_err(|error| error.to_string());
    Client {
        name,
        program: itself.map(|path| {
            let words = [
                path.as_path(),
                Path::new("client"),
                compiled,
                Path::new(way),
            ];
            words.map(|word| word.display().to_string()).to_vec()
        }),
        mechanisms: &["PLAIN", "SCRAM-SHA-256", "XOAUTH2"],
        securities: ALL,
        keeps_connection: true,
        environment: Vec::new(),
    }
}

/// This project's clients that send each message in a call of its own.
pub(crate) fn one_by_one(compiled: &Compiled) -> [Client; 3] {
    [
        own("envoi's core, native", "native", &compiled.portable),
        own("envoi", "send", &compiled.portable),
        own("envoi-wide", "send", &compiled.wide),
    ]
}

/// The other clients, built and installed if they are not yet. `folder` receives what is compiled of
/// them.
pub(crate) fn peers(folder: &Path) -> Vec<Client> {
    vec![
        nodemailer(),
        rust("lettre"),
        rust("mail-send"),
        go(),
        smtplib(),
        wasm_smtp(folder),
    ]
}

/// The clients that have a pool of connections, and Go, whose goroutines have one each.
pub(crate) fn pools(compiled: &Compiled) -> Vec<Client> {
    vec![
        own("envoi, send-all", "pool-send-all", &compiled.p3),
        own("envoi, send", "pool-send", &compiled.p3),
        own(
            "envoi, send with set-content-pipelining",
            "pool-send-early",
            &compiled.p3,
        ),
        nodemailer(),
        rust("lettre-async"),
        go(),
    ]
}

fn peer(name: &'static str, program: Result<Vec<String>, String>) -> Client {
    Client {
        name,
        program,
        mechanisms: &["PLAIN"],
        securities: ALL,
        keeps_connection: true,
        environment: Vec::new(),
    }
}

fn rust(name: &'static str) -> Client {
    let target = target().join("peers");
    let mut cargo = Command::new("cargo");
    cargo.args([
        "build",
        "--release",
        "--locked",
        "--quiet",
        "--manifest-path",
    ]);
    cargo.arg(folder().join("rust/Cargo.toml"));
    cargo.arg("--target-dir").arg(&target);
    let built = run(&mut cargo).map(|()| {
        let program = target.join("release/peers").display().to_string();
        vec![program, name.into()]
    });
    peer(name, built)
}

fn go() -> Client {
    let program = target().join("peers/net-smtp");
    let built = setup::go().and_then(|mut go| {
        go.args(["build", "-o"]).arg(&program);
        run(go.arg(folder().join("go/main.go")))
    });
    peer(
        "Go net/smtp",
        built.map(|()| vec![program.display().to_string()]),
    )
}

fn smtplib() -> Client {
    let script = folder().join("smtplib_peer.py").display().to_string();
    let python = output_of(Command::new("python3").arg("--version"));
    peer(
        "Python smtplib",
        python.map(|_| vec!["python3".into(), script]),
    )
}

fn nodemailer() -> Client {
    let home = target().join("peers/npm");
    let script = folder().join("nodemailer_peer.mjs").display().to_string();
    let mut npm = Command::new("npm");
    npm.args([
        "install",
        "--silent",
        "--no-audit",
        "--no-fund",
        "nodemailer@10",
    ]);
    let installed = if home.join("node_modules/nodemailer").exists() {
        Ok(())
    } else {
        fs::create_dir_all(&home)
            .map_err(|error| error.to_string())
            .and_then(|()| run(npm.current_dir(&home)))
    };
    let program = installed.map(|()| vec!["node".into(), script]);
    let mut client = peer("nodemailer", program);
    client.environment = vec![("NODEMAILER", home.display().to_string())];
    client
}

/// As published, its library supports neither SCRAM nor PIPELINING.
fn wasm_smtp(folder: &Path) -> Client {
    let name = "wasm-smtp-component";
    let compiled = build::build().and_then(|component| {
        let compiled = folder.join("wasm-smtp.cwasm");
        let engine = engine().map_err(|error| error.to_string())?;
        compile(&engine, &component, compiled).map_err(|error| error.to_string())
    });
    let client = match compiled {
        Ok(compiled) => own(name, "peer", &compiled),
        Err(why) => peer(name, Err(why)),
    };
    Client {
        mechanisms: &["PLAIN"],
        securities: &[Security::StartTls, Security::ImplicitTls],
        keeps_connection: false,
        ..client
    }
}

/// The versions of the peers, for the page.
pub(crate) fn versions() -> String {
    let node = output_of(Command::new("node").arg("--version"));
    let package = target().join("peers/npm/node_modules/nodemailer/package.json");
    let nodemailer = fs::read_to_string(package).unwrap_or_default();
    let nodemailer = nodemailer
        .lines()
        .find_map(|line| line.trim().strip_prefix("\"version\": \""))
        .map(|rest| rest.trim_end_matches("\",").to_owned());
    let lock = folder().join("rust/Cargo.lock");
    let or_none = |output: Result<String, String>, what: &str| {
        output.unwrap_or_else(|_| format!("no {what} here"))
    };
    [
        locked(&lock, "lettre"),
        locked(&lock, "mail-send"),
        build::version(),
        format!("nodemailer {}", nodemailer.unwrap_or("not here".into())),
        format!("Node {}", or_none(node, "Node")),
        or_none(
            output_of(Command::new("python3").arg("--version")),
            "Python",
        ),
        or_none(
            setup::go().and_then(|mut go| output_of(go.arg("version"))),
            "Go",
        ),
    ]
    .join(", ")
}

fn run(command: &mut Command) -> Result<(), String> {
    output_of(command).map(drop)
}

fn output_of(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().display().to_string();
    let output = command
        .output()
        .map_err(|error| format!("{name} is not here: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(format!("{name} failed: {}", errors.trim()))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target")
}
