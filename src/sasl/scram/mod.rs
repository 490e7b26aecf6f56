//! SCRAM (RFC 5802, RFC 7677): each side proves that it knows the password, and none says it.
//!
//! ```text
//! C: n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL                      who, and our nonce
//! S: r=fyko+d2lbbFgONRv9qkxdawL3rfcNHY...,s=QSXCR+...,i=4096   with theirs, and how to hash
//! C: c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHY...,p=v0X8v3...   our proof
//! S: v=rmF9pqV8S7suAoZWja4dJRkFsKQ=                            theirs
//! C:                                                           (RFC 4422, section 5.2b)
//! ```

mod keys;
mod server;

use zeroize::Zeroizing;

use super::base64::encode;
use super::{Mechanism, Password};
use keys::{Hash, prove};
use server::{ServerFinal, ServerFirst};
use subtle::ConstantTimeEq;

/// Randomness for one attempt: 144 bits, which fill whole characters of base64.
pub type Nonce = [u8; 18];

/// What names the TLS connection (RFC 5056), the same at both its ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelBinding {
    /// Such as `tls-exporter`.
    pub name: &'static str,
    pub data: Vec<u8>,
}

pub(super) struct Scram {
    hash: Hash,
    /// Prepared.
    password: Zeroizing<String>,
    /// The channel binding's flag and the authorization identity.
    header: String,
    binding: Vec<u8>,
    /// The client's first message without the header.
    first: String,
    nonce: String,
    state: State,
}

enum State {
    /// The server is to say how to hash.
    Named,
    /// The server is to prove itself: by this signature.
    Proved(Zeroizing<Vec<u8>>),
    /// It did.
    Verified,
    /// It says that it does not know us, or what else is wrong.
    Failed(String),
}

impl Scram {
    /// `binding` is used by a mechanism that takes one; for another it is said to be at hand,
    /// unless the server offers one that takes it.
    pub fn new(
        mechanism: Mechanism,
        credentials: &Password,
        nonce: String,
        binding: Option<&ChannelBinding>,
        bound_offered: bool,
    ) -> Result<Self, String> {
        let bound = binding.filter(|_| mechanism.is_bound());
        // RFC 5802, section 6. A server that offers a binding refuses `y`, as someone must have
        // hidden its offer.
        let flag = match bound {
            Some(binding) => format!("p={}", binding.name),
            None if mechanism.is_bound() => {
                return Err("the connection has nothing to bind to".into());
            }
            None if binding.is_some() && !bound_offered => "y".into(),
            None => "n".into(),
        };
        let authorization_id = match credentials.authorization_id.as_deref() {
            None | Some("") => String::new(),
            Some(other) => format!("a={}", escape(other)),
        };
        let username = prepare("user name", &credentials.username)?;
        Ok(Self {
            hash: Hash::of(mechanism),
            password: prepare("password", &credentials.password)?,
            header: format!("{flag},{authorization_id},"),
            binding: bound.map_or(Vec::new(), |binding| binding.data.clone()),
            first: format!("n={},r={nonce}", escape(&username)),
            nonce,
            state: State::Named,
        })
    }

    pub fn initial_response(&self) -> String {
        format!("{}{}", self.header, self.first)
    }

    /// Answers a challenge; on an error the exchange is to be cancelled.
    pub fn respond(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, String> {
        let challenge =
            str::from_utf8(challenge).map_err(|_| "the server's SCRAM message is not UTF-8")?;
        match &self.state {
            State::Named => self.prove(challenge),
            State::Proved(expected) => {
                self.state = verify(expected, ServerFinal::parse(challenge)?)?;
                Ok(Zeroizing::default())
            }
            State::Verified | State::Failed(_) => {
                Err("the server wants more than SCRAM has to say".into())
            }
        }
    }

    pub fn is_verified(&self) -> bool {
        matches!(self.state, State::Verified)
    }

    /// Why the server says that it failed (RFC 5802, section 7).
    pub fn failure(&self) -> Option<&str> {
        match &self.state {
            State::Failed(reason) => Some(reason),
            _ => None,
        }
    }

    /// Whether the server has been given the proof.
    pub fn has_proved(&self) -> bool {
        !matches!(self.state, State::Named)
    }

    /// Whether that is the channel binding.
    pub fn is_binding_refused(&self) -> bool {
        let reasons = [
            "server-does-support-channel-binding",
            "channel-bindings-dont-match",
            "channel-binding-not-supported",
            "unsupported-channel-binding-type",
        ];
        self.failure().is_some_and(|why| reasons.contains(&why))
    }

    fn prove(&mut self, challenge: &str) -> Result<Zeroizing<Vec<u8>>, String> {
        let server = ServerFirst::parse(challenge, &self.nonce)?;
        let bound = [self.header.as_bytes(), &self.binding].concat();
        let unproved = format!("c={},r={}", *encode(&bound), server.nonce);
        let signed = format!("{},{challenge},{unproved}", self.first);
        let proof = prove(self.hash, &self.password, &server, signed.as_bytes());
        self.state = State::Proved(proof.server);
        let response = format!("{unproved},p={}", *encode(&proof.client));
        Ok(Zeroizing::new(response.into_bytes()))
    }
}

fn verify(expected: &[u8], said: ServerFinal) -> Result<State, String> {
    match said {
        ServerFinal::Error(reason) => Ok(State::Failed(reason)),
        ServerFinal::Signature(signature) => match expected.ct_eq(&signature).into() {
            true => Ok(State::Verified),
            false => Err("the server does not know the password: its signature is wrong".into()),
        },
    }
}

/// SASLprep (RFC 4013). Of names too it refuses code points that Unicode 3.2 did not have, which
/// RFC 5802, section 5.1, would allow there: such a user has another mechanism.
fn prepare(what: &str, text: &str) -> Result<Zeroizing<String>, String> {
    envoi_unicode::saslprep(text)
        .ok()
        .filter(|prepared| !prepared.is_empty())
        .ok_or_else(|| format!("SCRAM cannot carry the {what}: SASLprep refuses it"))
}

/// RFC 5802, section 5.1, on `n`.
pub(super) fn escape(name: &str) -> String {
    name.replace('=', "=3D").replace(',', "=2C")
}

#[cfg(test)]
mod tests;
