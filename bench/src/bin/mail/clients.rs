//! All that can send: this project's component and core, and its peers. Each runs as a process of
//! its own, which is told what to send by its environment.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use bench::machine::locked;
use bench::peer::build;
use wasmtime::error::Context;
use wasmtime::{Result, bail};

use crate::component::compile;
use crate::task::{Security, Task};

pub struct Client {
    pub name: &'static str,
    /// A program and its arguments, or why there is none.
    program: Result<Vec<String>, String>,
    /// What it can authenticate with.
    mechanisms: &'static [&'static str],
    /// And how it connects.
    securities: &'static [Security],
    /// Whether its messages share a connection.
    pub keeps: bool,
    environment: Vec<(&'static str, String)>,
}

/// What a client told.
pub struct Told {
    /// When each receipt came, in nanoseconds since 1970.
    pub receipts: Vec<u64>,
    /// The most memory that it had at once, in octets, where it tells.
    pub peak: Option<u64>,
}

impl Client {
    /// Why it cannot be run on this machine.
    pub fn missing(&self) -> Option<&str> {
        self.program.as_ref().err().map(String::as_str)
    }

    /// Whether it has what the task asks for.
    pub fn can(&self, task: &Task) -> bool {
        let mechanism = task.mechanism.as_deref();
        mechanism.is_none_or(|name| self.mechanisms.contains(&name))
            && self.securities.contains(&task.security)
    }

    pub fn run(&self, task: &Task) -> Result<Told> {
        let words = self.program.as_ref().ok().context("it is not here")?;
        let (program, arguments) = words.split_first().context("no program")?;
        let mut command = Command::new(program);
        task.tell(&mut command);
        command.args(arguments).envs(self.environment.clone());
        let output = command.stderr(Stdio::piped()).output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            bail!("{} failed: {said}", self.name);
        }
        let said = String::from_utf8_lossy(&output.stdout);
        let peak = said.lines().find_map(|line| line.strip_prefix("peak "));
        let receipts: Vec<u64> = said.lines().filter_map(|line| line.parse().ok()).collect();
        if receipts.len() != task.count {
            bail!("{} told {} receipts", self.name, receipts.len());
        }
        Ok(Told {
            receipts,
            peak: peak.and_then(|octets| octets.parse().ok()),
        })
    }
}

const ALL: &[Security] = &[Security::StartTls, Security::ImplicitTls, Security::Plain];

/// This project's, in ways of which each is a column of its own.
pub fn own(name: &'static str, way: &str, compiled: &Path) -> Client {
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
        keeps: true,
        environment: Vec::new(),
    }
}

/// The others', built and installed where that is not done yet; what is compiled of them lies in
/// `folder`.
pub fn peers(folder: &Path) -> Vec<Client> {
    vec![
        nodemailer(),
        rust("lettre"),
        rust("mail-send"),
        go(),
        smtplib(),
        wasm_smtp(folder),
    ]
}

fn peer(name: &'static str, program: Result<Vec<String>, String>) -> Client {
    Client {
        name,
        program,
        mechanisms: &["PLAIN"],
        securities: ALL,
        keeps: true,
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
    let built = done(&mut cargo).map(|()| {
        let program = target.join("release/peers").display().to_string();
        vec![program, name.into()]
    });
    peer(name, built)
}

fn go() -> Client {
    let program = target().join("peers/net-smtp");
    let built = setup::go().and_then(|mut go| {
        go.args(["build", "-o"]).arg(&program);
        done(go.arg(folder().join("go/main.go")))
    });
    peer(
        "Go net/smtp",
        built.map(|()| vec![program.display().to_string()]),
    )
}

fn smtplib() -> Client {
    let script = folder().join("smtplib_peer.py").display().to_string();
    let python = said(Command::new("python3").arg("--version"));
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
    let installed = match home.join("node_modules/nodemailer").exists() {
        true => Ok(()),
        false => fs::create_dir_all(&home)
            .map_err(|error| error.to_string())
            .and_then(|()| done(npm.current_dir(&home))),
    };
    let program = installed.map(|()| vec!["node".into(), script]);
    let mut client = peer("nodemailer", program);
    client.environment = vec![("NODEMAILER", home.display().to_string())];
    client
}

/// As it is published, its library has neither SCRAM nor PIPELINING.
fn wasm_smtp(folder: &Path) -> Client {
    let name = "wasm-smtp-component";
    let compiled = build::build().and_then(|component| {
        let compiled = folder.join("wasm-smtp.cwasm");
        compile(&component, compiled).map_err(|error| error.to_string())
    });
    let client = match compiled {
        Ok(compiled) => own(name, "peer", &compiled),
        Err(why) => peer(name, Err(why)),
    };
    Client {
        mechanisms: &["PLAIN"],
        securities: &[Security::StartTls, Security::ImplicitTls],
        keeps: false,
        ..client
    }
}

/// What the peers are, for the page.
pub fn versions() -> String {
    let node = said(Command::new("node").arg("--version"));
    let package = target().join("peers/npm/node_modules/nodemailer/package.json");
    let nodemailer = fs::read_to_string(package).unwrap_or_default();
    let nodemailer = nodemailer
        .lines()
        .find_map(|line| line.trim().strip_prefix("\"version\": \""))
        .map(|rest| rest.trim_end_matches("\",").to_owned());
    let lock = folder().join("rust/Cargo.lock");
    let or_none = |said: Result<String, String>, what: &str| {
        said.unwrap_or_else(|_| format!("no {what} here"))
    };
    [
        locked(&lock, "lettre"),
        locked(&lock, "mail-send"),
        build::version(),
        format!("nodemailer {}", nodemailer.unwrap_or("not here".into())),
        format!("Node {}", or_none(node, "Node")),
        or_none(said(Command::new("python3").arg("--version")), "Python"),
        or_none(setup::go().and_then(|mut go| said(go.arg("version"))), "Go"),
    ]
    .join(", ")
}

fn done(command: &mut Command) -> Result<(), String> {
    said(command).map(drop)
}

fn said(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().display().to_string();
    let output = command
        .output()
        .map_err(|error| format!("{name} is not here: {error}"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
        false => Err(format!(
            "{name} failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )),
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target")
}
