//! Faults of a server that runs: it is killed, suspended, ended and started again, and the disk of its queue is full.
//!
//! For Postfix and Exim, which keep a queue on disk and run in a namespace of their own.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use super::process::{PAUSE, START_LIMIT};
use super::{Kind, RealServer};

/// The longest that the queue may take to empty: deliveries that failed are tried again.
const QUEUE_LIMIT: Duration = Duration::from_secs(120);

/// Signals every process of the namespace but the first, which reads the commands.
const KILL: &str = "kill -s KILL -- -1";
/// Waits until the first process is alone.
const ALONE: &str = "while kill -s 0 -- -1 2>/dev/null; do sleep 0.01; done";

impl RealServer {
    /// Every process of the server gets SIGKILL, at the same moment.
    pub fn kill(&mut self) -> Result<(), String> {
        self.run(&format!("{KILL}; {ALONE}"))
    }

    /// Every process of the server gets SIGTERM, and two seconds later SIGKILL, as when a system shuts down.
    pub fn end(&mut self) -> Result<(), String> {
        self.run(&format!(
            "kill -s TERM -- -1; n=0; \
             while kill -s 0 -- -1 2>/dev/null && [ $n -lt 200 ]; do sleep 0.01; n=$((n+1)); done; \
             {KILL}; {ALONE}"
        ))
    }

    /// The server's processes stop, and the system still accepts connections for it.
    pub fn suspend(&mut self) -> Result<(), String> {
        self.run("kill -s STOP -- -1")
    }

    pub fn resume(&mut self) -> Result<(), String> {
        self.run("kill -s CONT -- -1")
    }

    /// After [`kill`](RealServer::kill) or [`end`](RealServer::end): starts the server at the same ports, with the
    /// queue that it left.
    pub fn start_again(&mut self) -> Result<(), String> {
        let limit = Instant::now() + START_LIMIT;
        loop {
            self.run("rm -f ready; (set -e; eval \"$start\")")?;
            if self.instance.folder.join("ready").exists() {
                return Ok(());
            }
            // A connection may have got one of the ports, which are among those that the system gives to clients.
            if Instant::now() > limit {
                return Err(format!(
                    "{} does not start again: {}",
                    self.kind,
                    self.log()
                ));
            }
        }
    }

    /// The queue moves to a disk of this size: a tmpfs of the namespace, which outlives the server. The server starts
    /// anew.
    pub fn limit_queue(&mut self, octets: usize) -> Result<(), String> {
        let queue = Queue::of(self.kind).folder;
        self.kill()?;
        self.run(&format!(
            "mkdir disk && mount -t tmpfs -o size={octets},mode=755 tmpfs disk && cp -aT {queue} disk && \
             mount --bind disk {queue} && umount disk"
        ))?;
        self.start_again()
    }

    /// Nothing is left on the disk of the queue.
    pub fn fill_queue(&mut self) -> Result<(), String> {
        let queue = Queue::of(self.kind).folder;
        self.run(&format!(
            "head -c $(( $(stat -f -c '%f * %S' {queue}) )) /dev/zero >{queue}/ballast 2>/dev/null"
        ))
    }

    /// Undoes [`fill_queue`](RealServer::fill_queue).
    pub fn free_queue(&mut self) -> Result<(), String> {
        let queue = Queue::of(self.kind).folder;
        self.run(&format!("rm {queue}/ballast"))
    }

    /// Waits until the server has delivered, or given up, every message that it accepted.
    pub fn empty_queue(&mut self) -> Result<(), String> {
        let Queue { waiting, retry, .. } = Queue::of(self.kind);
        let limit = Instant::now() + QUEUE_LIMIT;
        loop {
            self.run(&format!("{retry}; {waiting} >waiting"))?;
            let left = fs::read_to_string(self.instance.folder.join("waiting"));
            let left = left.map_err(|error| error.to_string())?;
            if left.is_empty() {
                return Ok(());
            }
            if Instant::now() > limit {
                return Err(format!("{} keeps {left}", self.kind));
            }
            thread::sleep(PAUSE);
        }
    }

    /// Runs the line in the server's namespace, and waits for its end.
    fn run(&mut self, line: &str) -> Result<(), String> {
        let done = self.instance.folder.join("done");
        let _ = fs::remove_file(&done);
        let told = self.process.tell(&format!("{line}; touch done"));
        told.map_err(|error| format!("{} cannot be told {line}: {error}", self.kind))?;
        let limit = Instant::now() + QUEUE_LIMIT;
        while !done.exists() {
            if Instant::now() > limit {
                return Err(format!("{} does not end {line}", self.kind));
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }
}

/// Where a server keeps the messages that it has accepted.
struct Queue {
    folder: &'static str,
    /// Shell code that prints the messages in it.
    waiting: &'static str,
    /// Shell code that delivers them now.
    retry: &'static str,
}

impl Queue {
    fn of(kind: Kind) -> Queue {
        match kind {
            Kind::Postfix => Queue {
                folder: "queue",
                // A file is executable once it is complete.
                waiting: "find queue/incoming queue/active queue/deferred queue/maildrop -type f -perm -u+x",
                // It tries again by itself.
                retry: "true",
            },
            Kind::Exim => Queue {
                folder: "spool",
                // If it dies at the end of a delivery, it leaves the header of a message whose body is removed.
                waiting: r#"for head in spool/input/*-H; do [ ! -e "${head%H}D" ] || echo "$head"; done"#,
                retry: "exim4 -C /mnt/exim.conf -qff",
            },
            other => panic!("{other} has no queue here"),
        }
    }
}
