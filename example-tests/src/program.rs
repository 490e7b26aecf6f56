//! Runs a user's program as a process.

use std::io::{self, BufRead, BufReader, Lines, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// The longest run of a program, which takes seconds on a busy machine.
const LIMIT: Duration = Duration::from_secs(120);

const POLL: Duration = Duration::from_millis(5);

const UNPOISONED: &str = "nobody panics with it";

/// A running program. It is killed when the limit is over.
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
    /// It ended by itself, with success, within the limit.
    pub succeeded: bool,
    /// The output that nobody read before.
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
                        // The program may have ended meanwhile.
                        let _ = child.lock().expect(UNPOISONED).kill();
                    }
                }
            }),
            child,
            ended,
        }
    }

    /// The next line of its output.
    pub fn line(&mut self) -> Option<String> {
        self.lines.next().map(|line| line.expect("UTF-8"))
    }

    /// Writes a line to its standard input, which has to be a pipe.
    pub fn write_line(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("it is a pipe");
        writeln!(stdin, "{line}").expect("it reads");
    }

    /// Waits until it ends.
    pub fn end(mut self) -> Ended {
        let mut stdout = String::new();
        while let Some(line) = self.line() {
            stdout += &(line + "\n");
        }
        let stderr = self.errors.join().expect("reading does not panic");
        let succeeded = loop {
            // The lock is not held while waiting, because the limit's thread needs it.
            let ended = self.child.lock().expect(UNPOISONED).try_wait();
            match ended.expect("it was started") {
                Some(status) => break status.success(),
                None => thread::sleep(POLL),
            }
        };
        // The limit's thread may have ended.
        let _ = self.ended.send(());
        self.limit.join().expect("killing does not panic");
        Ended {
            succeeded,
            stdout,
            stderr: stderr.expect("UTF-8"),
        }
    }
}
