//! The server's SCRAM messages: `r=…,s=…,i=…`, then `v=…` or `e=…` (RFC 5802, section 7).

use crate::sasl::{Error, decode};

/// With fewer, guesses are too cheap for a reader of the exchange or of the database (RFC 5802, section 5.1;
/// RFC 7677, section 3).
pub(super) const MIN_ITERATIONS: u32 = 4096;
/// With more, a server could keep the component busy, and no timeout stops that: in WebAssembly a million
/// takes about a second. The highest number recommended to servers is OWASP's for SHA-1, 1,300,000.
pub(super) const MAX_ITERATIONS: u32 = 2_000_000;
/// Servers use 12 to 32 octets.
pub(super) const MAX_SALT: usize = 256;

pub(super) struct ServerFirst {
    /// The client's, continued by the server's.
    pub(super) nonce: String,
    pub(super) salt: Vec<u8>,
    pub(super) iterations: u32,
}

pub(super) enum ServerFinal {
    Signature(Vec<u8>),
    Error(String),
}

impl ServerFirst {
    pub(super) fn parse(message: &str, ours: &str) -> Result<Self, Error> {
        let mut attributes = message.split(',');
        let nonce = value('r', attributes.next())?;
        let salt = decode(value('s', attributes.next())?).map_err(|_| malformed())?;
        let iterations = value('i', attributes.next())?;
        refuse_mandatory(attributes)?;
        if salt.is_empty() || salt.len() > MAX_SALT {
            return Err(Error::BadChallenge(format!(
                "the server's salt has {} octets",
                salt.len()
            )));
        }
        // Otherwise the server replays another exchange, or adds nothing of its own.
        if !nonce.starts_with(ours) || nonce.len() == ours.len() || !is_printable(nonce) {
            return Err(Error::BadChallenge(
                "the server's nonce is not a continuation of ours".into(),
            ));
        }
        Ok(Self {
            nonce: nonce.into(),
            salt,
            iterations: iteration_count(iterations)?,
        })
    }
}

impl ServerFinal {
    pub(super) fn parse(message: &str) -> Result<Self, Error> {
        let mut attributes = message.split(',');
        let first = attributes.next();
        refuse_mandatory(attributes)?;
        match value('e', first) {
            Ok(reason) => Ok(Self::Error(reason.into())),
            Err(_) => decode(value('v', first)?)
                .map(Self::Signature)
                .map_err(|_| malformed()),
        }
    }
}

fn value(name: char, attribute: Option<&str>) -> Result<&str, Error> {
    let attribute = attribute.ok_or_else(malformed)?;
    refuse_mandatory([attribute])?;
    attribute
        .strip_prefix(name)
        .and_then(|rest| rest.strip_prefix('='))
        .filter(|value| !value.is_empty())
        .ok_or_else(malformed)
}

/// `m` marks an extension that the client must understand. None is defined yet (section 5.1).
fn refuse_mandatory<'a>(attributes: impl IntoIterator<Item = &'a str>) -> Result<(), Error> {
    if attributes.into_iter().any(|a| a.starts_with("m=")) {
        return Err(Error::BadChallenge(
            "the server wants an extension of SCRAM that is not known".into(),
        ));
    }
    Ok(())
}

fn iteration_count(digits: &str) -> Result<u32, Error> {
    let positive = digits.bytes().all(|octet| octet.is_ascii_digit()) && !digits.starts_with('0');
    if !positive {
        return Err(malformed());
    }
    match digits.parse() {
        Ok(count) if (MIN_ITERATIONS..=MAX_ITERATIONS).contains(&count) => Ok(count),
        _ => Err(Error::BadChallenge(format!(
            "the server's iteration count is not between {MIN_ITERATIONS} and {MAX_ITERATIONS}"
        ))),
    }
}

fn is_printable(nonce: &str) -> bool {
    nonce.bytes().all(|octet| octet.is_ascii_graphic())
}

fn malformed() -> Error {
    Error::BadChallenge("the server's SCRAM message is malformed".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(message: &str) -> Result<ServerFirst, Error> {
        ServerFirst::parse(message, "abc")
    }

    #[test]
    fn a_first_message_has_nonce_salt_and_iterations() {
        let message = first("r=abcdef,s=QSXCR+Q6sek8bf92,i=4096,x=ignored").unwrap();
        assert_eq!(
            (message.nonce.as_str(), message.iterations),
            ("abcdef", 4096)
        );
        assert_eq!(message.salt.len(), 12);
        assert!(first("r=abcd,s=QQ==,i=2000000").is_ok());
    }

    // Conformance: 51
    #[test]
    fn a_nonce_that_does_not_continue_ours_is_refused() {
        for nonce in ["abc", "abd", "ab", "xabc", "ABCdef", "abc\u{e9}", "abc\x07"] {
            let error = first(&format!("r={nonce},s=QQ==,i=4096"))
                .err()
                .unwrap()
                .to_string();
            assert!(error.contains("nonce"), "{nonce}: {error}");
        }
    }

    // Conformance: 51
    #[test]
    fn iteration_counts_outside_the_limits_are_refused() {
        for count in ["1", "4095", "2000001", "4294967295", "99999999999999999999"] {
            let error = first(&format!("r=abcd,s=QQ==,i={count}"))
                .err()
                .unwrap()
                .to_string();
            assert!(error.contains("iteration"), "{count}: {error}");
        }
        for count in ["", "0", "04096", "+4096", "-4096", "4096 ", "many"] {
            let error = first(&format!("r=abcd,s=QQ==,i={count}"))
                .err()
                .unwrap()
                .to_string();
            assert!(error.contains("malformed"), "{count}: {error}");
        }
    }

    #[test]
    fn attributes_out_of_place_are_refused() {
        for message in [
            "",
            ",",
            "r=abcd",
            "r=abcd,s=QQ==",
            "s=QQ==,r=abcd,i=4096",
            "r=abcd,s=Q,i=4096",
            "r=abcd,s=,i=4096",
            "r=abcd,i=4096,s=QQ==",
            "e=other-error",
        ] {
            assert!(first(message).is_err(), "{message}");
        }
        let long = crate::sasl::encode(&[0; MAX_SALT + 1]).to_string();
        assert!(first(&format!("r=abcd,s={long},i=4096")).is_err());
    }

    #[test]
    fn an_extension_that_must_be_understood_is_refused() {
        for message in ["m=x,r=abcd,s=QQ==,i=4096", "r=abcd,s=QQ==,i=4096,m=x"] {
            let error = first(message).err().unwrap().to_string();
            assert!(error.contains("extension"), "{error}");
        }
        assert!(ServerFinal::parse("v=QQ==,m=x").is_err());
    }

    #[test]
    fn a_final_message_is_a_signature_or_an_error() {
        assert!(matches!(
            ServerFinal::parse("v=QQ==,x=y"),
            Ok(ServerFinal::Signature(s)) if s == b"A"
        ));
        assert!(matches!(
            ServerFinal::parse("e=unknown-user"),
            Ok(ServerFinal::Error(e)) if e == "unknown-user"
        ));
        for message in ["", "v=", "v=Q", "e=", "x=y", "V=QQ=="] {
            assert!(ServerFinal::parse(message).is_err(), "{message}");
        }
    }
}
