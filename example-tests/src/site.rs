//! An HTTP handler, served by `wasmtime serve`.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader};
use std::iter;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// Starting takes a tenth of a second on an idle machine.
const LIMIT: Duration = Duration::from_secs(60);

const UNPOISONED: &str = "nobody panics with it";

/// Dropping ends it.
pub struct Site {
    process: Child,
    authority: String,
    lines: Mutex<Receiver<String>>,
}

/// The wasmtime command, installed if it is missing.
pub fn wasmtime() -> Result<PathBuf, String> {
    setup::wasmtime(setup::WASMTIME)
}

impl Site {
    /// Serves this component of `dist/` on a free port of 127.0.0.1, with these environment variables.
    pub fn serve(component: &str, environment: &[(&str, &str)]) -> Result<Site, String> {
        let mut command = command(component, environment)?;
        let mut process = command
            .spawn()
            .map_err(|error| format!("wasmtime: {error}"))?;
        let lines = lines(process.stderr.take().expect("it is piped"));
        let mut site = Site {
            process,
            authority: String::new(),
            lines: Mutex::new(lines),
        };
        let said = site.line().unwrap_or_default();
        let authority = said.strip_prefix("Serving HTTP on http://");
        site.authority = authority
            .ok_or_else(|| format!("wasmtime serves nothing: {said}"))?
            .trim_end_matches('/')
            .into();
        Ok(site)
    }

    /// The host and port.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.authority)
    }

    /// The next line on standard error, from the handler or from wasmtime; `None` if none comes in time.
    pub fn line(&self) -> Option<String> {
        let lines = self.lines.lock().expect(UNPOISONED);
        lines.recv_timeout(LIMIT).ok()
    }

    /// All further lines until wasmtime ends.
    pub fn into_lines(self) -> impl Iterator<Item = String> {
        iter::from_fn(move || self.lines.lock().expect(UNPOISONED).recv().ok())
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn command(component: &str, environment: &[(&str, &str)]) -> Result<Command, String> {
    let wasmtime = wasmtime()?;
    let mut command = Command::new(&wasmtime);
    command.args(["serve", "--addr", "127.0.0.1:0", "--no-logging-prefix"]);
    command.args(["-S", "cli,inherit-network,allow-ip-name-lookup"]);
    for (name, value) in environment {
        // The name alone takes the value from the environment: other users can read a command's
        // arguments.
        command.env(name, value).args(["--env", name]);
    }
    command
        .arg("--allow-precompiled")
        .arg(precompiled(&wasmtime, component)?);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    Ok(command)
}

fn lines(output: ChildStderr) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        // Ends when the receiver is dropped.
        lines.try_for_each(|line| sender.send(line))
    });
    lines
}

/// The component compiled to native code, as a host keeps it; compiling takes wasmtime seconds.
pub(crate) fn precompiled(wasmtime: &Path, component: &str) -> Result<PathBuf, String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../dist")
        .join(component);
    let bytes = fs::read(&source).map_err(|error| {
        format!(
            "{}: {error}; `cargo xtask example` builds it",
            source.display()
        )
    })?;
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let state = format!(
        "wasmtime {}, component {:016x}",
        setup::WASMTIME,
        hasher.finish()
    );
    let folder = setup::install(&format!("precompiled-{component}"), &[&state], |folder| {
        let mut compile = Command::new(wasmtime);
        compile
            .arg("compile")
            .arg(source)
            .arg("-o")
            .arg(folder.join("component.cwasm"));
        setup::run(&mut compile).map(|_| setup::WASMTIME.into())
    })?;
    Ok(folder.join("component.cwasm"))
}
