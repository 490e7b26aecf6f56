//! From the greeting to where AUTH has its place: EHLO or HELO, STARTTLS.

use super::error::{Error, Phase};
use super::extensions::Extensions;
use super::line::{Line, Verb};
use super::session::{Dialect, Goal, Security, Session, State};

impl Session {
    /// After the greeting.
    pub(super) fn greet(&mut self) {
        match self.plan.goal {
            Goal::Greeting => self.state = State::Ready,
            Goal::Ready | Goal::Message => self.say_hello(),
        }
    }

    /// TLS stands: all that was learned before is forgotten (RFC 3207, section 4.2).
    pub fn secured(&mut self) {
        self.secure = true;
        self.state = State::Opening;
        self.extensions = Extensions::default();
        self.helloed = false;
        self.authenticated = false;
        self.greet();
    }

    pub(super) fn say_hello(&mut self) {
        let verb = match self.plan.dialect {
            Dialect::Smtp => "EHLO",
            Dialect::Lmtp => "LHLO",
        };
        let name = self.plan.local_name.as_str();
        self.queue(Verb::Ehlo, Line::open(format!("{verb} {name}")));
    }

    pub(super) fn say_helo(&mut self) {
        let name = self.plan.local_name.as_str();
        self.queue(Verb::Helo, Line::open(format!("HELO {name}")));
    }

    pub(super) fn greeted(&mut self, extensions: Extensions) -> Result<(), Error> {
        self.extensions = extensions;
        self.helloed = true;
        if self.plan.goal == Goal::Greeting {
            self.state = State::Ready;
            return Ok(());
        }
        if self.secure || self.plan.security == Security::Plaintext {
            return self.authenticate();
        }
        if self.extensions.has("STARTTLS") {
            self.queue(Verb::StartTls, Line::open("STARTTLS"));
            return Ok(());
        }
        match self.may_do_without_tls() {
            true => self.authenticate(),
            false
                if self.plan.security == Security::StartTlsUnlessLoopback && self.plan.loopback =>
            {
                self.authenticate()
            }
            false => Err(Error::StartTlsUnavailable),
        }
    }

    /// Whether a server may refuse STARTTLS.
    pub(super) fn may_do_without_tls(&self) -> bool {
        self.plan.goal != Goal::Greeting && self.plan.security == Security::Opportunistic
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
