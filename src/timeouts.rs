//! Timeouts (RFC 5321, section 4.5.3.2).

use core::time::Duration;

use crate::smtp::error::Phase;
pub use crate::smtp::error::Timeout;

/// The limits in force. Only the total may have none.
#[derive(Clone, Debug)]
pub(crate) struct Timeouts {
    pub connect: Duration,
    pub tls: Duration,
    pub greeting: Duration,
    pub command: Duration,
    pub data: Duration,
    pub block: Duration,
    pub acceptance: Duration,
    pub total: Option<Duration>,
}

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// How long to wait for the reply to QUIT: nothing depends on it.
const QUIT: Duration = Duration::from_secs(2);

/// How long to wait for replies that a server gives soon, if at all: to commands that left together with the
/// end of a message, or with AUTH once that is answered. A server that has read them has nothing to wait for;
/// one that has dropped them never replies.
pub(crate) const PIPELINED_REPLY: Duration = Duration::from_secs(5);

/// The defaults of RFC 5321, section 4.5.3.2. It has none for TCP and TLS: 30 seconds are several
/// retransmissions on the worst of links, and less than a person gives up after.
impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: 30 * SECOND,
            tls: 30 * SECOND,
            greeting: 5 * MINUTE,
            command: 5 * MINUTE,
            data: 2 * MINUTE,
            block: 3 * MINUTE,
            acceptance: 10 * MINUTE,
            total: None,
        }
    }
}

impl Timeouts {
    /// `None` restores the default.
    pub(crate) fn set(&mut self, timeout: Timeout, limit: Option<Duration>) {
        let default = Self::default();
        match timeout {
            Timeout::Connect => self.connect = limit.unwrap_or(default.connect),
            Timeout::Tls => self.tls = limit.unwrap_or(default.tls),
            Timeout::Greeting => self.greeting = limit.unwrap_or(default.greeting),
            Timeout::Command => self.command = limit.unwrap_or(default.command),
            Timeout::Data => self.data = limit.unwrap_or(default.data),
            Timeout::Block => self.block = limit.unwrap_or(default.block),
            Timeout::Acceptance => self.acceptance = limit.unwrap_or(default.acceptance),
            Timeout::Total => self.total = limit,
        }
    }

    /// How long to wait for a reply in this phase.
    pub(crate) fn reply(&self, phase: Phase) -> Duration {
        match phase {
            Phase::Greeting => self.greeting,
            Phase::Data => self.data,
            Phase::Acceptance => self.acceptance,
            Phase::Quit => self.command.min(QUIT),
            _ => self.command,
        }
    }

    /// The limit that a reply in this phase has.
    pub(crate) fn of_reply(phase: Phase) -> Timeout {
        match phase {
            Phase::Greeting => Timeout::Greeting,
            Phase::Data => Timeout::Data,
            Phase::Acceptance => Timeout::Acceptance,
            _ => Timeout::Command,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Conformance: 26
    #[test]
    fn each_phase_has_a_limit_that_can_be_changed_and_set_again() {
        let mut timeouts = Timeouts::default();
        let defaults = [
            (Phase::Greeting, 5 * MINUTE),
            (Phase::Mail, 5 * MINUTE),
            (Phase::Rcpt, 5 * MINUTE),
            (Phase::Data, 2 * MINUTE),
            (Phase::Acceptance, 10 * MINUTE),
        ];
        for (phase, limit) in defaults {
            assert_eq!(timeouts.reply(phase), limit, "{phase:?}");
        }
        assert_eq!((timeouts.block, timeouts.total), (3 * MINUTE, None));
        timeouts.set(Timeout::Command, Some(SECOND));
        assert_eq!(timeouts.reply(Phase::Rcpt), SECOND);
        assert_eq!(timeouts.reply(Phase::Greeting), 5 * MINUTE);
        timeouts.set(Timeout::Command, None);
        assert_eq!(timeouts.reply(Phase::Rcpt), 5 * MINUTE);
    }
}
