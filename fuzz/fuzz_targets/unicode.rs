//! Domains, passwords and normalization: as ICU, `idna` and `stringprep` have them.
#![no_main]

use icu_normalizer::ComposingNormalizerBorrowed;
use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let normalized = ComposingNormalizerBorrowed::new_nfkc().normalize(text);
    assert_eq!(envoi_unicode::nfkc(text), normalized);

    let prepared = envoi_unicode::saslprep(text).ok();
    let by_other = stringprep::saslprep(text).ok();
    assert_eq!(prepared.as_deref().map(String::as_str), by_other.as_deref());

    let ascii = envoi_unicode::to_ascii(text).ok();
    let by_other = Uts46::new().to_ascii(
        text.as_bytes(),
        AsciiDenyList::STD3,
        Hyphens::CheckFirstLast,
        DnsLength::VerifyAllowRootDot,
    );
    assert_eq!(ascii.as_deref(), by_other.ok().as_deref());
    if let Some(ascii) = ascii {
        assert_eq!(envoi_unicode::to_ascii(&ascii), Ok(ascii));
    }
});
