//! A running server.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::instance::Instance;
use super::{Kind, Unavailable, prepare};
use crate::authority::Identity;
use crate::report;

/// Between two looks at the folder.
const PAUSE: Duration = Duration::from_millis(10);
/// A server starts in a fraction of a second on a machine that has nothing else to do.
const START_LIMIT: Duration = Duration::from_secs(20);
/// For a message to get through the server's queue.
const DELIVERY_LIMIT: Duration = Duration::from_secs(60);
const STOP_LIMIT: Duration = Duration::from_secs(5);
/// Another process may take a port between its choice and its use.
const ATTEMPTS: usize = 3;

/// Stopped when dropped, its folder removed.
pub struct RealServer {
    pub kind: Kind,
    /// Plain, with STARTTLS, on 127.0.0.1.
    pub port: u16,
    /// TLS from the first byte, on 127.0.0.1.
    pub tls_port: u16,
    // Dropped in this order: the folder goes once nobody writes to it.
    process: Process,
    instance: Instance,
}

impl RealServer {
    /// Starts a prepared server that shows this identity; returns once both ports are open.
    pub fn start(kind: Kind, identity: &Identity) -> Result<RealServer, String> {
        let mut reasons = Vec::new();
        for _ in 0..ATTEMPTS {
            match RealServer::attempt(kind, identity) {
                Ok(server) => return Ok(server),
                Err(reason) => reasons.push(reason),
            }
        }
        Err(format!("{kind} does not start: {}", reasons.join("; ")))
    }

    /// Prepares and starts it, for a test to do without where the machine cannot have it, which
    /// the report then says.
    ///
    /// # Panics
    /// When the machine can have the server and it does not start.
    pub fn start_if_available(kind: Kind, identity: &Identity) -> Result<RealServer, Unavailable> {
        if let Err(unavailable) = prepare(kind) {
            report::not_run(&unavailable.kind, &unavailable.reason);
            return Err(unavailable);
        }
        Ok(RealServer::start(kind, identity).unwrap_or_else(|reason| panic!("{reason}")))
    }

    /// The messages delivered so far, in the order of delivery.
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

    /// Waits until this many messages are delivered in all, and returns them.
    pub fn wait_for(&self, count: usize) -> Result<Vec<Vec<u8>>, String> {
        self.wait("delivered", count, || self.delivered())?;
        Ok(self.inbox())
    }

    /// Waits until the log, where it has commands, has this many of those wanted, and returns them.
    /// It always has those of an envelope.
    pub fn wait_for_commands(
        &self,
        count: usize,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<String>, String> {
        self.wait("logged", count, || self.commands(&wanted))
    }

    /// What the server wrote about itself.
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

    fn attempt(kind: Kind, identity: &Identity) -> Result<RealServer, String> {
        let instance = Instance::new(kind, identity).map_err(|error| error.to_string())?;
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

    /// A maildir: what is in `new` is whole.
    fn delivered(&self) -> Vec<PathBuf> {
        files(&self.instance.folder.join("inbox/new"))
    }
}

/// Ends with its standard input.
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
