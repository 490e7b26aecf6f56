//! Who sends, and that nobody else learns the password.

use std::time::Duration;

use host_tests::{
    AuthPipelining, BearerCredentials, Credentials, Error, Instance, Mailer, PasswordCredentials,
    Phase, Security, Timeout,
};
use servers::authority::Authority;
use servers::scripted::{Server, Session};

use crate::support::*;

const USERNAME: &str = "ada@mail.test";
const PASSWORD: &str = r#"open "sesame" \ ü"#;
const USERNAME_BASE64: &str = "YWRhQG1haWwudGVzdA==";
const PASSWORD_BASE64: &str = "b3BlbiAic2VzYW1lIiBcIMO8";

/// `\0ada@mail.test\0` and the password, in base64.
const PLAIN: &str = "AGFkYUBtYWlsLnRlc3QAb3BlbiAic2VzYW1lIiBcIMO8";

/// `<1896.697170952@mail.test>`, and the response to it (RFC 2195, section 2), in base64.
const CHALLENGE: &str = "PDE4OTYuNjk3MTcwOTUyQG1haWwudGVzdD4=";
const RESPONSE: &str = "YWRhQG1haWwudGVzdCBmODdkYjg3MzgzNGQ4MjY5ZmQ4M2QyOWFkYTRiNTlhZg==";

const WELCOME: &str = "235 2.7.0 Welcome";
const WRONG: &str = "535 5.7.8 Wrong user name or password";

/// In clear, as loopback allows, and with a transcript.
fn authenticated<'a>(instance: &'a Instance, server: &Server) -> Mailer<'a> {
    let mailer = plain(instance, server);
    mailer.set_password(USERNAME, PASSWORD);
    mailer.set_transcript_lines(1000);
    mailer
}

fn by_plain(reply: &str) -> Session {
    hello(&["AUTH PLAIN"])
        .expect(&format!("AUTH PLAIN {PLAIN}"))
        .say(reply)
}

fn by_login(reply: &str) -> Session {
    hello(&["AUTH LOGIN"])
        .expect("AUTH LOGIN")
        .say("334 VXNlcm5hbWU6")
        .expect(USERNAME_BASE64)
        .say("334 UGFzc3dvcmQ6")
        .expect(PASSWORD_BASE64)
        .say(reply)
}

fn by_cram_md5(reply: &str) -> Session {
    hello(&["AUTH CRAM-MD5"])
        .expect("AUTH CRAM-MD5")
        .say(&format!("334 {CHALLENGE}"))
        .expect(RESPONSE)
        .say(reply)
}

/// Nothing of the credentials is in what people may see.
#[track_caller]
fn keeps_secrets(mailer: &Mailer) {
    let shown: Vec<String> = mailer
        .take_transcript()
        .into_iter()
        .map(|line| line.text)
        .collect();
    let shown = shown.join("\n");
    assert!(shown.contains("AUTH "), "{shown}");
    for secret in [PASSWORD, PLAIN, PASSWORD_BASE64, RESPONSE, "sesame"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn each_mechanism_proves_the_user() {
    for script in [by_plain(WELCOME), by_login(WELCOME), by_cram_md5(WELCOME)] {
        let server = Server::start([script.followed_by(message())]);
        let instance = instance();
        let mailer = authenticated(&instance, &server);
        delivers(&mailer);
        keeps_secrets(&mailer);
        server.finish();
    }
}

// Conformance: 49
#[test]
fn a_wrong_password_is_named_and_not_shown() {
    for (mechanism, script) in [
        ("PLAIN", by_plain(WRONG)),
        ("LOGIN", by_login(WRONG)),
        ("CRAM-MD5", by_cram_md5(WRONG)),
    ] {
        let good = by_plain(WELCOME).followed_by(message());
        let server = Server::start([script.followed_by(quit()), good]);
        let instance = instance();
        let mailer = authenticated(&instance, &server);
        assert_eq!(
            mailer.send(&to_b(), MESSAGE),
            Err(auth_refused(&[mechanism], WRONG))
        );
        delivers(&mailer);
        keeps_secrets(&mailer);
        server.finish();
    }
}

// Conformance: 44
#[test]
fn the_user_is_proven_once_a_connection() {
    let script = by_plain(WELCOME)
        .followed_by(message())
        .followed_by(message());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = authenticated(&instance, &server);
    delivers(&mailer);
    delivers(&mailer);
    server.finish();
}

#[test]
fn the_first_mechanism_that_both_know_is_used() {
    let chosen = |offered: &str, mechanisms: Option<&[&str]>, expected: &str| {
        let offered = format!("AUTH {offered}");
        let script = hello(&[&offered])
            .expect(expected)
            .say("421 4.3.2 Closing")
            .closed();
        let server = Server::start([script]);
        let instance = instance();
        let mailer = authenticated(&instance, &server);
        if let Some(mechanisms) = mechanisms {
            mailer.set_mechanisms(mechanisms).unwrap();
        }
        mailer.send(&to_b(), MESSAGE).unwrap_err();
        server.finish();
    };
    chosen("XOAUTH2 CRAM-MD5 LOGIN PLAIN", None, "AUTH PLAIN *");
    chosen("cram-md5 login", None, "AUTH LOGIN");
    chosen(
        "PLAIN SCRAM-SHA-1 scram-sha-256",
        None,
        "AUTH SCRAM-SHA-256 *",
    );
    chosen(
        "PLAIN LOGIN CRAM-MD5",
        Some(&["CRAM-MD5", "PLAIN"]),
        "AUTH CRAM-MD5",
    );
}

#[test]
fn a_server_without_a_mechanism_in_common_is_told_from_one_that_refuses() {
    let cases = [
        (
            &["AUTH GSSAPI XOAUTH2"][..],
            vec!["GSSAPI".to_owned(), "XOAUTH2".into()],
        ),
        (&[], vec![]),
    ];
    for (keywords, offered) in cases {
        let good = by_plain(WELCOME).followed_by(message());
        let server = Server::start([hello(keywords).followed_by(quit()), good]);
        let instance = instance();
        let mailer = authenticated(&instance, &server);
        assert_eq!(
            mailer.send(&to_b(), MESSAGE),
            Err(Error::AuthUnavailable(offered))
        );
        delivers(&mailer);
        server.finish();
    }
}

// Conformance: 40, 44
#[test]
fn mechanisms_that_were_offered_before_tls_only_are_not_used() {
    let authority = Authority::new();
    let identity = authority.issue(&["127.0.0.1"]);
    let secured = || {
        let outside = hello(&["STARTTLS", "AUTH PLAIN"])
            .expect("STARTTLS")
            .say("220 Go ahead");
        outside.start_tls(&identity).expect("EHLO *")
    };
    let server = Server::start([
        secured().say(&ehlo(&[])).followed_by(quit()),
        secured()
            .say(&ehlo(&["AUTH PLAIN"]))
            .expect(&format!("AUTH PLAIN {PLAIN}"))
            .say(WELCOME)
            .followed_by(message()),
    ]);
    let instance = instance();
    let mailer = authenticated(&instance, &server);
    mailer.set_security(Security::Starttls);
    mailer.add_trust_anchors(authority.der()).unwrap();
    assert_eq!(
        mailer.send(&to_b(), MESSAGE),
        Err(Error::AuthUnavailable(vec![]))
    );
    delivers(&mailer);
    keeps_secrets(&mailer);
    server.finish();
}

#[test]
fn one_may_act_as_another() {
    // `grace\0ada@mail.test\0` and the password.
    let expected = "AUTH PLAIN Z3JhY2UAYWRhQG1haWwudGVzdABvcGVuICJzZXNhbWUiIFwgw7w=";
    let script = hello(&["AUTH PLAIN"])
        .expect(expected)
        .say(WELCOME)
        .followed_by(message());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_credentials(Some(Credentials::Password(PasswordCredentials {
        username: USERNAME.into(),
        password: PASSWORD.into(),
        authorization_id: Some("grace".into()),
    })));
    delivers(&mailer);
    server.finish();
}

#[test]
fn a_url_carries_the_credentials() {
    let server = Server::start([by_plain(WELCOME).followed_by(message()).followed_by(quit())]);
    let instance = instance();
    let password = "open%20%22sesame%22%20%5C%20%C3%BC";
    let url = format!(
        "smtp://ada%40mail.test:{password}@127.0.0.1:{}",
        server.port()
    );
    let receipt = instance.send_mail(&url, "a@mail.test", &["b@mail.test"], MESSAGE);
    assert_eq!(receipt, Ok(receipt_of(&["b@mail.test"], &[])));
    server.finish();
}

// Conformance: 46
#[test]
fn a_password_too_long_for_the_line_follows_on_the_next() {
    let password = "x".repeat(1000);
    let script = hello(&["AUTH PLAIN"])
        .expect("AUTH PLAIN")
        .say("334 ")
        .expect_that("1005 octets in base64", |line| line.len() == 1340)
        .say(WELCOME)
        .followed_by(message());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_password("ada", &password);
    delivers(&mailer);
    server.finish();
}

// Conformance: 47
#[test]
fn a_challenge_that_makes_no_sense_is_cancelled() {
    for challenge in ["334 %%%", "334 "] {
        let script = hello(&["AUTH PLAIN"]).expect("AUTH PLAIN *").say(challenge);
        let cancelled = script.expect("*").say("501 5.7.0 Cancelled");
        let good = by_plain(WELCOME).followed_by(message());
        let server = Server::start([cancelled, good]);
        let instance = instance();
        let mailer = authenticated(&instance, &server);
        let error = mailer.send(&to_b(), MESSAGE).unwrap_err();
        assert!(
            matches!(error, Error::ProtocolError((Phase::Auth, _))),
            "{error:?}"
        );
        delivers(&mailer);
        keeps_secrets(&mailer);
        server.finish();
    }
}

// Conformance: 49
#[test]
fn a_server_that_wants_a_user_is_heard() {
    let no = "530 5.7.0 Authentication required";
    let server = Server::start([hello(&["AUTH PLAIN"]).expect("MAIL *").say(no), {
        by_plain(WELCOME).followed_by(message())
    }]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    assert_eq!(
        mailer.send(&to_b(), MESSAGE),
        Err(rejected(Phase::Mail, no))
    );
    mailer.set_password(USERNAME, PASSWORD);
    delivers(&mailer);
    server.finish();
}

/// AUTH and the envelope in one flight.
fn group() -> Session {
    hello(&["PIPELINING", "AUTH PLAIN"]).expect_group(&[
        &format!("AUTH PLAIN {PLAIN}"),
        "MAIL FROM:<a@mail.test>",
        "RCPT TO:<b@mail.test>",
        "DATA",
    ])
}

// Conformance: 48
#[test]
fn where_pipelining_is_offered_auth_leaves_with_the_message() {
    let server = Server::start([group()
        .say(&format!("{WELCOME}\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok"))
        .followed_by(content())
        .followed_by(message_in_a_group())]);
    let instance = instance();
    let mailer = authenticated(&instance, &server);
    delivers(&mailer);
    delivers(&mailer);
    keeps_secrets(&mailer);
    server.finish();
}

fn message_in_a_group() -> Session {
    Session::new()
        .expect_group(&["MAIL *", "RCPT *", "DATA"])
        .say("250 2.1.0 Ok\r\n250 2.1.5 Ok")
        .followed_by(content())
}

#[test]
fn a_connection_whose_auth_was_refused_with_the_message_is_not_kept() {
    let first = "530 5.7.0 Authentication required";
    let refused = group()
        .say(&format!("{WRONG}\r\n{first}\r\n{first}\r\n{first}"))
        .followed_by(quit());
    let accepted = group()
        .say(&format!("{WELCOME}\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok"))
        .followed_by(content());
    let server = Server::start([refused, accepted]);
    let instance = instance();
    let mailer = authenticated(&instance, &server);
    let error = mailer.send(&to_b(), MESSAGE);
    assert_eq!(error, Err(auth_refused(&["PLAIN"], WRONG)));
    delivers(&mailer);
    server.finish();
}

#[test]
fn a_server_that_closes_behind_its_refusal_has_refused() {
    let server = Server::start([group().say(WRONG).hang_up()]);
    let instance = instance();
    let mailer = authenticated(&instance, &server);
    let error = mailer.send(&to_b(), MESSAGE);
    assert_eq!(error, Err(auth_refused(&["PLAIN"], WRONG)));
    server.finish();
}

/// AUTH by itself, and the envelope once it is answered.
fn alone() -> Session {
    hello(&["PIPELINING", "AUTH PLAIN"])
        .expect(&format!("AUTH PLAIN {PLAIN}"))
        .say(WELCOME)
        .followed_by(message_in_a_group())
}

// Conformance: 48
#[test]
fn auth_leaves_alone_where_that_is_wanted() {
    let server = Server::start([alone()]);
    let instance = instance();
    let mailer = authenticated(&instance, &server);
    mailer.set_auth_pipelining(AuthPipelining::Never);
    delivers(&mailer);
    server.finish();
}

// Conformance: 48
#[test]
fn a_token_leaves_with_the_message_only_where_that_is_allowed() {
    let auth = "AUTH XOAUTH2 dXNlcj1hZGFAbWFpbC50ZXN0AWF1dGg9QmVhcmVyIHNlc2FtZQEB";
    let hello = || hello(&["PIPELINING", "AUTH XOAUTH2"]);
    let first = hello().expect(auth).say(WELCOME);
    let second = hello()
        .expect_group(&[auth, "MAIL *", "RCPT *", "DATA"])
        .say(&format!("{WELCOME}\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok"));
    let server = Server::start([
        first.followed_by(message_in_a_group()),
        second.followed_by(content()),
    ]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_credentials(Some(Credentials::Bearer(BearerCredentials {
        username: USERNAME.into(),
        token: "sesame".into(),
    })));
    delivers(&mailer);
    mailer.set_auth_pipelining(AuthPipelining::TokensToo);
    delivers(&mailer);
    server.finish();
}

/// What the server heard behind AUTH is gone; the mailer has learned that.
fn is_sent_again_behind_auth(losing: Session, send: impl Fn(&Mailer)) {
    let server = Server::start([losing, alone().followed_by(quit()), alone()]);
    let instance = instance();
    let mailer = authenticated(&instance, &server);
    mailer.set_timeout(Timeout::Command, Duration::from_millis(500));
    send(&mailer);
    mailer.close();
    delivers(&mailer);
    keeps_secrets(&mailer);
    server.finish();
}

#[test]
fn a_server_that_discards_what_followed_auth_gets_it_once_more() {
    fn in_pieces(mailer: &Mailer) {
        let message = mailer.start_message(&to_b()).unwrap();
        message.write(MESSAGE).unwrap();
        message.finish().unwrap();
    }
    for send in [delivers as fn(&Mailer), in_pieces] {
        is_sent_again_behind_auth(group().say(WELCOME).closed(), send);
        is_sent_again_behind_auth(group().say(WELCOME).hang_up(), send);
    }
}

#[test]
fn a_server_that_calls_the_envelope_too_early_hears_it_again() {
    let early = "503 5.5.1 Pipelined after AUTH";
    let script = group()
        .say(&format!("{WELCOME}\r\n{early}\r\n{early}\r\n{early}"))
        .followed_by(message_in_a_group())
        .followed_by(quit());
    let server = Server::start([script, alone()]);
    let instance = instance();
    let mailer = authenticated(&instance, &server);
    delivers(&mailer);
    mailer.close();
    delivers(&mailer);
    server.finish();
}
