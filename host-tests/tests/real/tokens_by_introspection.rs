//! OAuth 2.0 access tokens that an authorisation server issues, and that the mail server asks it about
//! (RFC 7662).

use host_tests::{Error, Mailer, Phase, Security};
use servers::authority::Authority;
use servers::real::authorisation::{
    AuthorisationServer, BASIC, CLIENTS, OTHER, POST, PUBLIC, READ, SEND, SHORT_LIVED,
};
use servers::real::{Kind, Settings, USER, relay_to};
use servers::report;

use crate::server_under_test::{
    MESSAGE, ServerUnderTest, TLS_MODES, codes, instance, mechanisms_tried, to,
};
use crate::tokens::bearer;

#[test]
fn postfix_with_dovecot_accepts_tokens_of_every_grant() {
    let Some((issuer, mut server)) = issuer_and_postfix() else {
        return;
    };
    let user = issuer.authorise(&PUBLIC, USER, SEND).unwrap();
    let refreshed = issuer.refresh(&PUBLIC, &user.refresh.unwrap()).unwrap();
    let basic = issuer.client_credentials(&BASIC, SEND).unwrap();
    let post = issuer.client_credentials(&POST, SEND).unwrap();
    for (security, _) in TLS_MODES {
        for mechanism in server.real.kind.token_mechanisms() {
            for token in [&user.access, &refreshed.access, &basic.access, &post.access] {
                let asked = questions(&issuer);
                let instance = instance();
                let mailer = server.mailer(&instance, security);
                mailer.set_mechanisms(&[mechanism]).unwrap();
                mailer.set_credentials(Some(bearer(token)));
                server.deliver(&mailer);
                server.deliver(&mailer);
                assert_eq!(mechanisms_tried(&mailer, token), [*mechanism]);
                assert_eq!(questions(&issuer), asked + 1);
            }
        }
    }
    server.assert_mailbox();
    report::sent(
        Kind::PostfixDovecot,
        "tokens that it asks their issuer about",
    );
}

#[test]
fn postfix_with_dovecot_refuses_a_token_that_is_expired_or_revoked_or_for_something_else() {
    let Some((issuer, mut server)) = issuer_and_postfix() else {
        return;
    };
    let valid = issuer.client_credentials(&BASIC, SEND).unwrap().access;
    let expired = issuer
        .client_credentials(&SHORT_LIVED, SEND)
        .unwrap()
        .access;
    issuer.wait_until_expired(&expired).unwrap();
    let revoked = issuer.client_credentials(&BASIC, SEND).unwrap().access;
    issuer.revoke(&BASIC, &revoked).unwrap();
    let wrong_scope = issuer.client_credentials(&BASIC, READ).unwrap().access;
    let wrong_user = issuer.client_credentials(&OTHER, SEND).unwrap().access;
    for token in [expired, revoked, wrong_scope, wrong_user] {
        for mechanism in server.real.kind.token_mechanisms() {
            let asked = questions(&issuer);
            let instance = instance();
            let mailer = server.mailer(&instance, Security::Starttls);
            mailer.set_mechanisms(&[mechanism]).unwrap();
            mailer.set_credentials(Some(bearer(&token)));
            is_refused(&mailer);
            assert_eq!(mechanisms_tried(&mailer, &token), [*mechanism]);
            assert_eq!(questions(&issuer), asked + 1);

            mailer.set_credentials(Some(bearer(&valid)));
            server.deliver(&mailer);
        }
    }
    server.assert_mailbox();
}

/// The server asks about a token at AUTH only.
#[test]
fn a_revoked_token_is_good_for_the_connection_that_it_opened() {
    let Some((issuer, mut server)) = issuer_and_postfix() else {
        return;
    };
    let token = issuer.authorise(&PUBLIC, USER, SEND).unwrap().access;
    let instance = instance();
    let kept = server.mailer(&instance, Security::Starttls);
    kept.set_credentials(Some(bearer(&token)));
    server.deliver(&kept);
    issuer.revoke(&PUBLIC, &token).unwrap();
    server.deliver(&kept);
    let new = server.mailer(&instance, Security::Starttls);
    new.set_credentials(Some(bearer(&token)));
    is_refused(&new);
    server.assert_mailbox();
}

/// Dovecot tells Postfix that this is temporary, and Postfix does not tell it on:
/// findings/postfix-temporary-auth-failure.sh shows that.
#[test]
fn postfix_with_dovecot_refuses_every_token_while_the_issuer_is_down() {
    let Some((issuer, server)) = issuer_and_postfix() else {
        return;
    };
    let token = issuer.client_credentials(&BASIC, SEND).unwrap().access;
    drop(issuer);
    let instance = instance();
    let mailer = server.mailer(&instance, Security::Starttls);
    mailer.set_credentials(Some(bearer(&token)));
    is_refused(&mailer);
}

/// No token is refused here: Dovecot 2.3.21.1's login process may end when a client answers its error message, and then
/// the connection closes without a reply.
#[test]
fn dovecots_submission_server_accepts_valid_tokens() {
    let Some(issuer) = issuer() else { return };
    let Some(relay) = ServerUnderTest::start(Kind::SmtpServer) else {
        return;
    };
    let settings = relay_to(&relay.real, issuer.introspection(SEND));
    let kind = Kind::DovecotSubmission;
    let Some(server) = ServerUnderTest::start_with(kind, settings) else {
        return;
    };
    let tokens = [
        issuer.authorise(&PUBLIC, USER, SEND).unwrap(),
        issuer.client_credentials(&BASIC, SEND).unwrap(),
    ];
    let mut sent = 0;
    for (security, _) in TLS_MODES {
        for mechanism in kind.token_mechanisms() {
            for tokens in &tokens {
                let instance = instance();
                let mailer = server.mailer(&instance, security);
                mailer.set_mechanisms(&[mechanism]).unwrap();
                mailer.set_credentials(Some(bearer(&tokens.access)));
                let receipt = mailer.send(&to(&[USER]), MESSAGE).unwrap();
                assert_eq!(codes(&receipt.accepted), [(USER, 250)]);
                assert_eq!(mechanisms_tried(&mailer, &tokens.access), [*mechanism]);
                sent += 1;
            }
        }
    }
    assert_eq!(questions(&issuer), sent);
    for stored in relay.real.wait_for(sent).unwrap() {
        assert_eq!(kind.without_trace(&stored), Some(MESSAGE));
    }
    report::sent(kind, "tokens that it asks their issuer about");
}

/// An authorisation server, and a mail server that asks it; unless the machine cannot have one of them.
fn issuer_and_postfix() -> Option<(AuthorisationServer, ServerUnderTest)> {
    let issuer = issuer()?;
    let settings = Settings {
        token_check: issuer.introspection(SEND),
        ..Settings::default()
    };
    let server = ServerUnderTest::start_with(Kind::PostfixDovecot, settings)?;
    Some((issuer, server))
}

fn issuer() -> Option<AuthorisationServer> {
    let identity = Authority::new().issue(&["localhost", "127.0.0.1"]);
    AuthorisationServer::start_if_available(&identity, CLIENTS)
}

/// How often the issuer was asked about a token.
fn questions(issuer: &AuthorisationServer) -> usize {
    let requests = issuer.requests();
    let questions = requests
        .iter()
        .filter(|request| request.path == "/token/introspection");
    questions.count()
}

/// The same reply whatever is wrong with the token.
#[track_caller]
fn is_refused(mailer: &Mailer) {
    let error = mailer.send(&to(&[USER]), MESSAGE).unwrap_err();
    let Error::Rejected(refusal) = error else {
        panic!("another error: {error:?}");
    };
    let (phase, code) = (refusal.phase, refusal.reply.code);
    assert_eq!((phase, code), (Phase::Auth, 535), "{:?}", refusal.reply);
}
