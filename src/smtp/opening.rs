//! From the greeting to AUTH: EHLO or HELO, and STARTTLS (RFC 3207).

use super::authentication::Authentication;
use super::command::PendingReply;
use super::config::{ConnectUntil, Protocol, Security};
use super::error::{Error, Phase};
use super::excerpt::excerpt;
use super::extensions::Extensions;
use super::local_name::LocalName;
use super::reply::Reply;
use super::session::{Channel, Session};
use super::state::{Idle, State};
use crate::sasl::ChannelBinding;

impl Session {
    /// Whether EHLO is due: after the greeting, and after the TLS handshake.
    pub fn is_hello_due(&self) -> bool {
        self.server.extensions.is_none()
    }

    /// Call once TLS protects the connection. Mechanisms with channel binding use `binding` to prove that
    /// both ends have the same TLS connection. Facts from before TLS are forgotten (RFC 3207, section 4.2).
    pub fn secured(&mut self, binding: Option<ChannelBinding>) -> Result<(), Error> {
        self.server.channel = Channel::Tls(binding);
        let State::TlsDue(until) = self.state else {
            return Ok(());
        };
        self.server.extensions = None;
        self.authentication = Authentication::NotDone;
        self.pipeline.is_offered = false;
        self.open_until(until)
    }

    fn open_until(&mut self, until: ConnectUntil) -> Result<(), Error> {
        if until == ConnectUntil::Greeting {
            self.enter(State::Idle(Idle::default()));
            return Ok(());
        }
        self.enter(State::Opening(until));
        self.send_ehlo()
    }

    pub(super) fn send_ehlo(&mut self) -> Result<(), Error> {
        let verb = match self.protocol() {
            Protocol::Smtp => "EHLO",
            Protocol::Lmtp => "LHLO",
        };
        let line = format!("{verb} {}", self.local_name()?.as_str());
        self.queue(PendingReply::Ehlo, line);
        Ok(())
    }

    fn local_name(&self) -> Result<&LocalName, Error> {
        self.config.local_name.as_ref().ok_or_else(|| {
            Error::InvalidArgument(
                "no address of our end is known to name in EHLO: call set-local-name on the mailer, \
                 or hello with a name"
                    .into(),
            )
        })
    }

    /// A 2yz greeting that is not 220 may mean anything (RFC 5321, section 4.3.2).
    pub(super) fn on_greeting(&mut self, reply: Reply) -> Result<(), Error> {
        if reply.code != 220 {
            let what = format!("{} is the greeting: only 220 begins a session", reply.code);
            return Err(self.protocol_error(Phase::Greeting, what));
        }
        self.server.greeting = Some(reply.clone());
        self.results.answer = Some(reply);
        match self.state {
            State::Opening(until) => self.open_until(until),
            _ => Ok(()),
        }
    }

    pub(super) fn on_hello(&mut self, reply_to: PendingReply, reply: Reply) -> Result<(), Error> {
        let extensions = match reply_to {
            PendingReply::Helo => Extensions::default(),
            _ => Extensions::from_reply(&reply),
        };
        self.pipeline.is_offered = extensions.has("PIPELINING");
        self.server.extensions = Some(extensions);
        if matches!(self.state, State::Opening(_)) {
            self.go_on_after_hello()?;
        }
        self.results.answer = Some(reply);
        Ok(())
    }

    fn go_on_after_hello(&mut self) -> Result<(), Error> {
        let security = self.config.server.security;
        if self.is_secure() || security == Security::Plaintext {
            return self.authenticate();
        }
        if self.offers("STARTTLS") {
            self.queue(PendingReply::StartTls, "STARTTLS");
            return Ok(());
        }
        let is_allowed_in_clear = security == Security::Opportunistic
            || security == Security::StartTlsUnlessLoopback && self.config.is_loopback;
        if is_allowed_in_clear {
            self.authenticate()
        } else {
            Err(Error::StartTlsUnavailable)
        }
    }

    /// HELO, if the server does not understand EHLO (RFC 5321, sections 3.2 and 4.1.4).
    pub(super) fn on_ehlo_refused(&mut self, reply: Reply) -> Result<(), Error> {
        match self.protocol() {
            Protocol::Lmtp if is_unknown_hello(&reply) => Err(self.other_protocol(&reply)),
            Protocol::Smtp if matches!(reply.code, 500 | 501 | 502 | 504 | 550) => {
                let line = format!("HELO {}", self.local_name()?.as_str());
                self.queue(PendingReply::Helo, line);
                Ok(())
            }
            _ => Err(self.refused(PendingReply::Ehlo, reply)),
        }
    }

    pub(super) fn on_helo_refused(&mut self, reply: Reply) -> Error {
        if is_unknown_hello(&reply) {
            self.other_protocol(&reply)
        } else {
            self.refused(PendingReply::Helo, reply)
        }
    }

    /// The error's text has the server's words and a remedy, because an error that is a reply has no room for
    /// one.
    fn other_protocol(&mut self, reply: &Reply) -> Error {
        let (unknown, spoken, cure) = match self.protocol() {
            Protocol::Smtp => ("neither EHLO nor HELO", "LMTP", "set-protocol(lmtp)"),
            Protocol::Lmtp => ("no LHLO", "SMTP", "set-protocol(smtp)"),
        };
        let words = reply.lines.join(" ");
        let what = format!(
            "the server knows {unknown} ({} {}): it seems to speak {spoken}: {cure}",
            reply.code,
            excerpt(words.as_bytes())
        );
        self.protocol_error(Phase::Hello, what)
    }

    /// Only 220 begins TLS (RFC 3207, section 4). Octets behind it came outside TLS, so anyone may have
    /// injected them.
    pub(super) fn on_tls_agreed(&mut self, reply: Reply) -> Result<(), Error> {
        if reply.code != 220 {
            let what = format!(
                "{} is the answer to STARTTLS: only 220 begins TLS",
                reply.code
            );
            return Err(self.protocol_error(Phase::StartTls, what));
        }
        if self.pipeline.has_input() {
            let what = "the server said more in clear after its answer to STARTTLS";
            return Err(self.protocol_error(Phase::StartTls, what.into()));
        }
        let until = match self.state {
            State::Opening(until) => until,
            _ => ConnectUntil::Greeting,
        };
        self.enter(State::TlsDue(until));
        self.results.answer = Some(reply);
        Ok(())
    }

    /// STARTTLS was refused. Only opportunistic security goes on in clear.
    pub(super) fn on_tls_refused(&mut self, reply: Reply) -> Result<(), Error> {
        if self.config.server.security == Security::Opportunistic {
            self.authenticate()
        } else {
            Err(self.refused(PendingReply::StartTls, reply))
        }
    }
}

/// Whether the refusal of a hello shows a server of the other protocol: LMTP has neither EHLO nor HELO, and
/// SMTP has no LHLO (RFC 2033, section 4.1).
fn is_unknown_hello(reply: &Reply) -> bool {
    matches!(reply.code, 500 | 502)
}
