//! The list of SASL mechanisms. To add one: its file, its `mod` line, and its place in the list.

mod cram_md5;
mod external;
mod fixed;
mod gs2;
mod login;
mod oauthbearer;
mod plain;
mod scram;
mod token;
mod xoauth2;

use super::Mechanism;

impl Mechanism {
    /// All mechanisms, in order of preference.
    ///
    /// SCRAM comes first: it does not send the password, and the server has to prove that it knows it.
    /// Channel binding counts more than the hash. Only a binding stops an attacker who relays the exchange
    /// from another TLS connection. SHA-1 as SCRAM uses it is not broken: guesses are only faster for an
    /// attacker with the server's database. Of the mechanisms that send the password, PLAIN takes the fewest
    /// round trips. CRAM-MD5 comes after them: the server has to keep the password readable.
    pub const DEFAULT: [Self; 10] = [
        Self::SCRAM_SHA_256_PLUS,
        Self::SCRAM_SHA_1_PLUS,
        Self::SCRAM_SHA_256,
        Self::SCRAM_SHA_1,
        Self::PLAIN,
        Self::LOGIN,
        Self::CRAM_MD5,
        Self::OAUTHBEARER,
        Self::XOAUTH2,
        Self::EXTERNAL,
    ];
}
