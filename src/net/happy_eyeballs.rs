//! From a host's name to a connection.

use core::net::{IpAddr, SocketAddr};
use core::time::Duration;
use std::collections::VecDeque;

use super::{Connecting, Deadline, Error, Socket};

/// Connection Attempt Delay (RFC 8305, section 8).
const DELAY: Duration = Duration::from_millis(250);

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

/// Races the addresses: one more is tried every 250 ms, and as soon as one has failed; the first to
/// connect wins, and the others are given up (RFC 8305, section 5). Each has `limit`, all have
/// until `total`.
pub fn dial(
    addresses: Vec<IpAddr>,
    port: u16,
    limit: Duration,
    total: Option<Deadline>,
) -> Result<(Socket, IpAddr), DialError> {
    let mut race = Race {
        waiting: addresses.into(),
        running: Vec::new(),
        failed: Vec::new(),
        next: None,
    };
    loop {
        race.start(port, limit, total);
        if race.running.is_empty() {
            return Err(DialError(race.failed));
        }
        race.wait();
        if let Some(won) = race.settle() {
            return Ok(won);
        }
    }
}

struct Race {
    waiting: VecDeque<IpAddr>,
    running: Vec<Attempt>,
    failed: Vec<(IpAddr, Error)>,
    /// When the next attempt is due; none for now.
    next: Option<Deadline>,
}

struct Attempt {
    ip: IpAddr,
    connecting: Connecting,
    deadline: Deadline,
}

impl Race {
    /// Starts the next attempt if it is due.
    fn start(&mut self, port: u16, limit: Duration, total: Option<Deadline>) {
        while self.next.is_none_or(Deadline::has_passed)
            && let Some(ip) = self.waiting.pop_front()
        {
            match Connecting::start(SocketAddr::new(ip, port)) {
                Err(error) => self.failed.push((ip, error)),
                Ok(connecting) => {
                    let deadline = Deadline::after(limit).or(total);
                    self.running.push(Attempt {
                        ip,
                        connecting,
                        deadline,
                    });
                    self.next = Some(Deadline::after(DELAY));
                }
            }
        }
    }

    /// Until an attempt has an end, or the next one is due.
    fn wait(&self) {
        let next = self.next.filter(|_| !self.waiting.is_empty());
        let events: Vec<_> = self.running.iter().map(|a| a.connecting.event()).collect();
        let deadlines = self.running.iter().map(|attempt| attempt.deadline);
        if let Some(first) = deadlines.chain(next).min() {
            // What has passed shows in `settle`.
            let _ = first.wait(&events.iter().collect::<Vec<_>>());
        }
    }

    /// The connection of the first attempt that has one.
    fn settle(&mut self) -> Option<(Socket, IpAddr)> {
        for attempt in std::mem::take(&mut self.running) {
            let Attempt { ip, deadline, .. } = attempt;
            match attempt.connecting.finish() {
                Ok(Ok(socket)) => return Some((socket, ip)),
                Err(error) => self.fail(ip, error),
                Ok(Err(_)) if deadline.has_passed() => self.fail(ip, Error::TimedOut),
                Ok(Err(connecting)) => self.running.push(Attempt {
                    ip,
                    connecting,
                    deadline,
                }),
            }
        }
        None
    }

    fn fail(&mut self, ip: IpAddr, error: Error) {
        self.failed.push((ip, error));
        self.next = None;
    }
}

/// One family after the other in turn, so that none that is broken costs more than one delay (RFC
/// 8305, section 4); the family that was good before comes first, else the resolver's choice.
pub fn interleave(addresses: &[IpAddr], prefer_ipv6: Option<bool>) -> Vec<IpAddr> {
    let ipv6_first = prefer_ipv6.or_else(|| addresses.first().map(IpAddr::is_ipv6));
    let is_first = |ip: &&IpAddr| Some(ip.is_ipv6()) == ipv6_first;
    let mut first = addresses.iter().copied().filter(|ip| is_first(&ip));
    let mut second = addresses.iter().copied().filter(|ip| !is_first(&ip));
    let mut order = Vec::with_capacity(addresses.len());
    while order.len() < addresses.len() {
        order.extend(first.next());
        order.extend(second.next());
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(addresses: &[&str], prefer_ipv6: Option<bool>) -> Vec<String> {
        let addresses: Vec<IpAddr> = addresses.iter().map(|ip| ip.parse().unwrap()).collect();
        let order = interleave(&addresses, prefer_ipv6);
        order.iter().map(IpAddr::to_string).collect()
    }

    // Conformance: 63
    #[test]
    fn families_take_turns_and_the_resolver_chooses_the_first() {
        let found = ["::1", "::2", "::3", "192.0.2.1", "192.0.2.2"];
        let turns = ["::1", "192.0.2.1", "::2", "192.0.2.2", "::3"];
        assert_eq!(order(&found, None), turns);
        assert_eq!(
            order(&["192.0.2.1", "192.0.2.2", "::1"], None),
            ["192.0.2.1", "::1", "192.0.2.2"]
        );
        assert!(order(&[], None).is_empty());
    }

    // Conformance: 63
    #[test]
    fn the_family_that_was_good_before_comes_first() {
        let found = ["::1", "::2", "192.0.2.1"];
        assert_eq!(order(&found, Some(false)), ["192.0.2.1", "::1", "::2"]);
        assert_eq!(order(&["::1"], Some(false)), ["::1"]);
    }
}
