//! Explains an error in a sentence.

use host_tests::{Error, Instance, Reply, TlsFailure};

/// The component's explanation, with the option of this program that may help.
pub(crate) fn sentence(instance: &Instance, error: &Error) -> String {
    let sentence = instance.explain(error).sentence;
    match error {
        Error::TlsFailed((TlsFailure::CertificateUnknownIssuer, _)) => {
            format!("{sentence} (here: --trust FILE)")
        }
        _ => sentence,
    }
}

/// A reply in one line.
pub(crate) fn words(reply: &Reply) -> String {
    format!("{} {}", reply.code, reply.text.replace('\n', " "))
}
