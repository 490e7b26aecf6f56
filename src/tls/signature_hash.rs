//! The hash of a certificate's signature (RFC 5280, section 4.1.1.2), read out of its DER.

use super::der::{CONTEXT_0, OBJECT_IDENTIFIER, SEQUENCE, read};

/// Which hash stands for a certificate in `tls-server-end-point` (RFC 5929, section 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureHash {
    /// And for MD5 and SHA-1.
    Sha256,
    Sha384,
    Sha512,
}

/// 1.2.840.113549.1.1, the first octets of RSA's algorithms.
const RSA: [u8; 8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
/// 1.2.840.10045.4, of ECDSA's.
const ECDSA: [u8; 6] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04];
/// 2.16.840.1.101.3.4.2, of SHA-2's.
const SHA2: [u8; 8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];

/// None where the signature has no hash of its own, such as Ed25519's.
pub fn signature_hash(certificate: &[u8]) -> Option<SignatureHash> {
    let (certificate, _) = read(SEQUENCE, certificate)?;
    let (_to_be_signed, rest) = read(SEQUENCE, certificate)?;
    let (algorithm, _) = read(SEQUENCE, rest)?;
    let (oid, parameters) = read(OBJECT_IDENTIFIER, algorithm)?;
    match (oid.strip_prefix(&RSA), oid.strip_prefix(&ECDSA)) {
        (Some([4 | 5 | 11]), _) | (_, Some([1] | [3, 2])) => Some(SignatureHash::Sha256),
        (Some([12]), _) | (_, Some([3, 3])) => Some(SignatureHash::Sha384),
        (Some([13]), _) | (_, Some([3, 4])) => Some(SignatureHash::Sha512),
        (Some([10]), _) => pss_hash(parameters),
        _ => None,
    }
}

/// RSASSA-PSS-params: the hash is its first, optional field (RFC 4055, section 3.1). SHA-1 where it is
/// left out.
fn pss_hash(parameters: &[u8]) -> Option<SignatureHash> {
    let (parameters, _) = read(SEQUENCE, parameters)?;
    let Some((algorithm, _)) = read(CONTEXT_0, parameters) else {
        return Some(SignatureHash::Sha256);
    };
    let (algorithm, _) = read(SEQUENCE, algorithm)?;
    let (oid, _) = read(OBJECT_IDENTIFIER, algorithm)?;
    match oid.strip_prefix(&SHA2) {
        Some([1]) => Some(SignatureHash::Sha256),
        Some([2]) => Some(SignatureHash::Sha384),
        Some([3]) => Some(SignatureHash::Sha512),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::der::element;

    fn certificate(oid: &[&[u8]], parameters: &[u8]) -> Vec<u8> {
        let oid = element(OBJECT_IDENTIFIER, oid);
        element(
            SEQUENCE,
            &[
                &element(SEQUENCE, &[b"to be signed"]),
                &element(SEQUENCE, &[&oid, parameters]),
                b"signature",
            ],
        )
    }

    #[test]
    fn old_hashes_stand_for_sha_256() {
        for oid in [[&RSA[..], &[4]], [&RSA, &[5]], [&ECDSA, &[1]]] {
            let hash = signature_hash(&certificate(&oid, b""));
            assert_eq!(hash, Some(SignatureHash::Sha256));
        }
    }

    #[test]
    fn pss_names_its_hash_in_its_parameters() {
        let pss = |parameters: &[u8]| signature_hash(&certificate(&[&RSA, &[10]], parameters));
        let with = |last: u8| {
            let oid = element(OBJECT_IDENTIFIER, &[&SHA2, &[last]]);
            let hash = element(CONTEXT_0, &[&element(SEQUENCE, &[&oid])]);
            pss(&element(SEQUENCE, &[&hash]))
        };
        assert_eq!(with(1), Some(SignatureHash::Sha256));
        assert_eq!(with(2), Some(SignatureHash::Sha384));
        assert_eq!(with(3), Some(SignatureHash::Sha512));
        assert_eq!(with(9), None);
        assert_eq!(pss(&element(SEQUENCE, &[])), Some(SignatureHash::Sha256));
        assert_eq!(pss(b""), None);
    }

    #[test]
    fn what_is_cut_or_no_certificate_has_no_hash() {
        let whole = certificate(&[&RSA, &[11]], b"");
        assert_eq!(signature_hash(&whole), Some(SignatureHash::Sha256));
        for length in 0..whole.len() {
            assert_eq!(signature_hash(&whole[..length]), None, "{length}");
        }
        for other in [
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff][..],
            &[0x30, 0xff],
            b"x",
        ] {
            assert_eq!(signature_hash(other), None);
        }
    }
}
