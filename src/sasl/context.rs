//! What an exchange needs besides the credentials.

/// Randomness for one exchange: 144 bits, which fill whole characters of base64.
pub type Nonce = [u8; 18];

/// A channel binding (RFC 5056): names the TLS connection, equally at both ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelBinding {
    /// Such as `tls-exporter`.
    pub name: &'static str,
    pub data: Vec<u8>,
}

pub struct Context<'a> {
    /// Fresh for each exchange.
    pub nonce: Nonce,
    pub binding: Option<&'a ChannelBinding>,
    /// Whether the server offers any mechanism with channel binding.
    pub bound_offered: bool,
    /// The server's name and port, as the caller gave them.
    pub host: &'a str,
    pub port: u16,
}
