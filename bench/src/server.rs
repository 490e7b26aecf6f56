//! The OpenSSL server of all measurements. It is a process of its own, so that its work is not counted.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::{env, fs, process};

use servers::authority::Authority;
use wasmtime::Result;
use wasmtime::error::Context;

pub(crate) struct Server {
    pub tls_port: u16,
    pub plain_port: u16,
    /// OpenSSL's version.
    pub version: String,
    /// The root certificate in PEM, for the clients to trust.
    pub root: String,
    child: Child,
    /// The server ends when this is closed.
    lifeline: Option<ChildStdin>,
    files: PathBuf,
}

impl Server {
    /// Starts it with a chain of two ECDSA P-256 certificates, without the root.
    pub(crate) fn start() -> Result<Server> {
        let root = Authority::new();
        let identity = root.intermediate().issue(&["127.0.0.1"]);
        let files = env::temp_dir().join(format!("envoi-bench-{}", process::id()));
        fs::create_dir_all(&files).context("no folder for the certificates")?;
        let (chain, key) = (files.join("chain.pem"), files.join("key.pem"));
        fs::write(&chain, identity.chain_pem())?;
        fs::write(&key, identity.key_pem())?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/server.py");
        let mut child = Command::new("python3")
            .args([&script, &chain, &key])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start python3, which serves")?;
        let mut line = String::new();
        let output = child.stdout.take().context("the server's output")?;
        BufReader::new(output).read_line(&mut line)?;
        let mut words = line.trim().splitn(3, ' ');
        let mut word = || words.next().context("the server said nothing");
        Ok(Server {
            tls_port: word()?.parse()?,
            plain_port: word()?.parse()?,
            version: word()?.into(),
            root: root.pem(),
            lifeline: child.stdin.take(),
            child,
            files,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        // If either fails, nothing can be done.
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.files);
    }
}
