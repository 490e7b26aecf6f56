//! A running real server.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::instance::Instance;
use super::{Kind, Unavailable, prepare};
use crate::authority::Identity;
use crate::report;

/// The pause between two checks of the folder.
pub(super) const PAUSE: Duration = Duration::from_millis(10);
/// A server starts in a fraction of a second on an idle machine.
pub(super) const START_LIMIT: Duration = Duration::from_secs(20);
/// The longest that a message may take through the server's queue.
const DELIVERY_LIMIT: Duration = Duration::from_secs(60);
const STOP_LIMIT: Duration = Duration::from_secs(5);
/// Another process may take a port after it was chosen and before the server binds it.
const ATTEMPTS: usize = 3;

/// Dropping stops the server and removes its folder.
pub struct RealServer {
    pub kind: Kind,
    /// The port without TLS, with STARTTLS, on 127.0.0.1.
    pub port: u16,
    /// The port with implicit TLS, on 127.0.0.1.
    pub tls_port: u16,
    // Dropped in this order, so that nobody writes to the folder when it is removed.
    process: Process,
    pub(super) instance: Instance,
}

impl RealServer {
    /// Starts a prepared server with this identity; returns once both ports are open.
    pub fn start(kind: Kind, identity: &Identity) -> Result<RealServer, String> {
        RealServer::start_with(kind, identity, "")
    }

    /// As [`RealServer::start`], with further lines of the server's configuration.
    pub fn start_with(
        kind: Kind,
        identity: &Identity,
        settings: &str,
    ) -> Result<RealServer, String> {
        let mut reasons = Vec::new();
        for _ in 0..ATTEMPTS {
            match RealServer::attempt(kind, identity, settings) {
                Ok(server) => return Ok(server),
                Err(reason) => reasons.push(reason),
            }
        }
        Err(format!("{kind} does not start: {}", reasons.join("; ")))
    }

    /// Prepares and starts the server. If this machine cannot have it, the report says so, and the test
    /// goes on without it.
    ///
    /// # Panics
    /// If the machine can have the server but the server does not start.
    pub fn start_if_available(kind: Kind, identity: &Identity) -> Result<RealServer, Unavailable> {
        RealServer::start_if_available_with(kind, identity, "")
    }

    /// As [`RealServer::start_if_available`], with further lines of the server's configuration.
    ///
    /// # Panics
    /// If the machine can have the server but the server does not start.
    pub fn start_if_available_with(
        kind: Kind,
        identity: &Identity,
        settings: &str,
    ) -> Result<RealServer, Unavailable> {
        if let Err(unavailable) = prepare(kind) {
            report::not_run(&unavailable.kind, &unavailable.reason);
            return Err(unavailable);
        }
        let server = RealServer::start_with(kind, identity, settings);
        Ok(server.unwrap_or_else(|reason| panic!("{reason}")))
    }

    /// The delivered messages, in the order of delivery.
    pub fn inbox(&self) -> Vec<Vec<u8>> {
        let mut paths = self.delivered();
        paths.sort_by_cached_key(|path| {
            let modified = fs::metadata(path).and_then(|file| file.modified()).ok();
            (modified, path.clone())
        });
        paths
            .iter()
            .filter_map(|path| fs::read(path).ok())
            .collect()
    }

    /// Waits until this many messages in total are delivered, and returns them.
    pub fn wait_for(&self, count: usize) -> Result<Vec<Vec<u8>>, String> {
        self.wait("delivered", count, || self.delivered())?;
        Ok(self.inbox())
    }

    /// Waits until the log contains this many wanted commands, and returns them. Only servers whose spec
    /// has a `command_log_prefix` log commands; all of these log the commands of an envelope.
    pub fn wait_for_commands(
        &self,
        count: usize,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<String>, String> {
        self.wait("logged", count, || self.commands(&wanted))
    }

    /// The server's log and output.
    pub fn log(&self) -> String {
        log(&self.instance)
    }

    fn wait<T>(
        &self,
        what: &str,
        count: usize,
        look: impl Fn() -> Vec<T>,
    ) -> Result<Vec<T>, String> {
        let limit = Instant::now() + DELIVERY_LIMIT;
        loop {
            let found = look();
            if found.len() >= count {
                return Ok(found);
            }
            if Instant::now() > limit {
                let (kind, found, log) = (self.kind, found.len(), self.log());
                return Err(format!("{kind} {what} {found} of {count}; its log:\n{log}"));
            }
            thread::sleep(PAUSE);
        }
    }

    fn commands(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let Some(mark) = self.kind.spec().command_log_prefix else {
            return Vec::new();
        };
        let log = self.log();
        let commands = log
            .lines()
            .filter_map(|line| Some(line.split_once(mark)?.1));
        let wanted = commands.filter(|command| wanted(command));
        wanted.map(String::from).collect()
    }

    fn attempt(kind: Kind, identity: &Identity, settings: &str) -> Result<RealServer, String> {
        let instance =
            Instance::new(kind, identity, settings).map_err(|error| error.to_string())?;
        let process = Process::start(kind, &instance)?;
        let mut server = RealServer {
            kind,
            port: instance.port,
            tls_port: instance.tls_port,
            process,
            instance,
        };
        server.wait_until_ready()?;
        Ok(server)
    }

    fn wait_until_ready(&mut self) -> Result<(), String> {
        let limit = Instant::now() + START_LIMIT;
        while !self.instance.folder.join("ready").exists() {
            if self.process.has_ended() {
                return Err(format!("it ended; its log: {}", self.log().trim()));
            }
            if Instant::now() > limit {
                return Err(format!(
                    "its ports are not open; its log: {}",
                    self.log().trim()
                ));
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// Gives the process a line of its standard input.
    pub(super) fn tell(&mut self, line: &str) -> io::Result<()> {
        let input = self.process.0.stdin.as_mut();
        writeln!(input.ok_or(io::ErrorKind::BrokenPipe)?, "{line}")
    }

    /// In a maildir, files in `new` are complete.
    fn delivered(&self) -> Vec<PathBuf> {
        files(&self.instance.folder.join("inbox/new"))
    }
}

/// The process ends when its standard input does.
struct Process(Child);

impl Process {
    fn start(kind: Kind, instance: &Instance) -> Result<Process, String> {
        let mut command = (kind.spec().command)(instance)?;
        let output = File::create(instance.folder.join("log/output"))
            .and_then(|file| Ok((file.try_clone()?, file)));
        let (out, err) = output.map_err(|error| error.to_string())?;
        let child = command
            .current_dir(&instance.folder)
            .stdin(Stdio::piped())
            .stdout(out)
            .stderr(err)
            .spawn();
        child.map(Process).map_err(|error| error.to_string())
    }

    fn has_ended(&mut self) -> bool {
        !matches!(self.0.try_wait(), Ok(None))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let limit = Instant::now() + STOP_LIMIT;
        while !self.has_ended() && Instant::now() < limit {
            thread::sleep(PAUSE);
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn log(instance: &Instance) -> String {
    let logs = files(&instance.folder.join("log"));
    logs.iter()
        .filter_map(|path| fs::read(path).ok())
        .map(|text| String::from_utf8_lossy(&text).into_owned())
        .collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries
        .filter_map(|entry: io::Result<_>| Some(entry.ok()?.path()))
        .collect()
}
