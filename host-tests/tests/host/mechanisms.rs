//! SCRAM, tokens and certificates, as the server sees them.

use host_tests::{BearerCredentials, Credentials, Error, Security, TranscriptLine};
use servers::authority::Authority;
use servers::scripted::{Script, Server};

use crate::support::*;

const USERNAME: &str = "ada@mail.test";
const USERNAME_BASE64: &str = "YWRhQG1haWwudGVzdA==";
/// `\0ada@mail.test\0sesame` in base64.
const PLAIN: &str = "AGFkYUBtYWlsLnRlc3QAc2VzYW1l";

const WELCOME: &str = "235 2.7.0 Welcome";
const WRONG: &str = "535 5.7.8 Wrong user name or password";

#[test]
fn plain_follows_if_the_server_cannot_check_scram() {
    let script = hello(&["AUTH SCRAM-SHA-256 PLAIN"])
        .expect("AUTH SCRAM-SHA-256 *")
        .say(WRONG)
        .expect(&format!("AUTH PLAIN {PLAIN}"))
        .say(WELCOME)
        .followed_by(message());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_password(USERNAME, "sesame");
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn an_empty_list_of_mechanisms_is_the_default_again() {
    let script = hello(&["AUTH PLAIN"])
        .expect(&format!("AUTH PLAIN {PLAIN}"))
        .say(WELCOME)
        .followed_by(message());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_password(USERNAME, "sesame");
    mailer.set_mechanisms(&["LOGIN"]).unwrap();
    mailer.set_mechanisms(&[]).unwrap();
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn the_next_connection_starts_with_the_mechanism_that_worked() {
    let scram = || {
        hello(&["AUTH SCRAM-SHA-256 PLAIN"])
            .expect("AUTH SCRAM-SHA-256 *")
            .say(WRONG)
    };
    let by_plain = |session: Script| {
        session
            .expect(&format!("AUTH PLAIN {PLAIN}"))
            .say(WELCOME)
            .followed_by(message())
    };
    let again = hello(&["AUTH SCRAM-SHA-256 PLAIN"]);
    let server = Server::start([
        by_plain(scram()).followed_by(quit()),
        by_plain(again),
        by_plain(scram()),
    ]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_password(USERNAME, "sesame");
    expect_delivery(&mailer);
    mailer.close();
    expect_delivery(&mailer);
    // Setting credentials forgets the mechanism, because another user may need another one.
    mailer.set_password(USERNAME, "sesame");
    expect_delivery(&mailer);
    server.finish();
}

// Conformance: 49
#[test]
fn a_wrong_password_costs_two_failures_or_one_without_plain_fallback() {
    let offered = "AUTH SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN";
    let scram = || hello(&[offered]).expect("AUTH SCRAM-SHA-256 *").say(WRONG);
    let both = scram()
        .expect(&format!("AUTH PLAIN {PLAIN}"))
        .say("535 5.7.8 The second")
        .followed_by(quit());
    let server = Server::start([both, scram().followed_by(quit())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_password(USERNAME, "sesame");
    mailer.set_transcript_lines(100);
    let refused = mailer.send(&to_b(), MESSAGE);
    let tried = &["SCRAM-SHA-256", "PLAIN"];
    assert_eq!(refused, Err(auth_refused(tried, WRONG)));
    let shown = "PLAIN shows the server the password, as it refused the proof of SCRAM-SHA-256";
    let events = |lines: Vec<TranscriptLine>| lines.iter().filter(|l| l.text == shown).count();
    assert_eq!(events(mailer.take_transcript()), 1);

    mailer.set_plain_fallback(false);
    let refused = mailer.send(&to_b(), MESSAGE);
    assert_eq!(refused, Err(auth_refused(&["SCRAM-SHA-256"], WRONG)));
    assert_eq!(events(mailer.take_transcript()), 0);
    server.finish();
}

#[test]
fn any_refusal_leads_to_the_next_mechanism() {
    let script = hello(&["AUTH PLAIN LOGIN"])
        .expect(&format!("AUTH PLAIN {PLAIN}"))
        .say("553 5.5.4 Sorry, that mechanism is not for you")
        .expect("AUTH LOGIN")
        .say("334 Username:")
        .expect(USERNAME_BASE64)
        .say("334 Password, please!")
        .expect("c2VzYW1l")
        .say(WELCOME)
        .followed_by(message());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_password(USERNAME, "sesame");
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn inside_tls_scram_is_bound_to_the_connection() {
    let authority = Authority::new();
    // `p=tls-exporter,,n=ada@mail.test,r=` in base64.
    let script = Script::new()
        .start_tls(&authority.issue(&["127.0.0.1"]))
        .say("220 mail.test ESMTP")
        .expect("EHLO *")
        .say(&ehlo(&["AUTH SCRAM-SHA-256 SCRAM-SHA-256-PLUS"]))
        .expect("AUTH SCRAM-SHA-256-PLUS cD10bHMtZXhwb3J0ZXIsLG49YWRhQG1haWwudGVzdCxyP*")
        .say("454 4.7.0 Not now")
        .followed_by(quit());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_password(USERNAME, "sesame");
    mailer.set_security(Security::ImplicitTls);
    mailer.add_trust_anchors(authority.der()).unwrap();
    mailer.send(&to_b(), MESSAGE).unwrap_err();
    server.finish();
}

#[test]
fn a_refused_token_is_reported_with_the_servers_reason() {
    // The challenge is `{"status":"401"}` in base64.
    let script = hello(&["AUTH XOAUTH2 OAUTHBEARER"])
        .expect("AUTH OAUTHBEARER bixhPWFkYUBtYWlsLnRlc3QsAWhvc3Q9MTI3LjAuMC4xAXBvcnQ9*")
        .say("334 eyJzdGF0dXMiOiI0MDEifQ==")
        .expect("AQ==")
        .say(WRONG)
        .followed_by(quit());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_credentials(Some(Credentials::Bearer(BearerCredentials {
        username: USERNAME.into(),
        token: "sesame".into(),
    })));
    match mailer.send(&to_b(), MESSAGE) {
        Err(Error::Rejected(rejection)) => {
            let reason = rejection.reply.text.lines().last();
            assert_eq!(reason, Some(r#"{"status":"401"}"#));
        }
        result => panic!("{result:?}"),
    }
    server.finish();
}

#[test]
fn a_certificate_authenticates_the_user() {
    for (identity, initial) in [(None, "="), (Some("ada@mail.test"), USERNAME_BASE64)] {
        let script = hello(&["AUTH EXTERNAL PLAIN"])
            .expect(&format!("AUTH EXTERNAL {initial}"))
            .say(WELCOME)
            .followed_by(message());
        let server = Server::start([script]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        mailer.set_credentials(Some(Credentials::External(identity.map(String::from))));
        expect_delivery(&mailer);
        server.finish();
    }
}
