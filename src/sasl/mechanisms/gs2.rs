//! The GS2 header (RFC 5801, section 4), with which SCRAM and OAUTHBEARER begin.

/// The channel binding flag, and the identity to act as, which may be empty: `n,a=ann,`.
pub(super) fn header(flag: &str, authorization_id: &str) -> String {
    if authorization_id.is_empty() {
        format!("{flag},,")
    } else {
        format!("{flag},a={},", escape(authorization_id))
    }
}

/// `,` ends a field, and `=` begins an escape (RFC 5801, section 4: `saslname`).
pub(super) fn escape(name: &str) -> String {
    name.replace('=', "=3D").replace(',', "=2C")
}
