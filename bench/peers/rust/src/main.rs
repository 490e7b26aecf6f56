//! lettre and mail-send. Like every peer, it reads the task from its environment, and prints when each
//! receipt came: nanoseconds since 1970, one line each.

mod lettre_async_peer;
mod lettre_peer;
mod mail_send_peer;

use std::env;
use std::error::Error;
use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};

/// The messages to send, and the server.
struct Task {
    port: u16,
    /// `starttls`, `tls` or `plain`.
    security: String,
    /// Username and password; `None` to send without authentication.
    account: Option<(String, String)>,
    recipients: Vec<String>,
    size: usize,
    count: usize,
    /// The most at the same time.
    connections: usize,
    /// A PEM file with the authority's certificate.
    root: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let task = Task::from_environment()?;
    let receipts = match env::args().nth(1).as_deref() {
        Some("lettre") => lettre_peer::send(&task)?,
        Some("lettre-async") => lettre_async_peer::send(&task)?,
        Some("mail-send") => mail_send_peer::send(&task)?,
        _ => return Err("usage: peers lettre|lettre-async|mail-send".into()),
    };
    for receipt in receipts {
        println!("{receipt}");
    }
    print_use()
}

/// Prints the peak memory in octets, and the processor time in nanoseconds.
fn print_use() -> Result<(), Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse()?;
    println!("peak {}", kilobytes * 1024);
    let processor = clock_gettime(ClockId::ProcessCPUTime);
    println!("processor {}", processor.tv_sec * 1_000_000_000 + processor.tv_nsec);
    Ok(())
}

impl Task {
    fn from_environment() -> Result<Task, Box<dyn Error>> {
        let count: usize = env::var("RECIPIENTS")?.parse()?;
        let authenticates = env::var("MECHANISM")? != "none";
        Ok(Task {
            port: env::var("PORT")?.parse()?,
            security: env::var("SECURITY")?,
            account: match authenticates {
                true => Some((env::var("USERNAME")?, env::var("PASSWORD")?)),
                false => None,
            },
            recipients: (0..count).map(|i| format!("r{i}@example.test")).collect(),
            size: env::var("SIZE")?.parse()?,
            count: env::var("COUNT")?.parse()?,
            connections: env::var("CONNECTIONS")?.parse()?,
            root: env::var("ROOT")?,
        })
    }

    /// A header, and lines of 76 octets.
    fn message(&self) -> Vec<u8> {
        let line = [&[b'x'; 76][..], b"\r\n"].concat();
        let mut message = b"Subject: bench\r\n\r\n".to_vec();
        message.extend(line.into_iter().cycle().take(self.size.saturating_sub(20)));
        message.extend(b"\r\n");
        message
    }
}

fn now() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos()
}
