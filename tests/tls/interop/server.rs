//! `openssl s_server` on a port of its own.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use rcgen::KeyPair;

use crate::openssl::Folder;
use crate::peer::{AUTHORITY, NAME, params};

/// Ends with the test.
pub struct Server {
    pub port: u16,
    child: Child,
    commands: ChildStdin,
    said: BufReader<ChildStdout>,
    _folder: Folder,
}

impl Server {
    /// Answers each line with the line reversed.
    pub fn reversing(key: &KeyPair, options: &[&str]) -> Self {
        Self::start(key, &[&["-rev"], options].concat())
    }

    /// Sends what it is told, and takes commands: a line `K` renews its keys and asks for ours.
    pub fn start(key: &KeyPair, options: &[&str]) -> Self {
        let folder = Folder::new();
        let certificate = params(NAME).signed_by(key, AUTHORITY.issuer()).unwrap();
        let mut child = Command::new("openssl")
            .args(["s_server", "-accept", "127.0.0.1:0"])
            .arg("-cert")
            .arg(folder.write("certificate", certificate.pem()))
            .arg("-key")
            .arg(folder.write("key", key.serialize_pem()))
            .arg("-CAfile")
            .arg(folder.write("authority", AUTHORITY.pem()))
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let commands = child.stdin.take().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        let mut server = Self {
            port: 0,
            child,
            commands,
            said,
            _folder: folder,
        };
        let address = server.hear("ACCEPT ");
        server.port = address.rsplit(':').next().unwrap().parse().unwrap();
        server
    }

    /// What follows this in the next line that begins so.
    pub fn hear(&mut self, beginning: &str) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.said.read_line(&mut line).unwrap(), 0, "s_server ended");
            if let Some(rest) = line.strip_prefix(beginning) {
                return rest.trim_end().to_owned();
            }
        }
    }

    pub fn tell(&mut self, line: &str) {
        self.commands.write_all(line.as_bytes()).unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
