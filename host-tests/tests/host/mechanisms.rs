//! SCRAM, tokens and certificates, in the component: what the server must see of them.

use host_tests::{BearerCredentials, Credentials, Error, Security, TranscriptLine};
use servers::authority::Authority;
use servers::scripted::{Server, Session};

use crate::support::*;

const USERNAME: &str = "ada@mail.test";
const USERNAME_BASE64: &str = "YWRhQG1haWwudGVzdA==";
/// `\0ada@mail.test\0sesame`
const PLAIN: &str = "AGFkYUBtYWlsLnRlc3QAc2VzYW1l";

const WELCOME: &str = "235 2.7.0 Welcome";
const WRONG: &str = "535 5.7.8 Wrong user name or password";

#[test]
fn a_user_whom_the_server_knows_only_by_plain_gets_in() {
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
    delivers(&mailer);
    server.finish();
}

#[test]
fn the_next_connection_begins_with_the_mechanism_that_worked() {
    let scram = || {
        hello(&["AUTH SCRAM-SHA-256 PLAIN"])
            .expect("AUTH SCRAM-SHA-256 *")
            .say(WRONG)
    };
    let by_plain = |session: Session| {
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
    delivers(&mailer);
    mailer.close();
    delivers(&mailer);
    // Another user may have another that works.
    mailer.set_password(USERNAME, "sesame");
    delivers(&mailer);
    server.finish();
}

// Conformance: 49
#[test]
fn a_wrong_password_is_one_failed_login_a_proof_and_one_where_it_is_shown() {
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
fn a_refusal_for_whatever_reason_leads_to_the_next_mechanism() {
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
    delivers(&mailer);
    server.finish();
}

#[test]
fn inside_tls_scram_is_bound_to_the_connection() {
    let authority = Authority::new();
    // `p=tls-exporter,,n=ada@mail.test,r=`
    let script = Session::new()
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
fn a_refused_token_comes_with_the_servers_reason() {
    // `{"status":"401"}`
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
            let reason = rejection.reply.lines.last().map(String::as_str);
            assert_eq!(reason, Some(r#"{"status":"401"}"#));
        }
        result => panic!("{result:?}"),
    }
    server.finish();
}

#[test]
fn a_certificate_may_speak_for_the_user() {
    for (identity, initial) in [(None, "="), (Some("ada@mail.test"), USERNAME_BASE64)] {
        let script = hello(&["AUTH EXTERNAL PLAIN"])
            .expect(&format!("AUTH EXTERNAL {initial}"))
            .say(WELCOME)
            .followed_by(message());
        let server = Server::start([script]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        mailer.set_credentials(Some(Credentials::External(identity.map(String::from))));
        delivers(&mailer);
        server.finish();
    }
}
