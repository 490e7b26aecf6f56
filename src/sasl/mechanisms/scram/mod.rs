//! SCRAM (RFC 5802, RFC 7677): each side proves that it knows the password, and neither sends it.
//!
//! ```text
//! C: n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL                      user name, and the client's nonce
//! S: r=fyko+d2lbbFgONRv9qkxdawL3rfcNHY...,s=QSXCR+...,i=4096   both nonces, and how to hash
//! C: c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHY...,p=v0X8v3...   the client's proof
//! S: v=rmF9pqV8S7suAoZWja4dJRkFsKQ=                            the server's
//! C:                                                           empty (RFC 4422, section 5.2b)
//! ```

mod keys;
mod server_messages;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::gs2;
use crate::sasl::mechanism::{
    ClientSide, Constructor, Evidence, Facts, NewClient, RoundTrips, Secret, Started, Verifier,
};
use crate::sasl::{Context, Error, Mechanism, Password, encode};
use keys::{Hash, prove};
use server_messages::{ServerFinal, ServerFirst};

impl Mechanism {
    /// RFC 7677.
    pub const SCRAM_SHA_256: Self = Self::new(const { &facts("SCRAM-SHA-256", sha_256) });
    /// Bound to the TLS connection (RFC 5802, section 6).
    pub const SCRAM_SHA_256_PLUS: Self = Self::new(const { &bound("SCRAM-SHA-256-PLUS", sha_256) });
    /// RFC 5802.
    pub const SCRAM_SHA_1: Self = Self::new(const { &facts("SCRAM-SHA-1", sha_1) });
    /// Bound to the TLS connection.
    pub const SCRAM_SHA_1_PLUS: Self = Self::new(const { &bound("SCRAM-SHA-1-PLUS", sha_1) });
}

const fn bound(name: &'static str, new_client: Constructor<Password>) -> Facts {
    Facts {
        is_bound: true,
        ..facts(name, new_client)
    }
}

const fn facts(name: &'static str, new_client: Constructor<Password>) -> Facts {
    Facts {
        name,
        evidence: Evidence::Proof(Verifier::ScramKeys),
        is_bound: false,
        round_trips: RoundTrips::Several,
        new_client: NewClient::Password(new_client),
    }
}

fn sha_256(mechanism: Mechanism, password: &Password, context: &Context<'_>) -> Started {
    start(Hash::Sha256, mechanism, password, context)
}

fn sha_1(mechanism: Mechanism, password: &Password, context: &Context<'_>) -> Started {
    start(Hash::Sha1, mechanism, password, context)
}

fn start(hash: Hash, mechanism: Mechanism, password: &Password, context: &Context<'_>) -> Started {
    let nonce = encode(&context.nonce).to_string();
    let scram = Scram::new(hash, mechanism, password, nonce, context)?;
    Ok(Box::new(scram))
}

struct Scram {
    hash: Hash,
    /// After SASLprep.
    password: Zeroizing<String>,
    gs2_header: String,
    /// Octets of the channel binding, if the mechanism is bound.
    binding: Option<Vec<u8>>,
    /// The client's first message without the GS2 header.
    client_first: String,
    nonce: String,
    state: State,
}

enum State {
    /// The server has to say how to hash.
    AwaitsServerFirst,
    /// The server has to prove itself with this signature.
    AwaitsServerFinal(Secret),
    Verified,
    /// The server said why it refuses.
    Refused(Refusal),
}

struct Refusal {
    /// For people, with the name of SCRAM.
    reason: String,
    is_of_binding: bool,
}

impl Scram {
    /// `nonce` is the client's, as sent.
    fn new(
        hash: Hash,
        mechanism: Mechanism,
        password: &Password,
        nonce: String,
        context: &Context<'_>,
    ) -> Result<Self, Error> {
        let bound = context.binding.filter(|_| mechanism.is_bound());
        let authorization_id = password.authorization_id.as_deref().unwrap_or_default();
        let gs2_header = gs2::header(&flag(mechanism, context)?, authorization_id);
        let username = prepare("user name", &password.username)?;
        Ok(Self {
            hash,
            password: prepare("password", &password.password)?,
            gs2_header,
            binding: bound.map(|binding| binding.data.clone()),
            client_first: format!("n={},r={nonce}", gs2::escape(&username)),
            nonce,
            state: State::AwaitsServerFirst,
        })
    }

    fn prove(&mut self, server_first: &str) -> Result<Secret, Error> {
        let server = ServerFirst::parse(server_first, &self.nonce)?;
        let binding = self.binding.as_deref().unwrap_or_default();
        let bound = [self.gs2_header.as_bytes(), binding].concat();
        let without_proof = format!("c={},r={}", *encode(&bound), server.nonce);
        let auth_message = format!("{},{server_first},{without_proof}", self.client_first);
        let proof = prove(self.hash, &self.password, &server, auth_message.as_bytes());
        self.state = State::AwaitsServerFinal(proof.server_signature);
        let response = format!("{without_proof},p={}", *encode(&proof.client_proof));
        Ok(Zeroizing::new(response.into_bytes()))
    }
}

impl ClientSide for Scram {
    fn start(&mut self) -> Option<Secret> {
        let client_first = format!("{}{}", self.gs2_header, self.client_first);
        Some(Zeroizing::new(client_first.into_bytes()))
    }

    fn respond(&mut self, challenge: &[u8]) -> Result<Secret, Error> {
        let challenge = str::from_utf8(challenge)
            .map_err(|_| Error::BadChallenge("the server's SCRAM message is not UTF-8".into()))?;
        match &self.state {
            State::AwaitsServerFirst => self.prove(challenge),
            State::AwaitsServerFinal(expected) => {
                self.state = verify(expected, ServerFinal::parse(challenge)?)?;
                Ok(Zeroizing::default())
            }
            State::Verified | State::Refused(_) => Err(Error::ExchangeOver("SCRAM")),
        }
    }

    fn done(&self) -> Result<(), Error> {
        if matches!(self.state, State::Verified) {
            Ok(())
        } else {
            Err(Error::ServerNotProved(
                "the server has not proved that it knows the password",
            ))
        }
    }

    fn reads_challenge(&self) -> bool {
        true
    }

    fn has_proved(&self) -> bool {
        !matches!(self.state, State::AwaitsServerFirst)
    }

    fn is_binding_refused(&self) -> bool {
        let is_of_binding = matches!(&self.state, State::Refused(refusal) if refusal.is_of_binding);
        self.binding.is_some() && is_of_binding
    }

    fn failure(&self) -> Option<&str> {
        match &self.state {
            State::Refused(refusal) => Some(&refusal.reason),
            _ => None,
        }
    }
}

/// The channel binding flag (RFC 5802, section 6). `y` says that the client could bind, but the server offers
/// no binding: a server that does offer one refuses then, as an attacker must have hidden its offer.
fn flag(mechanism: Mechanism, context: &Context<'_>) -> Result<String, Error> {
    match context.binding {
        Some(binding) if mechanism.is_bound() => Ok(format!("p={}", binding.name)),
        None if mechanism.is_bound() => Err(Error::CannotCarry(
            "the connection has nothing to bind to".into(),
        )),
        Some(_) if !context.bound_offered => Ok("y".into()),
        _ => Ok("n".into()),
    }
}

fn verify(expected: &[u8], message: ServerFinal) -> Result<State, Error> {
    match message {
        ServerFinal::Error(reason) => Ok(State::Refused(Refusal {
            is_of_binding: is_of_binding(&reason),
            reason: format!("SCRAM: {reason}"),
        })),
        ServerFinal::Signature(signature) if expected.ct_eq(&signature).into() => {
            Ok(State::Verified)
        }
        ServerFinal::Signature(_) => Err(Error::ServerNotProved(
            "the server does not know the password: its signature is wrong",
        )),
    }
}

/// RFC 5802, section 7.
fn is_of_binding(reason: &str) -> bool {
    matches!(
        reason,
        "server-does-support-channel-binding"
            | "channel-bindings-dont-match"
            | "channel-binding-not-supported"
            | "unsupported-channel-binding-type"
    )
}

/// SASLprep (RFC 4013). It also refuses user names with code points newer than Unicode 3.2, though RFC 5802,
/// section 5.1, allows them: such a user needs another mechanism.
fn prepare(what: &str, text: &str) -> Result<Zeroizing<String>, Error> {
    envoi_unicode::saslprep(text)
        .ok()
        .filter(|prepared| !prepared.is_empty())
        .ok_or_else(|| {
            Error::CannotCarry(format!(
                "SCRAM cannot carry the {what}: SASLprep refuses it"
            ))
        })
}

#[cfg(test)]
mod tests;
