//! Each mechanism, with a right and a wrong password; no transcript contains either.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use host_tests::{Error, Mailer, Phase, Rejection};
use servers::real::{HASHED, PASSWORD, USER};

use crate::server_under_test::{
    MESSAGE, ServerUnderTest, TLS_MODES, instance, mechanisms_tried, to, transcript,
};

const WRONG: &str = r#"pa ss"w\orm"#;

pub(crate) fn succeeds_with_each_mechanism(server: &mut ServerUnderTest) -> String {
    let mechanisms = server.real.kind.mechanisms();
    for (security, _) in TLS_MODES {
        for mechanism in mechanisms {
            let instance = instance();
            let mailer = server.mailer(&instance, security);
            mailer.set_mechanisms(&[mechanism]).unwrap();
            mailer.set_password(USER, WRONG);
            is_refused(&mailer);
            keeps_secrets(&mailer, mechanism);
            mailer.set_password(USER, PASSWORD);
            server.deliver(&mailer);
            keeps_secrets(&mailer, mechanism);
        }
    }
    server.assert_mailbox();
    format!("{} over both", mechanisms.join(" "))
}

/// For this user, the server has a hash that fits only PLAIN and LOGIN.
pub(crate) fn falls_back_on_a_mechanism_that_the_server_can_check(
    server: &mut ServerUnderTest,
) -> String {
    for (security, _) in TLS_MODES {
        let instance = instance();
        let mailer = server.mailer(&instance, security);
        mailer.set_password(HASHED, PASSWORD);
        server.deliver(&mailer);
        let tried = mechanisms_tried(&mailer, PASSWORD);
        assert_eq!(tried, ["SCRAM-SHA-256", "PLAIN"]);

        mailer.set_password(HASHED, WRONG);
        is_refused(&mailer);
    }
    server.assert_mailbox();
    "PLAIN where the server has nothing for SCRAM".into()
}

#[track_caller]
fn is_refused(mailer: &Mailer) {
    let error = mailer.send(&to(&[USER]), MESSAGE).unwrap_err();
    let Error::Rejected(Rejection { phase, reply, .. }) = error else {
        panic!("another error: {error:?}");
    };
    assert_eq!((phase, reply.code), (Phase::Auth, 535), "{reply:?}");
    assert!(!reply.text.is_empty(), "the server's words are kept");
}

/// No transcript contains anything of the credentials.
#[track_caller]
fn keeps_secrets(mailer: &Mailer, mechanism: &str) {
    let shown = transcript(mailer);
    assert!(shown.contains(&format!("AUTH {mechanism}")), "{shown}");
    let base64 = |secret: &str| BASE64_STANDARD.encode(secret);
    for password in [PASSWORD, WRONG] {
        let plain = base64(&format!("\0{USER}\0{password}"));
        for secret in [password, &base64(password), &plain] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
    // The response of CRAM-MD5 is the user name, a space, and a digest (RFC 2195, section 2).
    let response = base64(&format!("{USER} "));
    assert!(!shown.contains(&response), "{shown}");
}
