//! From a host's name to a connection.

use core::net::{IpAddr, SocketAddr};
use core::time::Duration;

use super::{Deadline, Error, Socket};

/// Why none of a host's addresses could be connected to.
#[derive(Debug)]
pub struct DialError(Vec<(IpAddr, Error)>);

impl DialError {
    /// The host grants no connection to any of them.
    pub fn is_denied(&self) -> bool {
        self.0.iter().all(|(_, error)| *error == Error::Denied)
    }
}

impl core::fmt::Display for DialError {
    fn fmt(&self, f: &mut core::fmt::Formatter) -> core::fmt::Result {
        for (i, (address, error)) in self.0.iter().enumerate() {
            let separator = if i == 0 { "" } else { "; " };
            match error {
                Error::Denied => write!(f, "{separator}{address}: the host denies it")?,
                Error::TimedOut => write!(f, "{separator}{address}: no answer in time")?,
                Error::Disconnected => write!(f, "{separator}{address}: disconnected")?,
                Error::Failed(why) => write!(f, "{separator}{address}: {why}")?,
            }
        }
        Ok(())
    }
}

/// Tries each address in turn, each for as long as `limit`, all until `total`.
pub fn dial(
    addresses: &[IpAddr],
    port: u16,
    limit: Duration,
    total: Option<Deadline>,
) -> Result<(Socket, IpAddr), DialError> {
    let mut failed = Vec::new();
    for &ip in addresses {
        let deadline = Deadline::after(limit).or(total);
        match Socket::connect(SocketAddr::new(ip, port), deadline) {
            Ok(socket) => return Ok((socket, ip)),
            Err(error) => failed.push((ip, error)),
        }
        if total.is_some_and(Deadline::has_passed) {
            break;
        }
    }
    Err(DialError(failed))
}
