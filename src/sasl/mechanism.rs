//! A SASL mechanism: its facts, and the trait for its exchange.

use core::fmt;

use super::{Bearer, Context, Credentials, Error, Password};
use zeroize::Zeroizing;

/// A mechanism of the list [`Mechanism::DEFAULT`].
#[derive(Clone, Copy)]
pub struct Mechanism(&'static Facts);

impl Mechanism {
    /// The mechanism with this name, in any case (RFC 4954, section 3).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::DEFAULT
            .into_iter()
            .find(|mechanism| mechanism.name().eq_ignore_ascii_case(name))
    }

    /// As AUTH and EHLO spell it, in capitals.
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// Whether it needs a channel binding.
    pub fn is_bound(self) -> bool {
        self.0.is_bound
    }

    /// Whether the initial response ends the exchange, unless the server refuses it.
    pub fn is_single_message(self) -> bool {
        self.0.round_trips != RoundTrips::Several
    }

    /// Whether the initial response ends the exchange, even if the server refuses it. RFC 4954, section 4,
    /// names PLAIN and EXTERNAL.
    pub fn ends_in_one_round_trip(self) -> bool {
        self.0.round_trips == RoundTrips::One
    }

    /// Whether it is SCRAM. Its messages do not hold the password, but a reader of them can test guesses.
    pub fn is_scram(self) -> bool {
        self.evidence() == Evidence::Proof(Verifier::ScramKeys)
    }

    /// Whether it proves that the client knows the password, without sending it.
    pub fn is_proof(self) -> bool {
        matches!(self.evidence(), Evidence::Proof(_))
    }

    /// Whether it sends the password or token itself, so that any server can verify it.
    pub fn sends_secret(self) -> bool {
        self.evidence() == Evidence::Secret
    }

    /// Whether the credentials are of the kind for this mechanism.
    pub fn takes(self, credentials: &Credentials) -> bool {
        match self.0.new_client {
            NewClient::Password(_) => matches!(credentials, Credentials::Password(_)),
            NewClient::Bearer(_) => matches!(credentials, Credentials::Bearer(_)),
            NewClient::External(_) => matches!(credentials, Credentials::External(_)),
        }
    }

    pub(super) const fn new(facts: &'static Facts) -> Self {
        Self(facts)
    }

    pub(super) fn evidence(self) -> Evidence {
        self.0.evidence
    }

    pub(super) fn new_client(self, credentials: &Credentials, context: &Context<'_>) -> Started {
        match (self.0.new_client, credentials) {
            (NewClient::Password(new), Credentials::Password(password)) => {
                password.check()?;
                new(self, password, context)
            }
            (NewClient::Bearer(new), Credentials::Bearer(bearer)) => {
                bearer.check()?;
                new(self, bearer, context)
            }
            (NewClient::External(new), Credentials::External(identity)) => {
                new(self, identity.as_deref().unwrap_or_default(), context)
            }
            _ => Err(Error::CannotCarry(format!(
                "{} takes other credentials",
                self.name()
            ))),
        }
    }
}

impl PartialEq for Mechanism {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Mechanism {}

impl fmt::Debug for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Facts for [`Attempts`](super::Attempts) and the session. Each mechanism's file states its own.
pub(super) struct Facts {
    pub(super) name: &'static str,
    pub(super) evidence: Evidence,
    pub(super) is_bound: bool,
    pub(super) round_trips: RoundTrips,
    pub(super) new_client: NewClient,
}

/// How the server verifies the client.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Evidence {
    /// The password or token itself.
    Secret,
    /// A proof of the password.
    Proof(Verifier),
    /// The client certificate, which TLS verified.
    Certificate,
}

/// The data that a server stores to verify a proof.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Verifier {
    /// `StoredKey` and `ServerKey` (RFC 5802, section 3), made when the password was last set.
    ScramKeys,
    /// Or the state of HMAC after it.
    ReadablePassword,
}

/// How many round trips an exchange takes if AUTH carries the initial response.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RoundTrips {
    One,
    /// A refusal takes another one.
    OneIfAccepted,
    Several,
}

/// Starts the mechanism with the one kind of credentials that it takes.
#[derive(Clone, Copy)]
pub(super) enum NewClient {
    Password(Constructor<Password>),
    Bearer(Constructor<Bearer>),
    /// With the identity to act as, or an empty one.
    External(Constructor<str>),
}

pub(super) type Constructor<C> = fn(Mechanism, &C, &Context<'_>) -> Started;

pub(super) type Started = Result<Box<dyn ClientSide>, Error>;

/// Octets that are wiped on drop.
pub(super) type Secret = Zeroizing<Vec<u8>>;

/// The client's side of one exchange. Each mechanism implements it.
pub(super) trait ClientSide {
    /// The initial response, if the client speaks first. Called once, before all others.
    fn start(&mut self) -> Option<Secret>;

    /// Answers a challenge. On an error the client has to cancel the exchange.
    fn respond(&mut self, challenge: &[u8]) -> Result<Secret, Error>;

    /// Called when the server reports success. An error if the server still has to prove itself.
    fn done(&self) -> Result<(), Error> {
        Ok(())
    }

    /// Whether the answer depends on the next challenge.
    fn reads_challenge(&self) -> bool;

    /// Whether the server has received a proof of the password.
    fn has_proved(&self) -> bool {
        false
    }

    /// Whether the server said that it refuses the channel binding.
    fn is_binding_refused(&self) -> bool {
        false
    }

    /// Why the server refuses, if a challenge said so.
    fn failure(&self) -> Option<&str> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sasl::{ChannelBinding, Exchange, encode_initial};

    const BINDING: ChannelBinding = ChannelBinding {
        name: "tls-exporter",
        data: Vec::new(),
    };

    const CONTEXT: Context<'static> = Context {
        nonce: [0; 18],
        binding: Some(&BINDING),
        bound_offered: true,
        host: "mail.example.org",
        port: 587,
    };

    fn kinds() -> [Credentials; 3] {
        [
            Credentials::Password(Password {
                username: "tim".into(),
                password: "tanstaaf".into(),
                authorization_id: None,
            }),
            Credentials::Bearer(Bearer {
                username: "tim".into(),
                token: "vF9dft4qmT".into(),
            }),
            Credentials::External(None),
        ]
    }

    /// With the credentials of the kind that the mechanism takes.
    fn start(mechanism: Mechanism) -> Exchange {
        let kinds = kinds();
        let credentials = kinds.iter().find(|kind| mechanism.takes(kind)).unwrap();
        Exchange::new(mechanism, credentials, &CONTEXT).unwrap()
    }

    #[test]
    fn a_name_is_known_in_any_case() {
        for mechanism in Mechanism::DEFAULT {
            let name = mechanism.name();
            assert_eq!(Mechanism::from_name(name), Some(mechanism));
            assert_eq!(Mechanism::from_name(&name.to_lowercase()), Some(mechanism));
        }
        assert_eq!(Mechanism::from_name("DIGEST-MD5"), None);
    }

    #[test]
    fn a_mechanism_runs_by_its_facts_alone() {
        struct Echo;
        impl ClientSide for Echo {
            fn start(&mut self) -> Option<Secret> {
                None
            }
            fn respond(&mut self, challenge: &[u8]) -> Result<Secret, Error> {
                Ok(Zeroizing::new(challenge.into()))
            }
            fn reads_challenge(&self) -> bool {
                true
            }
        }
        const ECHO: Mechanism = Mechanism::new(&Facts {
            name: "X-ECHO",
            evidence: Evidence::Certificate,
            is_bound: false,
            round_trips: RoundTrips::Several,
            new_client: NewClient::External(|_, _, _| Ok(Box::new(Echo))),
        });
        let mut exchange = start(ECHO);
        assert_eq!(exchange.mechanism(), ECHO);
        assert_eq!(exchange.respond(b"hello").unwrap().as_slice(), b"hello");
        assert_eq!(exchange.done(), Ok(()));
    }

    #[test]
    fn names_are_as_rfc_4422_section_3_1_has_them_and_unique() {
        let allowed =
            |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        for (index, mechanism) in Mechanism::DEFAULT.into_iter().enumerate() {
            let name = mechanism.name();
            assert!((1..=20).contains(&name.len()), "{name}");
            assert!(name.chars().all(allowed), "{name}");
            assert!(!Mechanism::DEFAULT[..index].contains(&mechanism), "{name}");
        }
    }

    #[test]
    fn each_mechanism_takes_one_kind_of_credentials() {
        let taken = kinds().map(|kind| {
            let takes = |mechanism: &Mechanism| mechanism.takes(&kind);
            Mechanism::DEFAULT.into_iter().filter(takes).count()
        });
        assert_eq!(taken.iter().sum::<usize>(), Mechanism::DEFAULT.len());
        assert!(taken.iter().all(|count| *count > 0), "{taken:?}");
    }

    #[test]
    fn each_mechanism_starts_with_the_credentials_that_it_takes_and_no_others() {
        for mechanism in Mechanism::DEFAULT {
            for credentials in kinds() {
                let started = Exchange::new(mechanism, &credentials, &CONTEXT);
                assert_eq!(
                    started.is_ok(),
                    mechanism.takes(&credentials),
                    "{mechanism:?}"
                );
            }
        }
    }

    #[test]
    fn the_facts_of_each_mechanism_are_consistent() {
        for mechanism in Mechanism::DEFAULT {
            let [password, bearer, external] = kinds().map(|kind| mechanism.takes(&kind));
            let facts = (mechanism.sends_secret(), mechanism.is_proof());
            assert!(facts != (true, true), "{mechanism:?}");
            assert_eq!(facts == (false, false), external, "{mechanism:?}");
            assert!(!mechanism.is_proof() || password, "{mechanism:?}");
            assert!(!bearer || mechanism.sends_secret(), "{mechanism:?}");
            assert!(!mechanism.is_scram() || mechanism.is_proof());
            assert!(!mechanism.is_bound() || mechanism.is_proof());
            // RFC 5802, section 4: the suffix says that the mechanism is bound.
            assert_eq!(mechanism.is_bound(), mechanism.name().ends_with("-PLUS"));
            assert!(!mechanism.ends_in_one_round_trip() || mechanism.is_single_message());
        }
    }

    #[test]
    fn only_a_mechanism_that_sends_the_secret_says_it_in_its_first_messages() {
        for mechanism in Mechanism::DEFAULT {
            let mut exchange = start(mechanism);
            // CRAM-MD5 answers no other challenge; LOGIN sends the password in its second message.
            let said: Vec<_> = (0..2)
                .filter_map(|_| exchange.respond(b"<1@example.org>").ok())
                .map(|message| String::from_utf8_lossy(&message).into_owned())
                .collect();
            let said = said.concat();
            let is_secret = said.contains("tanstaaf") || said.contains("vF9dft4qmT");
            assert_eq!(is_secret, mechanism.sends_secret(), "{mechanism:?}: {said}");
        }
    }

    #[test]
    fn a_single_message_goes_with_auth_and_nothing_is_said_after_it_unless_it_is_refused() {
        for mechanism in Mechanism::DEFAULT {
            let mut exchange = start(mechanism);
            let initial = exchange.initial_response().map(encode_initial);
            assert!(
                initial.is_some() || !mechanism.is_single_message(),
                "{mechanism:?}"
            );
            exchange.initial_response_sent();
            let is_over = exchange.respond(b"").is_err();
            if mechanism.is_single_message() {
                let ends = mechanism.ends_in_one_round_trip();
                assert_eq!(is_over, ends, "{mechanism:?}");
                assert_eq!(exchange.done(), Ok(()), "{mechanism:?}");
            }
        }
    }

    #[test]
    fn only_a_bound_mechanism_needs_a_binding() {
        let unbound = Context {
            binding: None,
            ..CONTEXT
        };
        for mechanism in Mechanism::DEFAULT {
            let kinds = kinds();
            let starts = |kind| Exchange::new(mechanism, kind, &unbound).is_ok();
            let started = kinds.iter().filter(|kind| starts(kind)).count();
            assert_eq!(started, usize::from(!mechanism.is_bound()), "{mechanism:?}");
        }
    }
}
