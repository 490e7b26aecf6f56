//! A table of the real servers, for people.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::{Kind, RealServer};
use crate::authority::Identity;

/// Longer than any server takes to greet and to answer EHLO.
const SILENCE_LIMIT: Duration = Duration::from_secs(30);

/// One line for each SMTP server, which is prepared and started for it: name, version, and the extensions
/// that it offers before TLS; or why this machine cannot have it.
pub fn overview(identity: &Identity) -> String {
    Kind::SMTP.map(|kind| row(kind, identity)).concat()
}

fn row(kind: Kind, identity: &Identity) -> String {
    let server = match RealServer::start_if_available(kind, identity) {
        Ok(server) => server,
        Err(unavailable) => return format!("{unavailable}\n"),
    };
    let extensions = match server.extensions() {
        Ok(extensions) => extensions.join(", "),
        Err(error) => format!("EHLO failed: {error}"),
    };
    format!(
        "{kind:<15}  {:<8}  {extensions}\n",
        kind.version().unwrap_or_default()
    )
}

impl RealServer {
    /// The lines of its reply to EHLO before TLS, without the first.
    pub fn extensions(&self) -> std::io::Result<Vec<String>> {
        let stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(SILENCE_LIMIT))?;
        let mut reader = BufReader::new(&stream);
        reply(&mut reader)?;
        (&stream).write_all(b"EHLO localhost\r\n")?;
        let lines = reply(&mut reader)?;
        (&stream).write_all(b"QUIT\r\n")?;
        reply(&mut reader)?;
        Ok(lines.into_iter().skip(1).collect())
    }
}

/// The text of each line of one reply (RFC 5321, section 4.2).
fn reply(reader: &mut impl BufRead) -> std::io::Result<Vec<String>> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        lines.push(line.get(4..).unwrap_or_default().trim_end().to_string());
        if line.get(3..4) != Some("-") {
            return Ok(lines);
        }
    }
}
