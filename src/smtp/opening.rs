//! From the greeting to where AUTH has its place: EHLO or HELO, STARTTLS.

use super::error::{Error, Phase};
use super::extensions::Extensions;
use super::line::{Line, Verb};
use super::session::{Security, Session, State};

impl Session {
    /// TLS stands: all that was learned before is forgotten (RFC 3207, section 4.2).
    pub fn secured(&mut self) {
        self.secure = true;
        self.state = State::Opening;
        self.extensions = Extensions::default();
        self.say_hello("EHLO");
    }

    pub(super) fn say_hello(&mut self, verb: &str) {
        let line = Line::open(format!("{verb} {}", self.plan.local_name.as_str()));
        self.queue(
            if verb == "EHLO" {
                Verb::Ehlo
            } else {
                Verb::Helo
            },
            line,
        );
    }

    pub(super) fn greeted(&mut self, extensions: Extensions) -> Result<(), Error> {
        self.extensions = extensions;
        if self.secure || self.plan.security == Security::Plaintext {
            return self.authenticate();
        }
        if self.extensions.has("STARTTLS") {
            self.queue(Verb::StartTls, Line::open("STARTTLS"));
            return Ok(());
        }
        match self.plan.security {
            Security::Opportunistic => self.authenticate(),
            Security::StartTlsUnlessLoopback if self.plan.loopback => self.authenticate(),
            _ => Err(Error::StartTlsUnavailable),
        }
    }

    /// What came with the 220 was not said inside TLS: anyone may have said it.
    pub(super) fn begin_tls(&mut self) -> Result<(), Error> {
        if self.parser.has_leftover() || self.has_reply() {
            return Err(self.broken(
                Phase::StartTls,
                "the server said more in clear after its answer to STARTTLS".into(),
            ));
        }
        self.state = State::Handshake;
        Ok(())
    }
}
