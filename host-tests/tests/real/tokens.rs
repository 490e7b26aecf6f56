//! OAuth 2.0 access tokens, one that is right and one that is not.

use host_tests::{BearerCredentials, Credentials, Error, Mailer, Phase};
use servers::real::{Kind, USER, token};

use crate::visit::{MESSAGE, Visit, WAYS, instance, to, tried};

pub fn prove_the_user(visit: &mut Visit) -> String {
    let mechanisms = visit.server.kind.token_mechanisms();
    let each = mechanisms.chunks(1);
    for (security, _) in WAYS {
        // Each alone, and then a choice.
        for mechanisms in each.clone().chain([mechanisms]) {
            let instance = instance();
            let mailer = visit.mailer(&instance, security);
            mailer.set_mechanisms(mechanisms).unwrap();
            mailer.set_credentials(Some(bearer(&forged())));
            is_refused(&mailer, visit.server.kind);
            // A token that the server has refused is not shown to it again.
            assert_eq!(tried(&mailer, &forged()), mechanisms[..1]);

            mailer.set_credentials(Some(bearer(&token())));
            visit.delivers(&mailer);
            assert_eq!(tried(&mailer, &token()), mechanisms[..1]);
        }
    }
    visit.everything_arrived();
    format!("{} over both", mechanisms.join(" "))
}

fn bearer(token: &str) -> Credentials {
    Credentials::Bearer(BearerCredentials {
        username: USER.into(),
        token: token.into(),
    })
}

/// The right one with the signature of nobody.
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
    // Postfix 3.10 keeps to itself what Dovecot says of it.
    if kind == Kind::SmtpServer {
        let reason = reply.lines.last().map(String::as_str);
        assert_eq!(reason, Some(r#"{"status":"401"}"#));
    }
}
