//! Authentication, and that nobody else learns the password.

use std::time::Duration;

use host_tests::{
    AuthPipelining, BearerCredentials, Credentials, Error, Instance, Mailer, PasswordCredentials,
    Phase, Security, Timeout,
};
use servers::authority::Authority;
use servers::scripted::{Script, Server};

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

/// A mailer with a password and a transcript. Loopback allows AUTH without TLS.
fn authenticated<'a>(instance: &'a Instance, server: &Server) -> Mailer<'a> {
    let mailer = plain(instance, server);
    mailer.set_password(USERNAME, PASSWORD);
    mailer.set_transcript_lines(1000);
    mailer
}

fn by_plain(reply: &str) -> Script {
    hello(&["AUTH PLAIN"])
        .expect(&format!("AUTH PLAIN {PLAIN}"))
        .say(reply)
}

fn by_login(reply: &str) -> Script {
    hello(&["AUTH LOGIN"])
        .expect("AUTH LOGIN")
        .say("334 VXNlcm5hbWU6")
        .expect(USERNAME_BASE64)
        .say("334 UGFzc3dvcmQ6")
        .expect(PASSWORD_BASE64)
        .say(reply)
}

fn by_cram_md5(reply: &str) -> Script {
    hello(&["AUTH CRAM-MD5"])
        .expect("AUTH CRAM-MD5")
        .say(&format!("334 {CHALLENGE}"))
        .expect(RESPONSE)
        .say(reply)
}

/// No transcript contains anything of the credentials.
#[track_caller]
fn assert_no_secrets(mailer: &Mailer) {
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
fn each_mechanism_authenticates_the_user() {
    for script in [by_plain(WELCOME), by_login(WELCOME), by_cram_md5(WELCOME)] {
        let server = Server::start([script.followed_by(message())]);
        let instance = instance();
        let mailer = authenticated(&instance, &server);
        expect_delivery(&mailer);
        assert_no_secrets(&mailer);
        server.finish();
    }
}

// Conformance: 49
#[test]
fn a_wrong_password_is_reported_and_not_shown() {
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
        expect_delivery(&mailer);
        assert_no_secrets(&mailer);
        server.finish();
    }
}

// Conformance: 44
#[test]
fn each_connection_authenticates_once() {
    let script = by_plain(WELCOME)
        .followed_by(message())
        .followed_by(message());
    let server = Server::start([script]);
    let instance = instance();
    let mailer = authenticated(&instance, &server);
    expect_delivery(&mailer);
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn the_first_mechanism_that_both_know_is_used() {
    let chosen = |offered: &str, mechanisms: Option<&[&str]>, expected: &str| {
        let offered = format!("AUTH {offered}");
        let script = hello(&[&offered])
            .expect(expected)
            .say("421 4.3.2 Closing")
            .expect_close();
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
fn no_common_mechanism_is_another_error_than_a_refusal() {
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
        expect_delivery(&mailer);
        server.finish();
    }
}

// Conformance: 40, 44
#[test]
fn mechanisms_offered_only_before_tls_are_not_used() {
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
    expect_delivery(&mailer);
    assert_no_secrets(&mailer);
    server.finish();
}

#[test]
fn a_user_may_act_as_another() {
    // `grace\0ada@mail.test\0` and the password, in base64.
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
    expect_delivery(&mailer);
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
fn a_response_too_long_for_the_auth_line_is_sent_on_its_own() {
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
    expect_delivery(&mailer);
    server.finish();
}

// Conformance: 47
#[test]
fn an_invalid_challenge_is_cancelled() {
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
        expect_delivery(&mailer);
        assert_no_secrets(&mailer);
        server.finish();
    }
}

// Conformance: 49
#[test]
fn a_server_that_requires_authentication_is_reported() {
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
    expect_delivery(&mailer);
    server.finish();
}

/// AUTH and the envelope in one group.
fn group() -> Script {
    hello(&["PIPELINING", "AUTH PLAIN"]).expect_group(&[
        &format!("AUTH PLAIN {PLAIN}"),
        "MAIL FROM:<a@mail.test>",
        "RCPT TO:<b@mail.test>",
        "DATA",
    ])
}

// Conformance: 48
#[test]
fn with_pipelining_auth_leaves_with_the_envelope() {
    let server = Server::start([group()
        .say(&format!("{WELCOME}\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok"))
        .followed_by(content())
        .followed_by(message_in_a_group())]);
    let instance = instance();
    let mailer = authenticated(&instance, &server);
    expect_delivery(&mailer);
    expect_delivery(&mailer);
    assert_no_secrets(&mailer);
    server.finish();
}

fn message_in_a_group() -> Script {
    Script::new()
        .expect_group(&["MAIL *", "RCPT *", "DATA"])
        .say("250 2.1.0 Ok\r\n250 2.1.5 Ok")
        .followed_by(content())
}

#[test]
fn a_connection_with_a_refused_pipelined_auth_is_not_kept() {
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
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn a_refusal_before_a_close_is_reported() {
    let server = Server::start([group().say(WRONG).hang_up()]);
    let instance = instance();
    let mailer = authenticated(&instance, &server);
    let error = mailer.send(&to_b(), MESSAGE);
    assert_eq!(error, Err(auth_refused(&["PLAIN"], WRONG)));
    server.finish();
}

/// AUTH alone, and the envelope after its reply.
fn alone() -> Script {
    hello(&["PIPELINING", "AUTH PLAIN"])
        .expect(&format!("AUTH PLAIN {PLAIN}"))
        .say(WELCOME)
        .followed_by(message_in_a_group())
}

// Conformance: 48
#[test]
fn auth_leaves_alone_if_the_caller_wants_it() {
    let server = Server::start([alone()]);
    let instance = instance();
    let mailer = authenticated(&instance, &server);
    mailer.set_auth_pipelining(AuthPipelining::Never);
    expect_delivery(&mailer);
    server.finish();
}

// Conformance: 48
#[test]
fn a_token_leaves_with_the_envelope_only_if_the_caller_allows_it() {
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
    expect_delivery(&mailer);
    mailer.set_auth_pipelining(AuthPipelining::TokensToo);
    expect_delivery(&mailer);
    server.finish();
}

/// The server loses what follows AUTH, and the mailer sends it again.
fn is_sent_again_behind_auth(losing: Script, send: impl Fn(&Mailer)) {
    let server = Server::start([losing, alone().followed_by(quit()), alone()]);
    let instance = instance();
    let mailer = authenticated(&instance, &server);
    mailer.set_timeout(Timeout::Command, Duration::from_millis(500));
    send(&mailer);
    mailer.close();
    expect_delivery(&mailer);
    assert_no_secrets(&mailer);
    server.finish();
}

#[test]
fn a_server_that_discards_what_follows_auth_gets_it_again() {
    fn in_pieces(mailer: &Mailer) {
        let message = mailer.start_message(&to_b()).unwrap();
        message.write(MESSAGE).unwrap();
        message.finish().unwrap();
    }
    for send in [expect_delivery as fn(&Mailer), in_pieces] {
        is_sent_again_behind_auth(group().say(WELCOME).expect_close(), send);
        is_sent_again_behind_auth(group().say(WELCOME).hang_up(), send);
    }
}

#[test]
fn a_server_that_refuses_the_early_envelope_gets_it_again() {
    let early = "503 5.5.1 Pipelined after AUTH";
    let script = group()
        .say(&format!("{WELCOME}\r\n{early}\r\n{early}\r\n{early}"))
        .followed_by(message_in_a_group())
        .followed_by(quit());
    let server = Server::start([script, alone()]);
    let instance = instance();
    let mailer = authenticated(&instance, &server);
    expect_delivery(&mailer);
    mailer.close();
    expect_delivery(&mailer);
    server.finish();
}
