//! Certificates (RFC 5280, section 4.1) with any contents, valid or not.

use std::sync::Arc;

use super::der::*;
use super::keys::{Key, Signature};

/// The contents of a certificate. `server` and `authority` give valid ones; each method changes one thing.
#[derive(Clone)]
pub(super) struct Template {
    subject: Vec<u8>,
    key: Arc<Key>,
    validity: [&'static str; 2],
    version: u8,
    serial: Vec<u8>,
    signature: Option<Signature>,
    /// In the signed part, if it differs there.
    inner_signature: Option<Signature>,
    extensions: Vec<Extension>,
}

#[derive(Clone)]
struct Extension {
    id: &'static str,
    critical: bool,
    value: Vec<u8>,
}

pub(super) enum Name<'a> {
    Dns(&'a str),
    Ip(&'a [u8]),
    Email(&'a str),
}

pub(super) const KEY_USAGE: &str = "2.5.29.15";
pub(super) const ALTERNATIVE_NAMES: &str = "2.5.29.17";
pub(super) const BASIC_CONSTRAINTS: &str = "2.5.29.19";
pub(super) const NAME_CONSTRAINTS: &str = "2.5.29.30";
pub(super) const EXTENDED_KEY_USAGE: &str = "2.5.29.37";

pub(super) const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";
pub(super) const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
pub(super) const EMAIL_PROTECTION: &str = "1.3.6.1.5.5.7.3.4";
pub(super) const ANY_USAGE: &str = "2.5.29.37.0";

// The first octet of KeyUsage (RFC 5280, section 4.2.1.3).
pub(super) const DIGITAL_SIGNATURE: u8 = 0x80;
pub(super) const KEY_ENCIPHERMENT: u8 = 0x20;
pub(super) const KEY_AGREEMENT: u8 = 0x08;
pub(super) const CERTIFICATE_SIGN: u8 = 0x04;
pub(super) const CRL_SIGN: u8 = 0x02;

impl Template {
    pub(super) fn server(name: &str) -> Self {
        Self::new(&format!("The server {name}"))
            .names(&[Name::Dns(name)])
            .usage(DIGITAL_SIGNATURE)
            .extended_usage(&[SERVER_AUTH])
    }

    pub(super) fn authority(name: &str) -> Self {
        Self::new(name)
            .basic_constraints(true, None)
            .usage(CERTIFICATE_SIGN | CRL_SIGN)
    }

    /// Removes all extensions.
    pub(super) fn new(common_name: &str) -> Self {
        Self {
            subject: distinguished(common_name),
            key: Key::p256(),
            validity: ["261001000000Z", "270101000000Z"],
            version: 3,
            serial: vec![1],
            signature: None,
            inner_signature: None,
            extensions: Vec::new(),
        }
    }

    pub(super) fn key(mut self, key: &Arc<Key>) -> Self {
        self.key = key.clone();
        self
    }

    /// Replaces the common name.
    pub(super) fn common_name(mut self, name: &str) -> Self {
        self.subject = distinguished(name);
        self
    }

    pub(super) fn nameless(mut self) -> Self {
        self.subject = sequence(&[]);
        self
    }

    /// UTCTime, or GeneralizedTime if the year has four digits.
    pub(super) fn valid(mut self, from: &'static str, to: &'static str) -> Self {
        self.validity = [from, to];
        self
    }

    pub(super) fn version(mut self, version: u8) -> Self {
        self.version = version;
        self
    }

    pub(super) fn serial(mut self, octets: &[u8]) -> Self {
        self.serial = octets.to_vec();
        self
    }

    pub(super) fn signed_with(mut self, signature: Signature) -> Self {
        self.signature = Some(signature);
        self
    }

    pub(super) fn claiming(mut self, signature: Signature) -> Self {
        self.inner_signature = Some(signature);
        self
    }

    pub(super) fn names(self, names: &[Name<'_>]) -> Self {
        let names: Vec<_> = names.iter().map(general_name).collect();
        let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
        self.extension(ALTERNATIVE_NAMES, false, sequence(&names))
    }

    pub(super) fn basic_constraints(self, authority: bool, path_length: Option<u8>) -> Self {
        let authority = flag(authority);
        let length = path_length.map_or(Vec::new(), |length| element(INTEGER, &[&[length]]));
        self.extension(BASIC_CONSTRAINTS, true, sequence(&[&authority, &length]))
    }

    pub(super) fn usage(self, bits: u8) -> Self {
        let unused = bits.trailing_zeros() as u8;
        self.extension(KEY_USAGE, true, element(BIT_STRING, &[&[unused, bits]]))
    }

    pub(super) fn extended_usage(self, purposes: &[&str]) -> Self {
        let purposes: Vec<_> = purposes.iter().map(|purpose| oid(purpose)).collect();
        let purposes: Vec<&[u8]> = purposes.iter().map(Vec::as_slice).collect();
        self.extension(EXTENDED_KEY_USAGE, false, sequence(&purposes))
    }

    /// Subtrees (RFC 5280, section 4.2.1.10).
    pub(super) fn name_constraints(self, permitted: &[Name<'_>], excluded: &[Name<'_>]) -> Self {
        let subtrees = |number, names: &[Name<'_>]| match names {
            [] => Vec::new(),
            names => {
                let trees: Vec<_> = names
                    .iter()
                    .map(|name| sequence(&[&general_name(name)]))
                    .collect();
                wrapped(number, &trees.concat())
            }
        };
        let value = sequence(&[&subtrees(0, permitted), &subtrees(1, excluded)]);
        self.extension(NAME_CONSTRAINTS, true, value)
    }

    /// Replaces an extension.
    pub(super) fn extension(mut self, id: &'static str, critical: bool, value: Vec<u8>) -> Self {
        self.extensions.retain(|extension| extension.id != id);
        self.also(id, critical, value)
    }

    /// Adds an extension, even a second of the same kind.
    pub(super) fn also(mut self, id: &'static str, critical: bool, value: Vec<u8>) -> Self {
        self.extensions.push(Extension {
            id,
            critical,
            value,
        });
        self
    }

    pub(super) fn without(mut self, id: &str) -> Self {
        self.extensions.retain(|extension| extension.id != id);
        self
    }

    pub(super) fn self_signed(self) -> Certificate {
        let (name, key) = (self.subject.clone(), self.key.clone());
        self.issued_by(&name, &key)
    }

    fn issued_by(self, issuer: &[u8], issuer_key: &Key) -> Certificate {
        let signature = self.signature.unwrap_or(issuer_key.usual);
        let contents = self.contents(issuer, self.inner_signature.unwrap_or(signature));
        let signed = issuer_key.sign(signature, &contents);
        Certificate {
            der: sequence(&[&contents, &signature.identifier(), &bit_string(&signed)]),
            subject: self.subject,
            key: self.key,
        }
    }

    fn contents(&self, issuer: &[u8], signature: Signature) -> Vec<u8> {
        let version = match self.version {
            1 => Vec::new(),
            other => wrapped(0, &element(INTEGER, &[&[other - 1]])),
        };
        let extensions: Vec<u8> = self.extensions.iter().flat_map(Extension::der).collect();
        let extensions = if self.extensions.is_empty() {
            Vec::new()
        } else {
            wrapped(3, &sequence(&[&extensions]))
        };
        sequence(&[
            &version,
            &element(INTEGER, &[&self.serial]),
            &signature.identifier(),
            issuer,
            &sequence(&[&time(self.validity[0]), &time(self.validity[1])]),
            &self.subject,
            &self.key.spki,
            &extensions,
        ])
    }
}

impl Extension {
    fn der(&self) -> Vec<u8> {
        let value = element(OCTET_STRING, &[&self.value]);
        sequence(&[&oid(self.id), &flag(self.critical), &value])
    }
}

/// DER omits a BOOLEAN that has its default, FALSE.
fn flag(is_set: bool) -> Vec<u8> {
    if is_set {
        element(BOOLEAN, &[&[0xff]])
    } else {
        Vec::new()
    }
}

#[derive(Clone)]
pub(super) struct Certificate {
    pub der: Vec<u8>,
    pub subject: Vec<u8>,
    pub key: Arc<Key>,
}

impl Certificate {
    pub(super) fn issue(&self, template: Template) -> Certificate {
        template.issued_by(&self.subject, &self.key)
    }
}

fn general_name(name: &Name<'_>) -> Vec<u8> {
    match name {
        Name::Email(address) => tagged_address(1, address.as_bytes()),
        Name::Dns(name) => tagged_address(2, name.as_bytes()),
        Name::Ip(octets) => tagged_address(7, octets),
    }
}

fn distinguished(common_name: &str) -> Vec<u8> {
    let name = element(UTF8_STRING, &[common_name.as_bytes()]);
    let attribute = sequence(&[&oid("2.5.4.3"), &name]);
    sequence(&[&element(SET, &[&attribute])])
}

fn time(text: &str) -> Vec<u8> {
    let tag = match text.len() {
        15 => GENERALIZED_TIME,
        _ => UTC_TIME,
    };
    element(tag, &[text.as_bytes()])
}
