//! A certificate that the caller has added by hand and that the server shows as its own: it is trusted
//! by itself, whoever issued it, as a browser's exception is. So it may be what no authority gives a
//! server: an authority's (`openssl req -x509` makes these) or of X.509's version 1.
//!
//! webpki still says whether its form is right, and which names its subjectAltName bears. What webpki
//! has no function for is read here: its dates, its purpose and, if it bears no subjectAltName, the
//! common name.

use std::borrow::Cow;

use der::asn1::{GeneralizedTime, UtcTime};
use der::{Decode, Reader, SliceReader, Tag};
use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, IpAddr, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error};

use super::der::{
    CONTEXT_0, CONTEXT_3, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET, element,
    elements, read,
};

/// `[0] INTEGER 2`: version 3 (RFC 5280, section 4.1.2.1). Without it a certificate is of version 1.
const VERSION_3: &[u8] = &[CONTEXT_0, 3, INTEGER, 1, 2];
/// 2.5.4.3, commonName.
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// 2.5.29.37, extKeyUsage.
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
/// 1.3.6.1.5.5.7.3.1, id-kp-serverAuth.
const SERVER_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];

/// Whether the certificate is in its period, for a server, and of this name. That it is the very one
/// which was added has been found out before; so its own signature proves nothing and is not checked.
pub fn verify(
    certificate: &CertificateDer<'_>,
    name: &ServerName<'_>,
    now: UnixTime,
) -> Result<(), Error> {
    let readable = as_version_3(certificate);
    let parsed = ParsedCertificate::try_from(readable.as_ref())?;
    let fields = Fields::read(&readable).ok_or(CertificateError::BadEncoding)?;
    fields.check_period(now)?;
    if !fields.is_for_servers() {
        return Err(CertificateError::InvalidPurpose.into());
    }
    match verify_server_name(&parsed, name) {
        Err(Error::InvalidCertificate(CertificateError::NotValidForNameContext {
            expected,
            presented,
        })) if presented.is_empty() => {
            if fields.common_names().any(|common| is_name(common, name)) {
                return Ok(());
            }
            let presented = fields.common_names().map(String::from).collect();
            Err(CertificateError::NotValidForNameContext {
                expected,
                presented,
            }
            .into())
        }
        result => result,
    }
}

/// A certificate of version 1 as one of version 3, which has the same fields: webpki reads no other.
/// The signature in it then no longer fits, and nothing here asks for it.
pub fn as_version_3<'a>(certificate: &'a CertificateDer<'a>) -> Cow<'a, CertificateDer<'a>> {
    match upgraded(certificate) {
        Some(der) => Cow::Owned(der.into()),
        None => Cow::Borrowed(certificate),
    }
}

fn upgraded(certificate: &[u8]) -> Option<Vec<u8>> {
    let (contents, behind) = read(SEQUENCE, certificate)?;
    let (signed, signature) = read(SEQUENCE, contents)?;
    // A version stands before the serial number, if it is not 1.
    read(INTEGER, signed)?;
    let signed = element(SEQUENCE, &[VERSION_3, signed]);
    let certificate = element(SEQUENCE, &[&signed, signature]);
    behind.is_empty().then_some(certificate)
}

/// Of a certificate of version 3 (RFC 5280, section 4.1).
struct Fields<'a> {
    not_before: UnixTime,
    not_after: UnixTime,
    /// Relative distinguished names.
    subject: &'a [u8],
    extensions: &'a [u8],
}

impl<'a> Fields<'a> {
    fn read(certificate: &'a [u8]) -> Option<Self> {
        let (contents, _) = read(SEQUENCE, certificate)?;
        let (signed, _) = read(SEQUENCE, contents)?;
        let (_version, rest) = read(CONTEXT_0, signed)?;
        let (_serial, rest) = read(INTEGER, rest)?;
        let (_algorithm, rest) = read(SEQUENCE, rest)?;
        let (_issuer, rest) = read(SEQUENCE, rest)?;
        let (validity, rest) = read(SEQUENCE, rest)?;
        let (subject, rest) = read(SEQUENCE, rest)?;
        let (_key, rest) = read(SEQUENCE, rest)?;
        let extensions = match rest {
            [] => rest,
            _ => read(SEQUENCE, read(CONTEXT_3, rest)?.0)?.0,
        };
        let mut validity = SliceReader::new(validity).ok()?;
        Some(Self {
            not_before: time(&mut validity)?,
            not_after: time(&mut validity)?,
            subject,
            extensions,
        })
    }

    fn check_period(&self, now: UnixTime) -> Result<(), CertificateError> {
        if now < self.not_before {
            return Err(CertificateError::NotValidYetContext {
                time: now,
                not_before: self.not_before,
            });
        }
        if now > self.not_after {
            return Err(CertificateError::ExpiredContext {
                time: now,
                not_after: self.not_after,
            });
        }
        Ok(())
    }

    /// As webpki has it: any purpose if none is named, else serverAuth among them.
    fn is_for_servers(&self) -> bool {
        let mut purposes = elements(self.extensions).filter_map(|(_, extension)| {
            let (id, rest) = read(OBJECT_IDENTIFIER, extension)?;
            // Before it may stand whether the extension is critical.
            let (_, value) = elements(rest).find(|(tag, _)| *tag == OCTET_STRING)?;
            (id == EXTENDED_KEY_USAGE).then_some(value)
        });
        purposes.all(|value| {
            let purposes = read(SEQUENCE, value).map_or(&[][..], |(purposes, _)| purposes);
            elements(purposes).any(|(_, purpose)| purpose == SERVER_AUTH)
        })
    }

    fn common_names(&self) -> impl Iterator<Item = &'a str> {
        let attributes = elements(self.subject)
            .filter(|(tag, _)| *tag == SET)
            .flat_map(|(_, set)| elements(set));
        attributes.filter_map(|(_, attribute)| {
            let (id, value) = read(OBJECT_IDENTIFIER, attribute)?;
            let (_, name) = elements(value).next()?;
            (id == COMMON_NAME).then(|| str::from_utf8(name).ok())?
        })
    }
}

fn time<'a>(reader: &mut impl Reader<'a>) -> Option<UnixTime> {
    let since_1970 = match Tag::peek(reader).ok()? {
        Tag::UtcTime => UtcTime::decode(reader).ok()?.to_unix_duration(),
        _ => GeneralizedTime::decode(reader).ok()?.to_unix_duration(),
    };
    Some(UnixTime::since_unix_epoch(since_1970))
}

/// Whole and to the letter: there are no wildcards in common names here.
fn is_name(common: &str, wanted: &ServerName<'_>) -> bool {
    match wanted {
        ServerName::DnsName(wanted) => wanted.as_ref().eq_ignore_ascii_case(common),
        ServerName::IpAddress(wanted) => IpAddr::try_from(common).is_ok_and(|ip| ip == *wanted),
        _ => false,
    }
}
