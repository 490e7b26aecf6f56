//! A running real server.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use super::instance::Instance;
use super::process::{PAUSE, Process, files, log};
use super::{Kind, Settings, Unavailable, prepare};
use crate::authority::Identity;
use crate::report;

/// The longest that a message may take through the server's queue.
const DELIVERY_LIMIT: Duration = Duration::from_secs(60);

/// Dropping stops the server and removes its folder.
pub struct RealServer {
    pub kind: Kind,
    /// The port without TLS, with STARTTLS, on 127.0.0.1.
    pub port: u16,
    /// The port with implicit TLS, on 127.0.0.1.
    pub tls_port: u16,
    // Dropped in this order, so that nobody writes to the folder when it is removed.
    pub(super) process: Process,
    pub(super) instance: Instance,
}

impl RealServer {
    /// Starts a prepared server with this identity; returns once both ports are open.
    pub fn start(kind: Kind, identity: &Identity) -> Result<RealServer, String> {
        RealServer::start_with(kind, identity, "")
    }

    /// As [`RealServer::start`], with another configuration.
    pub fn start_with(
        kind: Kind,
        identity: &Identity,
        settings: impl Into<Settings>,
    ) -> Result<RealServer, String> {
        let settings = settings.into();
        Process::try_to_start(kind.name(), || {
            RealServer::attempt(kind, identity, &settings)
        })
    }

    /// Prepares and starts the server. If this machine cannot have it, the report says so, and the test
    /// goes on without it.
    ///
    /// # Panics
    /// If the machine can have the server but the server does not start.
    pub fn start_if_available(kind: Kind, identity: &Identity) -> Result<RealServer, Unavailable> {
        RealServer::start_if_available_with(kind, identity, "")
    }

    /// As [`RealServer::start_if_available`], with another configuration.
    ///
    /// # Panics
    /// If the machine can have the server but the server does not start.
    pub fn start_if_available_with(
        kind: Kind,
        identity: &Identity,
        settings: impl Into<Settings>,
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

    fn attempt(kind: Kind, identity: &Identity, settings: &Settings) -> Result<RealServer, String> {
        let instance = Instance::new(kind.name(), identity, settings.clone())
            .map_err(|error| error.to_string())?;
        let process = Process::start((kind.spec().command)(&instance)?, &instance)?;
        Ok(RealServer {
            kind,
            port: instance.port,
            tls_port: instance.tls_port,
            process,
            instance,
        })
    }

    /// In a maildir, files in `new` are complete.
    fn delivered(&self) -> Vec<PathBuf> {
        files(&self.instance.folder.join("inbox/new"))
    }
}
