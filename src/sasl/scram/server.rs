//! What the server says: `r=…,s=…,i=…`, and `v=…` or `e=…` (RFC 5802, section 7).

use super::super::base64::decode;

/// Fewer give a password away to who gets hold of the exchange or the database (RFC 5802, section
/// 5.1; RFC 7677, section 3).
pub const MIN_ITERATIONS: u32 = 4096;
/// More would let a server keep the component busy, with no timeout to stop it: in wasm a million
/// takes about a second. The highest number recommended to servers is OWASP's for SHA-1, 1,300,000.
pub const MAX_ITERATIONS: u32 = 2_000_000;
/// Servers have 12 to 32 octets.
pub const MAX_SALT: usize = 256;

pub struct ServerFirst {
    /// Ours and theirs.
    pub nonce: String,
    pub salt: Vec<u8>,
    pub iterations: u32,
}

pub enum ServerFinal {
    Signature(Vec<u8>),
    Error(String),
}

impl ServerFirst {
    pub fn parse(message: &str, ours: &str) -> Result<Self, String> {
        let mut attributes = message.split(',');
        let nonce = value('r', attributes.next())?;
        let salt = decode(value('s', attributes.next())?).map_err(|_| malformed())?;
        let iterations = value('i', attributes.next())?;
        refuse_mandatory(attributes)?;
        if salt.is_empty() || salt.len() > MAX_SALT {
            return Err(format!("the server's salt has {} octets", salt.len()));
        }
        // Someone else's conversation, replayed; or no contribution of the server's own.
        if !nonce.starts_with(ours) || nonce.len() == ours.len() || !is_printable(nonce) {
            return Err("the server's nonce is not a continuation of ours".into());
        }
        Ok(Self {
            nonce: nonce.into(),
            salt,
            iterations: iteration_count(iterations)?,
        })
    }
}

impl ServerFinal {
    pub fn parse(message: &str) -> Result<Self, String> {
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

fn value(name: char, attribute: Option<&str>) -> Result<&str, String> {
    let attribute = attribute.ok_or_else(malformed)?;
    refuse_mandatory([attribute])?;
    attribute
        .strip_prefix(name)
        .and_then(|rest| rest.strip_prefix('='))
        .filter(|value| !value.is_empty())
        .ok_or_else(malformed)
}

/// `m` stands for what the client must understand, and there is no such thing yet (section 5.1).
fn refuse_mandatory<'a>(attributes: impl IntoIterator<Item = &'a str>) -> Result<(), String> {
    match attributes.into_iter().any(|a| a.starts_with("m=")) {
        true => Err("the server wants an extension of SCRAM that is not known".into()),
        false => Ok(()),
    }
}

fn iteration_count(digits: &str) -> Result<u32, String> {
    let positive = digits.bytes().all(|octet| octet.is_ascii_digit()) && !digits.starts_with('0');
    if !positive {
        return Err(malformed());
    }
    match digits.parse() {
        Ok(count) if (MIN_ITERATIONS..=MAX_ITERATIONS).contains(&count) => Ok(count),
        _ => Err(format!(
            "the server's iteration count is not between {MIN_ITERATIONS} and {MAX_ITERATIONS}"
        )),
    }
}

fn is_printable(nonce: &str) -> bool {
    nonce.bytes().all(|octet| octet.is_ascii_graphic())
}

fn malformed() -> String {
    "the server's SCRAM message is malformed".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(message: &str) -> Result<ServerFirst, String> {
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
            let error = first(&format!("r={nonce},s=QQ==,i=4096")).err().unwrap();
            assert!(error.contains("nonce"), "{nonce}: {error}");
        }
    }

    // Conformance: 51
    #[test]
    fn iteration_counts_outside_the_limits_are_refused() {
        for count in ["1", "4095", "2000001", "4294967295", "99999999999999999999"] {
            let error = first(&format!("r=abcd,s=QQ==,i={count}")).err().unwrap();
            assert!(error.contains("iteration"), "{count}: {error}");
        }
        for count in ["", "0", "04096", "+4096", "-4096", "4096 ", "many"] {
            let error = first(&format!("r=abcd,s=QQ==,i={count}")).err().unwrap();
            assert!(error.contains("malformed"), "{count}: {error}");
        }
    }

    #[test]
    fn what_is_out_of_place_is_refused() {
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
        let long = super::super::super::base64::encode(&[0; MAX_SALT + 1]).to_string();
        assert!(first(&format!("r=abcd,s={long},i=4096")).is_err());
    }

    #[test]
    fn an_extension_that_must_be_understood_is_refused() {
        for message in ["m=x,r=abcd,s=QQ==,i=4096", "r=abcd,s=QQ==,i=4096,m=x"] {
            assert!(first(message).err().unwrap().contains("extension"));
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
