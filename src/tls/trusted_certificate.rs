//! Verifies a server certificate that the caller added as a trust anchor: it is trusted by itself, as
//! with a browser's exception, whoever issued it. So it may be what no authority issues to a server: a
//! CA certificate (`openssl req -x509` makes one) or X.509 version 1.
//!
//! webpki checks its form and the names in its subjectAltName. It has no function for the validity
//! period, the extended key usage and the common name, so they are read here. The common name counts
//! only if the certificate has no subjectAltName.

use std::borrow::Cow;

use der::asn1::{GeneralizedTime, ObjectIdentifier, UtcTime};
use der::{Decode, Reader, SliceReader, Tag, Tagged};
use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, IpAddr, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error};

use super::der::{context, element, elements, read};

/// `[0] INTEGER 2`: version 3 (RFC 5280, section 4.1.2.1). Version 1 omits the field.
const VERSION_3: &[u8] = &[0xa0, 3, 0x02, 1, 2];
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");

/// Checks period, purpose and name. The caller of this function has found the certificate among the
/// added ones, so its signature proves nothing more and is not checked.
pub(super) fn verify(
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

/// Makes version 3 of version 1, which has the same fields, because webpki reads only version 3. The
/// signature no longer fits; nothing here checks it.
pub(super) fn as_version_3<'a>(certificate: &'a CertificateDer<'a>) -> Cow<'a, CertificateDer<'a>> {
    match upgraded(certificate) {
        Some(der) => Cow::Owned(der.into()),
        None => Cow::Borrowed(certificate),
    }
}

fn upgraded(certificate: &[u8]) -> Option<Vec<u8>> {
    let (contents, behind) = read(Tag::Sequence, certificate)?;
    let (signed, signature) = read(Tag::Sequence, contents)?;
    // The serial number comes first only in version 1.
    read(Tag::Integer, signed)?;
    let signed = element(Tag::Sequence, &[VERSION_3, signed])?;
    let certificate = element(Tag::Sequence, &[&signed, signature])?;
    behind.is_empty().then_some(certificate)
}

/// Fields of a certificate of version 3 (RFC 5280, section 4.1).
struct Fields<'a> {
    not_before: UnixTime,
    not_after: UnixTime,
    /// Relative distinguished names.
    subject: &'a [u8],
    extensions: &'a [u8],
}

impl<'a> Fields<'a> {
    fn read(certificate: &'a [u8]) -> Option<Self> {
        let (contents, _) = read(Tag::Sequence, certificate)?;
        let (signed, _) = read(Tag::Sequence, contents)?;
        let (_version, rest) = read(context(0), signed)?;
        let (_serial, rest) = read(Tag::Integer, rest)?;
        let (_algorithm, rest) = read(Tag::Sequence, rest)?;
        let (_issuer, rest) = read(Tag::Sequence, rest)?;
        let (validity, rest) = read(Tag::Sequence, rest)?;
        let (subject, rest) = read(Tag::Sequence, rest)?;
        let (_key, rest) = read(Tag::Sequence, rest)?;
        let extensions = match rest {
            [] => rest,
            _ => read(Tag::Sequence, read(context(3), rest)?.0)?.0,
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

    /// Follows webpki: without extended key usage every purpose is allowed.
    fn is_for_servers(&self) -> bool {
        let mut usages = elements(self.extensions).filter_map(|extension| {
            let (id, value) = extension_value(extension.value())?;
            (id == EXTENDED_KEY_USAGE).then_some(value)
        });
        usages.all(|value| {
            let purposes = read(Tag::Sequence, value).map_or(&[][..], |(purposes, _)| purposes);
            elements(purposes).any(|purpose| purpose.decode_as() == Ok(SERVER_AUTH))
        })
    }

    fn common_names(&self) -> impl Iterator<Item = &'a str> {
        let attributes = elements(self.subject)
            .filter(|element| element.tag() == Tag::Set)
            .flat_map(|set| elements(set.value()));
        attributes.filter_map(|attribute| {
            let (id, value) = ObjectIdentifier::from_der_partial(attribute.value()).ok()?;
            let name = elements(value).next()?.value();
            (id == COMMON_NAME).then(|| str::from_utf8(name).ok())?
        })
    }
}

/// An extension's identifier and value; the flag `critical` may come between them.
fn extension_value(extension: &[u8]) -> Option<(ObjectIdentifier, &[u8])> {
    let (id, rest) = ObjectIdentifier::from_der_partial(extension).ok()?;
    let value = elements(rest).find(|element| element.tag() == Tag::OctetString)?;
    Some((id, value.value()))
}

fn time<'a>(reader: &mut impl Reader<'a>) -> Option<UnixTime> {
    let since_1970 = match Tag::peek(reader).ok()? {
        Tag::UtcTime => UtcTime::decode(reader).ok()?.to_unix_duration(),
        _ => GeneralizedTime::decode(reader).ok()?.to_unix_duration(),
    };
    Some(UnixTime::since_unix_epoch(since_1970))
}

/// Compares the whole name: a common name has no wildcards here.
fn is_name(common: &str, wanted: &ServerName<'_>) -> bool {
    match wanted {
        ServerName::DnsName(wanted) => wanted.as_ref().eq_ignore_ascii_case(common),
        ServerName::IpAddress(wanted) => IpAddr::try_from(common).is_ok_and(|ip| ip == *wanted),
        _ => false,
    }
}
