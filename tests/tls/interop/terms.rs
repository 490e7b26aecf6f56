//! The terms that a server agrees to, in IANA's names.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    Tls11,
    Tls12,
    Tls13,
}

/// Where a server keeps sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sessions {
    Tickets,
    Remembered,
    Nowhere,
}

/// Whether a server asks for a client certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClientCertificate {
    Unasked,
    Wanted,
    Required,
}

/// The server allows only these; it chooses where one is `None`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    pub version: Version,
    pub group: Option<&'static str>,
    /// Without the beginning of the name, which depends on version and certificate.
    pub suite: Option<&'static str>,
    pub signature: Option<&'static str>,
    pub sessions: Sessions,
    pub client_certificate: ClientCertificate,
}

impl Terms {
    pub(super) const TLS11: Self = Self::of(Version::Tls11);
    pub(super) const TLS12: Self = Self::of(Version::Tls12);
    pub(super) const TLS13: Self = Self::of(Version::Tls13);

    const fn of(version: Version) -> Self {
        Self {
            version,
            group: None,
            suite: None,
            signature: None,
            sessions: Sessions::Tickets,
            client_certificate: ClientCertificate::Unasked,
        }
    }
}
