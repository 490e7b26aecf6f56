//! The context of an exchange: nonce, channel binding, name of the server.

/// Randomness for one exchange: 144 bits, which fill whole characters of base64.
pub type Nonce = [u8; 18];

/// A channel binding (RFC 5056): names the TLS connection, equally at both ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelBinding {
    /// Such as `tls-exporter`.
    pub name: &'static str,
    /// The octets that both ends computed.
    pub data: Vec<u8>,
}

/// The connection, as far as mechanisms need to know it.
pub struct Context<'a> {
    /// Fresh for each exchange.
    pub nonce: Nonce,
    /// `None` without TLS, or if the TLS connection offers no binding.
    pub binding: Option<&'a ChannelBinding>,
    /// Whether the server offers any mechanism with channel binding.
    pub bound_offered: bool,
    /// The server's name, as the caller gave it.
    pub host: &'a str,
    /// The server's port.
    pub port: u16,
}
