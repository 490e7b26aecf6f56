//! OAuth 2.0 access tokens, valid and forged.

use host_tests::{BearerCredentials, Credentials, Error, Mailer, Phase};
use servers::real::{Kind, USER, token};

use crate::server_under_test::{
    MESSAGE, ServerUnderTest, TLS_MODES, instance, mechanisms_tried, to,
};

pub(crate) fn authenticate_the_user(server: &mut ServerUnderTest) -> String {
    let mechanisms = server.real.kind.token_mechanisms();
    let each = mechanisms.chunks(1);
    for (security, _) in TLS_MODES {
        // Each mechanism alone, then all of them.
        for mechanisms in each.clone().chain([mechanisms]) {
            let instance = instance();
            let mailer = server.mailer(&instance, security);
            mailer.set_mechanisms(mechanisms).unwrap();
            mailer.set_credentials(Some(bearer(&forged())));
            is_refused(&mailer, server.real.kind);
            // The client does not send a refused token again.
            assert_eq!(mechanisms_tried(&mailer, &forged()), mechanisms[..1]);

            mailer.set_credentials(Some(bearer(&token())));
            server.deliver(&mailer);
            assert_eq!(mechanisms_tried(&mailer, &token()), mechanisms[..1]);
        }
    }
    server.assert_mailbox();
    format!("{} over both", mechanisms.join(" "))
}

pub(crate) fn bearer(token: &str) -> Credentials {
    Credentials::Bearer(BearerCredentials {
        username: USER.into(),
        token: token.into(),
    })
}

/// The valid token with a wrong signature.
fn forged() -> String {
    let token = token();
    let (signed, _) = token.rsplit_once('.').unwrap();
    format!("{signed}.c2VzYW1l")
}

#[track_caller]
fn is_refused(mailer: &Mailer, kind: Kind) {
    let error = mailer.send(&to(&[USER]), MESSAGE).unwrap_err();
    let Error::Rejected(refusal) = error else {
        panic!("another error: {error:?}");
    };
    let (phase, reply) = (refusal.phase, refusal.reply);
    assert_eq!((phase, reply.code), (Phase::Auth, 535), "{reply:?}");
    // Postfix 3.10 does not pass on Dovecot's reason.
    if kind == Kind::SmtpServer {
        let reason = reply.text.lines().last();
        assert_eq!(reason, Some(r#"{"status":"401"}"#));
    }
}
