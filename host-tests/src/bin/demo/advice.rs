//! What an error means, and what to do.

use host_tests::{Error, Instance, Reply, TlsFailure};

/// A line for people: the component's, and the option of this program that may help.
pub fn sentence(instance: &Instance, error: &Error) -> String {
    let sentence = instance.explain(error).sentence;
    match error {
        Error::TlsFailed((TlsFailure::CertificateUnknownIssuer, _)) => {
            format!("{sentence} (here: --trust FILE)")
        }
        _ => sentence,
    }
}

/// A reply in one line.
pub fn words(reply: &Reply) -> String {
    format!("{} {}", reply.code, reply.lines.join(" "))
}
