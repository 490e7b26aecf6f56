//! Happy Eyeballs (RFC 8305): from the addresses of a host to one connection.

use core::future::poll_fn;
use core::net::{IpAddr, SocketAddr};
use core::pin::{Pin, pin};
use core::task::Poll;
use core::time::Duration;
use std::collections::VecDeque;
use std::fmt;

use super::{Deadline, Error, Network};

/// Connection Attempt Delay (RFC 8305, section 8).
const DELAY: Duration = Duration::from_millis(250);

/// Why each of a host's addresses could not be connected to.
#[derive(Debug)]
pub(crate) struct ConnectErrors(Vec<(IpAddr, Error)>);

impl ConnectErrors {
    /// Whether the host denies the connection to each of them.
    pub(crate) fn are_denials(&self) -> bool {
        self.0.iter().all(|(_, error)| *error == Error::Denied)
    }
}

impl fmt::Display for ConnectErrors {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (i, (address, error)) in self.0.iter().enumerate() {
            let separator = if i == 0 { "" } else { "; " };
            write!(f, "{separator}{address}: {error}")?;
        }
        Ok(())
    }
}

/// Races the addresses: another attempt starts every 250 ms, and as soon as one has failed. The first
/// connection wins, and the other attempts are given up (RFC 8305, section 5). Each attempt has `limit`, all
/// have until `total`.
pub(crate) async fn connect<N: Network>(
    network: &N,
    addresses: Vec<IpAddr>,
    port: u16,
    limit: Duration,
    total: Option<Deadline>,
) -> Result<(N::Stream, IpAddr), ConnectErrors> {
    let start = |ip| network.connect(SocketAddr::new(ip, port));
    let mut race = Race {
        network,
        waiting: addresses.into(),
        running: Vec::new(),
        failed: Vec::new(),
        next: None,
    };
    loop {
        race.start_due(start, limit, total);
        let Some(deadline) = race.next_deadline() else {
            return Err(ConnectErrors(race.failed));
        };
        if let Some(winner) = race.advance(deadline).await {
            return Ok(winner);
        }
    }
}

struct Race<'a, N, F> {
    network: &'a N,
    waiting: VecDeque<IpAddr>,
    running: Vec<Attempt<F>>,
    failed: Vec<(IpAddr, Error)>,
    /// When the next attempt is due; `None` for now.
    next: Option<Deadline>,
}

struct Attempt<F> {
    ip: IpAddr,
    connecting: Pin<Box<F>>,
    deadline: Deadline,
}

impl<N: Network, F: Future<Output = Result<N::Stream, Error>>> Race<'_, N, F> {
    /// Starts the next attempt if it is due.
    fn start_due(&mut self, start: impl Fn(IpAddr) -> F, limit: Duration, total: Option<Deadline>) {
        let network = self.network;
        if self.next.is_none_or(|next| next.has_passed(network))
            && let Some(ip) = self.waiting.pop_front()
        {
            let now = network.now();
            let after = |limit| Deadline::at(now.saturating_add(limit));
            self.next = Some(after(DELAY));
            self.running.push(Attempt {
                ip,
                connecting: Box::pin(start(ip)),
                deadline: after(limit).or(total),
            });
        }
    }

    /// When an attempt times out, or the next one is due. `None` if all have failed.
    fn next_deadline(&self) -> Option<Deadline> {
        let first = self.running.iter().map(|attempt| attempt.deadline).min()?;
        Some(first.or(self.next.filter(|_| !self.waiting.is_empty())))
    }

    /// Waits until an attempt has ended, or until `deadline`.
    async fn advance(&mut self, deadline: Deadline) -> Option<(N::Stream, IpAddr)> {
        let mut sleep = pin!(self.network.sleep_until(deadline));
        let ended = poll_fn(|context| {
            for (place, attempt) in self.running.iter_mut().enumerate() {
                if let Poll::Ready(result) = attempt.connecting.as_mut().poll(context) {
                    return Poll::Ready(Some((place, result)));
                }
            }
            sleep.as_mut().poll(context).map(|()| None)
        });
        match ended.await {
            Some((place, result)) => {
                let ip = self.running.remove(place).ip;
                match result {
                    Ok(stream) => return Some((stream, ip)),
                    Err(error) => self.fail(ip, error),
                }
            }
            None => self.time_out(deadline),
        }
        None
    }

    /// Gives the attempts up that have had their time. That a timer has ended counts, and not what the clock
    /// shows: on a host whose clock stands still, the race would never end.
    fn time_out(&mut self, reached: Deadline) {
        self.next = self.next.filter(|next| *next > reached);
        let is_over = |attempt: &mut Attempt<F>| attempt.deadline <= reached;
        let over: Vec<_> = self.running.extract_if(.., is_over).collect();
        for attempt in over {
            self.fail(attempt.ip, Error::TimedOut);
        }
    }

    fn fail(&mut self, ip: IpAddr, error: Error) {
        self.failed.push((ip, error));
        self.next = None;
    }
}

/// Lets the address families take turns, so that a broken one costs no more than one delay (RFC 8305, section
/// 4). The family that was connected to before comes first, else the resolver's choice.
pub(crate) fn interleave(addresses: &[IpAddr], prefer_ipv6: Option<bool>) -> Vec<IpAddr> {
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
