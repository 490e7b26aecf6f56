//! The process of a running server.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::instance::Instance;

/// The pause between two checks of the folder.
pub(super) const PAUSE: Duration = Duration::from_millis(10);
/// A server starts in a fraction of a second on an idle machine.
pub(super) const START_LIMIT: Duration = Duration::from_secs(20);
const STOP_LIMIT: Duration = Duration::from_secs(5);
/// Another process may take a port after it was chosen and before the server binds it.
const ATTEMPTS: usize = 3;

/// The process ends when its standard input does.
pub(super) struct Process(Child);

impl Process {
    /// Calls `attempt` until it starts a server.
    pub(super) fn try_to_start<T>(
        name: &str,
        attempt: impl Fn() -> Result<T, String>,
    ) -> Result<T, String> {
        let mut reasons = Vec::new();
        for _ in 0..ATTEMPTS {
            match attempt() {
                Ok(server) => return Ok(server),
                Err(reason) => reasons.push(reason),
            }
        }
        Err(format!("{name} does not start: {}", reasons.join("; ")))
    }

    /// Runs the command in the instance's folder; returns once its ports are open.
    pub(super) fn start(mut command: Command, instance: &Instance) -> Result<Process, String> {
        let output = File::create(instance.folder.join("log/output"))
            .and_then(|file| Ok((file.try_clone()?, file)));
        let (out, err) = output.map_err(|error| error.to_string())?;
        let child = command
            .current_dir(&instance.folder)
            .stdin(Stdio::piped())
            .stdout(out)
            .stderr(err)
            .spawn();
        let mut process = child.map(Process).map_err(|error| error.to_string())?;
        process.wait_until_ready(instance)?;
        Ok(process)
    }

    /// Gives the process a line of its standard input.
    pub(super) fn tell(&mut self, line: &str) -> io::Result<()> {
        let input = self.0.stdin.as_mut();
        writeln!(input.ok_or(io::ErrorKind::BrokenPipe)?, "{line}")
    }

    fn wait_until_ready(&mut self, instance: &Instance) -> Result<(), String> {
        let limit = Instant::now() + START_LIMIT;
        while !instance.folder.join("ready").exists() {
            let log = || log(instance).trim().to_owned();
            if self.has_ended() {
                return Err(format!("it ended; its log: {}", log()));
            }
            if Instant::now() > limit {
                return Err(format!("its ports are not open; its log: {}", log()));
            }
            thread::sleep(PAUSE);
        }
        Ok(())
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

/// The server's log and output.
pub(super) fn log(instance: &Instance) -> String {
    let logs = files(&instance.folder.join("log"));
    logs.iter()
        .filter_map(|path| fs::read(path).ok())
        .map(|text| String::from_utf8_lossy(&text).into_owned())
        .collect()
}

pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries
        .filter_map(|entry: io::Result<_>| Some(entry.ok()?.path()))
        .collect()
}
