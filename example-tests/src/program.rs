//! A program of a user's, as a process.

use std::io::{self, BufRead, BufReader, Lines, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// For what takes seconds on a machine that does other things too.
const LIMIT: Duration = Duration::from_secs(120);

const POLL: Duration = Duration::from_millis(5);

const UNPOISONED: &str = "nobody panics with it";

/// A running program; one that does not end is killed.
pub struct Program {
    stdin: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
    errors: JoinHandle<io::Result<String>>,
    child: Arc<Mutex<Child>>,
    limit: JoinHandle<()>,
    ended: mpsc::Sender<()>,
}

/// How a program ended.
#[derive(Debug)]
pub struct Ended {
    /// Of its own, with success, in time.
    pub well: bool,
    /// What it printed and nobody read before.
    pub stdout: String,
    pub stderr: String,
}

impl Program {
    pub fn start(command: &mut Command) -> Program {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let stdout = child.stdout.take().expect("it is a pipe");
        let mut stderr = child.stderr.take().expect("it is a pipe");
        let stdin = child.stdin.take();
        let child = Arc::new(Mutex::new(child));
        let (ended, end) = mpsc::channel();
        Program {
            stdin,
            lines: BufReader::new(stdout).lines(),
            errors: thread::spawn(move || {
                let mut text = String::new();
                stderr.read_to_string(&mut text).map(|_| text)
            }),
            limit: thread::spawn({
                let child = child.clone();
                move || {
                    if end.recv_timeout(LIMIT).is_err() {
                        // Where it has ended meanwhile, nothing is left to kill.
                        let _ = child.lock().expect(UNPOISONED).kill();
                    }
                }
            }),
            child,
            ended,
        }
    }

    /// The next line that it prints.
    pub fn line(&mut self) -> Option<String> {
        self.lines.next().map(|line| line.expect("UTF-8"))
    }

    /// Tells it a line, where its standard input is a pipe.
    pub fn tell(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("it is a pipe");
        writeln!(stdin, "{line}").expect("it reads");
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ended {
        let mut stdout = String::new();
        while let Some(line) = self.line() {
            stdout += &(line + "\n");
        }
        let stderr = self.errors.join().expect("reading does not panic");
        let well = loop {
            // Not held while waiting, as the limit would have to wait too.
            let ended = self.child.lock().expect(UNPOISONED).try_wait();
            match ended.expect("it was started") {
                Some(status) => break status.success(),
                None => thread::sleep(POLL),
            }
        };
        // Nobody hears it where the limit has passed.
        let _ = self.ended.send(());
        self.limit.join().expect("killing does not panic");
        Ended {
            well,
            stdout,
            stderr: stderr.expect("UTF-8"),
        }
    }
}
