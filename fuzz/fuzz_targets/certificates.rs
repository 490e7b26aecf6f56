//! Certificates and keys in PEM and DER: read or refused; and a server that shows a certificate is believed only if
//! the certificate has its key and its name.
//!
//! An input is a certificate, or several in PEM; or a certificate, `|`, and a private key.
#![no_main]

use envoi::dkim::Signer;
use envoi::tls::{Identity, Trust};
use envoi_fuzz::tls_peer::{FuzzPlatform, NAME, PUBLIC_POINT, Pair, server, settings};
use libfuzzer_sys::fuzz_target;
use rustls::ALL_VERSIONS;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

fuzz_target!(|input: &[u8]| {
    if let Some(cut) = input.windows(2).position(|two| two == b"\n|") {
        let (chain, key) = (&input[..=cut], &input[cut + 2..]);
        let _ = Identity::new::<FuzzPlatform>(chain, key);
        let _ = Signer::new("example.org", "fuzz", key.trim_ascii_start());
    }
    let _ = Identity::new::<FuzzPlatform>(input, input);
    let _ = Signer::new("example.org", "fuzz", input);
    check_all_or_nothing(input);
    if let Ok(settings) = settings(input) {
        let certificate = CertificateDer::from_pem_slice(input);
        let certificate = certificate.unwrap_or_else(|_| CertificateDer::from(input.to_vec()));
        let config = server(vec![certificate.clone()], ALL_VERSIONS);
        let mut pair = Pair::new(&settings, &config);
        if pair.exchange().is_ok() && !pair.client.is_handshaking() {
            assert!(holds(&certificate, PUBLIC_POINT));
            let name = certificate.to_ascii_lowercase();
            assert!(holds(&name, NAME.as_bytes()));
        }
    }
});

/// A bundle with one certificate that is refused adds nothing, whatever is beside it.
fn check_all_or_nothing(input: &[u8]) {
    let mut trust = Trust::default();
    trust.use_bundled(false);
    let is_added = trust.add(input).is_ok();
    let settings = envoi::tls::Settings::new::<FuzzPlatform>(&trust.into());
    assert_eq!(settings.is_ok(), is_added);
}

fn holds(octets: &[u8], part: &[u8]) -> bool {
    octets.windows(part.len()).any(|window| window == part)
}
