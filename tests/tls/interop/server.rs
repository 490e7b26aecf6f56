//! A server program on a port of its own.

use std::io::{BufRead, BufReader, PipeReader, Write, pipe};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use rcgen::KeyPair;

use super::client::PATIENCE;
use crate::openssl::Folder;
use crate::peer::{AUTHORITY, NAME, params};

/// Killed at the end of the test.
pub(super) struct Server {
    pub port: u16,
    pub child: Child,
    commands: ChildStdin,
    said: Receiver<String>,
    _folder: Folder,
}

impl Server {
    /// These options name the files of certificate, key and authority.
    pub(super) fn start(mut program: Command, key: &KeyPair, files: [&str; 3]) -> Self {
        let folder = Folder::new();
        let certificate = params(NAME).signed_by(key, AUTHORITY.issuer()).unwrap();
        let contents = [certificate.pem(), key.serialize_pem(), AUTHORITY.pem()];
        for (option, contents) in files.into_iter().zip(contents) {
            let name = option.trim_start_matches('-');
            program.arg(option).arg(folder.write(name, contents));
        }
        let (said, says) = pipe().unwrap();
        let mut child = program
            .stdin(Stdio::piped())
            .stdout(says.try_clone().unwrap())
            .stderr(says)
            .spawn()
            .unwrap();
        Self {
            port: 0,
            commands: child.stdin.take().unwrap(),
            child,
            said: lines(said),
            _folder: folder,
        }
    }

    /// Reads until a line with this prefix: returns the rest of that line, and the lines before it.
    pub(super) fn hear(&mut self, beginning: &str) -> (String, Vec<String>) {
        let mut before = Vec::new();
        loop {
            let line = self.said.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|why| panic!("{why}, not {beginning:?}: {before:#?}"));
            match line.strip_prefix(beginning) {
                Some(rest) => return (rest.trim_end().to_owned(), before),
                None => before.push(line),
            }
        }
    }

    pub(super) fn tell(&mut self, line: &str) {
        self.commands.write_all(line.as_bytes()).unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends lines from a thread, because a read has no timeout.
fn lines(said: PipeReader) -> Receiver<String> {
    let (hears, heard) = channel();
    thread::spawn(move || {
        let lines = BufReader::new(said).lines().map_while(Result::ok);
        lines.for_each(|line| drop(hears.send(line)));
    });
    heard
}
