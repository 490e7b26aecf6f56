//! From the greeting to where AUTH has its place: EHLO or HELO, STARTTLS.

use super::error::{Error, Phase};
use super::excerpt::excerpt;
use super::extensions::Extensions;
use super::line::{Line, Verb};
use super::local_name::LocalName;
use super::reply::Reply;
use super::session::{Dialect, Goal, Security, Session, State};

impl Session {
    /// After the greeting.
    pub(super) fn greet(&mut self) -> Result<(), Error> {
        match self.plan.goal {
            Goal::Greeting => {
                self.state = State::Ready;
                Ok(())
            }
            Goal::Ready | Goal::Message => self.say_hello(),
        }
    }

    /// TLS stands: all that was learned before is forgotten (RFC 3207, section 4.2).
    pub fn secured(&mut self) -> Result<(), Error> {
        self.secure = true;
        self.state = State::Opening;
        self.extensions = Extensions::default();
        self.helloed = false;
        self.authenticated = false;
        self.greet()
    }

    pub(super) fn say_hello(&mut self) -> Result<(), Error> {
        let verb = match self.plan.dialect {
            Dialect::Smtp => "EHLO",
            Dialect::Lmtp => "LHLO",
        };
        let line = Line::open(format!("{verb} {}", self.local_name()?.as_str()));
        self.queue(Verb::Ehlo, line);
        Ok(())
    }

    pub(super) fn say_helo(&mut self) -> Result<(), Error> {
        let line = Line::open(format!("HELO {}", self.local_name()?.as_str()));
        self.queue(Verb::Helo, line);
        Ok(())
    }

    fn local_name(&self) -> Result<&LocalName, Error> {
        self.plan.local_name.as_ref().ok_or_else(|| {
            Error::InvalidArgument(
                "no address of our end is known to name in EHLO: call set-local-name on the mailer, \
                 or hello with a name"
                    .into(),
            )
        })
    }

    /// Whether a hello is refused as a server of the other dialect does it: LMTP has neither EHLO nor
    /// HELO, and SMTP has no LHLO (RFC 2033, section 4.1).
    pub(super) fn is_of_other_dialect(&self, verb: Verb, reply: &Reply) -> bool {
        let last = match self.plan.dialect {
            Dialect::Smtp => Verb::Helo,
            Dialect::Lmtp => Verb::Ehlo,
        };
        verb == last && matches!(reply.code, 500 | 502)
    }

    /// With the server's words, as an error that shows a reply could not say what to do.
    pub(super) fn other_dialect(&mut self, reply: &Reply) -> Error {
        let (unknown, spoken, cure) = match self.plan.dialect {
            Dialect::Smtp => ("neither EHLO nor HELO", "LMTP", "set-protocol(lmtp)"),
            Dialect::Lmtp => ("no LHLO", "SMTP", "set-protocol(smtp)"),
        };
        let words = reply.lines.join(" ");
        let what = format!(
            "the server knows {unknown} ({} {}): it seems to speak {spoken}: {cure}",
            reply.code,
            excerpt(words.as_bytes())
        );
        self.broken(Phase::Hello, what)
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
