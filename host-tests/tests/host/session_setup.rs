//! A caller's own session, up to its first transaction: EHLO, STARTTLS, AUTH.

use host_tests::{AuthStep, Error, Phase, TlsVersion};
use servers::authority::Authority;
use servers::scripted::{Script, Server};

use crate::support::*;
use crate::tls::{LOOPBACK, asked, secured, starttls};

const NOOP: &str = "250 2.0.0 Nothing done";

fn greeting() -> Script {
    Script::new().say("220 mail.test ESMTP")
}

fn noop() -> Script {
    Script::new().expect("NOOP").say(NOOP)
}

#[test]
fn dial_sends_nothing_after_the_greeting() {
    let server = Server::start([Script::new()
        .say("220-mail.test ESMTP\r\n220 Welcome")
        .expect_close()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_password("ada", "sesame");
    let client = mailer.dial().unwrap();
    let greeting = client.greeting();
    assert_eq!(greeting.code, 220);
    assert_eq!(greeting.text, "mail.test ESMTP\nWelcome");
    assert_eq!((client.extensions(), client.tls()), (vec![], None));
    drop(client);
    server.wait_until_ended();
    server.finish();
}

#[test]
fn a_refusing_greeting_gives_no_session() {
    let no = "554 5.7.1 No service here";
    let script = || Script::new().say(no).followed_by(quit());
    let server = Server::start([script(), script()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    assert_eq!(mailer.dial().err(), Some(rejected(Phase::Greeting, no)));
    assert_eq!(mailer.connect().err(), Some(rejected(Phase::Greeting, no)));
    server.finish();
}

#[test]
fn connect_sends_ehlo_starts_tls_and_authenticates() {
    let authority = Authority::new();
    let server = Server::start([asked()
        .start_tls(&authority.issue(LOOPBACK))
        .expect("EHLO [127.0.0.1]")
        .say(&ehlo(&["AUTH PLAIN"]))
        .expect("AUTH PLAIN AGFkYQBzZXNhbWU=")
        .say("235 2.7.0 Welcome")
        .followed_by(noop())
        .followed_by(quit())]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    mailer.set_password("ada", "sesame");
    let client = mailer.connect().unwrap();
    assert!(client.tls().is_some());
    assert_eq!(client.greeting(), reply("220 mail.test ESMTP"));
    assert_eq!(client.noop(), Ok(reply(NOOP)));
    assert_eq!(client.quit(), Ok(reply("221 2.0.0 Bye")));
    server.finish();
}

#[test]
fn a_session_does_not_use_the_kept_connection_of_its_mailer() {
    let server = Server::start([
        hello(&[]).followed_by(noop()),
        delivery().followed_by(message()),
    ]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let client = mailer.connect().unwrap();
    expect_delivery(&mailer);
    client.noop().unwrap();
    expect_delivery(&mailer);
    drop(mailer);
    drop(client);
    server.finish();
}

#[test]
fn hello_sends_the_callers_name_and_returns_the_reply() {
    let server = Server::start([greeting()
        .expect("EHLO client.example.org")
        .say("250-mail.test greets you\r\n250 SIZE 1000")
        .expect("EHLO [192.0.2.1]")
        .say("250 mail.test")]);
    let instance = instance();
    let client = plain(&instance, &server).dial().unwrap();
    assert_invalid(client.hello("client\r\nQUIT"));
    let heard = client.hello("client.example.org").unwrap();
    assert_eq!(heard.text, "mail.test greets you\nSIZE 1000");
    assert_eq!(client.extension("size"), Some("1000".into()));
    client.hello("[192.0.2.1]").unwrap();
    assert_eq!(client.extension("size"), None);
    server.finish();
}

// Conformance: 3
#[test]
fn helo_follows_if_ehlo_is_unknown() {
    let server = Server::start([greeting()
        .expect("EHLO client.example.org")
        .say("502 5.5.1 Not here")
        .expect("HELO client.example.org")
        .say("250 mail.test")
        .followed_by(noop())]);
    let instance = instance();
    let client = plain(&instance, &server).dial().unwrap();
    assert_eq!(
        client.hello("client.example.org"),
        Ok(reply("250 mail.test"))
    );
    assert_eq!(client.extensions(), []);
    client.noop().unwrap();
    server.finish();
}

#[test]
fn a_refused_hello_can_be_repeated() {
    let no = "451 4.7.1 Not yet";
    let server = Server::start([greeting()
        .expect("EHLO client.example.org")
        .say(no)
        .expect("EHLO client.example.org")
        .say("250 mail.test")]);
    let instance = instance();
    let client = plain(&instance, &server).dial().unwrap();
    assert_eq!(
        client.hello("client.example.org"),
        Err(rejected(Phase::Hello, no))
    );
    client.hello("client.example.org").unwrap();
    server.finish();
}

// Conformance: 2
#[test]
fn other_functions_send_ehlo_if_it_is_due() {
    let authority = Authority::new();
    let script = secured(&authority.issue(LOOPBACK)).followed_by(noop());
    let server = Server::start([script, hello(&[]).followed_by(envelope())]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    let client = mailer.dial().unwrap();
    client.start_tls().unwrap();
    client.noop().unwrap();

    let client = mailer.dial().unwrap();
    client.mail(Some("a@mail.test")).unwrap();
    client.rcpt("b@mail.test").unwrap();
    server.finish();
}

// Conformance: 5
#[test]
fn extensions_returns_all_that_the_server_offers() {
    let server = Server::start([hello(&[
        "SIZE 1000",
        "AUTH PLAIN",
        "AUTH=LOGIN CRAM-MD5",
        "X-List a",
        "8bitmime",
        "x-list b",
    ])]);
    let instance = instance();
    let client = plain(&instance, &server).connect().unwrap();
    assert_eq!(
        client.extension("auth"),
        Some("PLAIN LOGIN CRAM-MD5".into())
    );
    assert_eq!(client.extension("X-LIST"), Some("a b".into()));
    assert_eq!(client.extension("8BITMIME"), Some(String::new()));
    assert_eq!(client.extension("PIPELINING"), None);
    let all = client.extensions();
    let all: Vec<_> = all.iter().map(|(k, p)| (k.as_str(), p.as_str())).collect();
    assert_eq!(
        all,
        [
            ("SIZE", "1000"),
            ("AUTH", "PLAIN LOGIN CRAM-MD5"),
            ("X-LIST", "a b"),
            ("8BITMIME", ""),
        ]
    );
    server.finish();
}

#[test]
fn the_negotiated_tls_parameters_are_returned() {
    let authority = Authority::new();
    let identity = authority.intermediate().issue(LOOPBACK);
    let configs = [
        (identity.server_config_tls12(), TlsVersion::Tls12),
        (identity.server_config_tls13(), TlsVersion::Tls13),
    ];
    for (config, version) in configs {
        let script = || {
            let inside = hello(&["STARTTLS"]).expect("STARTTLS").say("220 Go");
            let inside = inside.start_tls_with(config.clone()).expect("EHLO *");
            inside
                .say(&ehlo(&[]))
                .followed_by(noop())
                .followed_by(quit())
        };
        let server = Server::start([script(), script()]);
        let instance = instance();
        let mailer = starttls(&instance, &server, &authority);
        for resumed in [false, true] {
            let client = mailer.dial().unwrap();
            client.start_tls().unwrap();
            client.noop().unwrap();
            let tls = client.tls().expect("TLS is on");
            assert_eq!((tls.version, tls.resumed), (version, resumed));
            assert!(tls.cipher_suite.starts_with("TLS"), "{tls:?}");
            // A resumed session of TLS 1.2 has no key exchange (RFC 5246, section 7.3).
            let exchanged = !(resumed && version == TlsVersion::Tls12);
            assert_eq!(tls.key_exchange.is_empty(), !exchanged, "{tls:?}");
            assert_eq!(tls.peer_certificates, identity.chain_der());
            client.quit().unwrap();
        }
        server.finish();
    }
}

// Conformance: 39
#[test]
fn a_refused_starttls_leaves_the_session_in_clear() {
    let no = "454 4.7.0 Not now";
    let server = Server::start([
        hello(&[]).followed_by(noop()),
        hello(&["STARTTLS"])
            .expect("STARTTLS")
            .say(no)
            .followed_by(noop()),
    ]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    let client = mailer.connect().unwrap();
    assert_eq!(client.start_tls(), Err(Error::StarttlsUnavailable));
    client.noop().unwrap();

    let client = mailer.connect().unwrap();
    assert_eq!(client.start_tls(), Err(rejected(Phase::Starttls, no)));
    assert_eq!(client.tls(), None);
    client.noop().unwrap();
    server.finish();
}

// Conformance: 39, 40
#[test]
fn tls_starts_only_once_and_not_within_a_transaction() {
    let authority = Authority::new();
    let script = secured(&authority.issue(LOOPBACK)).followed_by(noop());
    let in_transaction = hello(&["STARTTLS"]).expect("MAIL *").say("250 Ok");
    let server = Server::start([script, in_transaction.followed_by(noop())]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    let client = mailer.connect().unwrap();
    assert_wrong_state(client.start_tls());
    client.noop().unwrap();

    let client = mailer.dial().unwrap();
    client.mail(None).unwrap();
    assert_wrong_state(client.start_tls());
    assert_wrong_state(client.authenticate(&password("ada", "sesame")));
    client.noop().unwrap();
    server.finish();
}

// Conformance: 49
#[test]
fn after_a_wrong_password_the_right_one_is_accepted() {
    let (no, yes) = ("535 5.7.8 Wrong", "235 2.7.0 Welcome");
    let server = Server::start([hello(&["AUTH PLAIN"])
        .expect("AUTH PLAIN AGFkYQB3cm9uZw==")
        .say(no)
        .expect("AUTH PLAIN AGFkYQBzZXNhbWU=")
        .say(yes)
        .followed_by(noop())]);
    let instance = instance();
    let client = plain(&instance, &server).connect().unwrap();
    let wrong = client.authenticate(&password("ada", "wrong"));
    assert_eq!(wrong, Err(auth_refused(&["PLAIN"], no)));
    let right = client.authenticate(&password("ada", "sesame"));
    assert_eq!(right, Ok(reply(yes)));
    client.noop().unwrap();
    server.finish();
}

#[test]
fn a_callers_own_mechanism_works_step_by_step() {
    let yes = "235 2.7.0 Welcome";
    let server = Server::start([hello(&["AUTH X-TEST"])
        .expect("AUTH X-TEST")
        .say("334 b25l")
        .expect("MQ==")
        .say("334")
        .expect("")
        .say(yes)]);
    let instance = instance();
    let client = plain(&instance, &server).connect().unwrap();
    let challenge = |text: &[u8]| Ok(AuthStep::Challenge(text.into()));
    assert_eq!(client.auth_start("X-TEST", None), challenge(b"one"));
    assert_wrong_state(client.noop());
    assert_wrong_state(client.auth_start("X-TEST", None));
    assert_eq!(client.auth_respond(b"1"), challenge(b""));
    assert_eq!(client.auth_respond(b""), Ok(AuthStep::Done(reply(yes))));
    assert_wrong_state(client.auth_respond(b"3"));
    assert_wrong_state(client.auth_cancel());
    server.finish();
}

#[test]
fn a_callers_own_mechanism_may_have_an_initial_response() {
    let no = "535 5.7.8 No";
    let server = Server::start([hello(&["AUTH X-TEST"])
        .expect("AUTH X-TEST Zmlyc3Q=")
        .say(no)
        .expect("AUTH X-TEST =")
        .say("235 2.7.0 Welcome")]);
    let instance = instance();
    let client = plain(&instance, &server).connect().unwrap();
    assert_invalid(client.auth_start("X TEST", None));
    assert_invalid(client.auth_start("X\r\nTEST", None));
    assert_invalid(client.auth_start("", None));
    let first = client.auth_start("X-TEST", Some(b"first"));
    assert_eq!(first, Err(rejected(Phase::Auth, no)));
    client.auth_start("X-TEST", Some(b"")).unwrap();
    server.finish();
}

// Conformance: 45, 47
#[test]
fn an_exchange_is_cancelled_by_the_caller_or_if_a_challenge_is_not_base64() {
    let cancelled = "501 5.7.0 Cancelled";
    let server = Server::start([hello(&["AUTH X-TEST"])
        .expect("AUTH X-TEST")
        .say("334 b25l")
        .expect("*")
        .say(cancelled)
        .expect("AUTH X-TEST")
        .say("334 %%%")
        .expect("*")
        .say(cancelled)
        .followed_by(noop())]);
    let instance = instance();
    let client = plain(&instance, &server).connect().unwrap();
    client.auth_start("X-TEST", None).unwrap();
    assert_eq!(client.auth_cancel(), Ok(reply(cancelled)));
    let error = client.auth_start("X-TEST", None).unwrap_err();
    assert!(
        matches!(error, Error::ProtocolError((Phase::Auth, _))),
        "{error:?}"
    );
    client.noop().unwrap();
    server.finish();
}
