//! A server with an untrusted certificate gets nothing.

use host_tests::{Error, Mailer, TlsFailure};
use servers::authority::Authority;
use servers::real::USER;

use crate::server_under_test::{MESSAGE, ServerUnderTest, TLS_MODES, instance, to, transcript};

pub(crate) fn is_not_given_to_wrong_certificates(server: &mut ServerUnderTest) -> String {
    for (security, _) in TLS_MODES {
        let instance = instance();
        // The certificate is for `localhost` only.
        let of_another_name = server.mailer_to("127.0.0.1", &server.authority, &instance, security);
        assert_eq!(failure(&of_another_name), TlsFailure::CertificateWrongName);

        let other = Authority::new();
        let of_another_authority = server.mailer_to("localhost", &other, &instance, security);
        assert_eq!(
            failure(&of_another_authority),
            TlsFailure::CertificateUnknownIssuer
        );

        of_another_name.set_server_name("localhost").unwrap();
        server.deliver(&of_another_name);
    }
    server.assert_mailbox();
    "certificates of another name and of another authority".into()
}

#[track_caller]
fn failure(mailer: &Mailer) -> TlsFailure {
    let error = mailer.send(&to(&[USER]), MESSAGE).unwrap_err();
    let said = transcript(mailer);
    assert!(!said.contains("MAIL FROM"), "{said}");
    match error {
        Error::TlsFailed((failure, _)) => failure,
        error => panic!("another error: {error:?}"),
    }
}
