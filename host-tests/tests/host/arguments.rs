//! Invalid arguments are refused with a reason.

use host_tests::{Credentials, Envelope, Mailer, PasswordCredentials};
use servers::scripted::Server;

use crate::support::*;

const BREAKS: [&str; 3] = ["\r", "\n", "\0"];

/// `attempt` has to get an error without sending anything; the next message is delivered.
#[track_caller]
fn expect_refusal(attempt: impl Fn(&Mailer)) {
    let server = Server::start([delivery()]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    attempt(&mailer);
    expect_delivery(&mailer);
    server.finish();
}

// Conformance: 1, 21
#[test]
fn line_breaks_in_addresses_are_refused() {
    for broken in BREAKS {
        for address in [
            format!("a@mail.test{broken}"),
            format!("{broken}a@mail.test"),
            format!("a@mail.test>{broken}RCPT TO:<c@mail.test"),
            format!("\"a{broken}b\"@mail.test"),
            format!("a@mail{broken}.test"),
        ] {
            expect_refusal(|mailer| {
                assert_invalid(mailer.send(&to(&[&address]), MESSAGE));
                assert_invalid(mailer.send(&to(&["b@mail.test", &address]), MESSAGE));
                let sender = Some(address.clone());
                let recipients = vec!["b@mail.test".into()];
                assert_invalid(mailer.send(&Envelope { sender, recipients }, MESSAGE));
            });
        }
    }
}

// Conformance: 12
#[test]
fn an_invalid_address_is_refused() {
    let long = format!("{}@mail.test", "x".repeat(65));
    for address in [
        "",
        " ",
        "a",
        "a@",
        "@mail.test",
        "<a@mail.test>",
        "a@b@c",
        "a@mail..test",
        &long,
    ] {
        expect_refusal(|mailer| assert_invalid(mailer.send(&to(&[address]), MESSAGE)));
    }
    expect_refusal(|mailer| assert_invalid(mailer.send(&to(&[]), MESSAGE)));
    expect_refusal(|mailer| {
        let envelope = Envelope {
            sender: Some("postmaster".into()),
            ..to_b()
        };
        assert_invalid(mailer.send(&envelope, MESSAGE));
    });
}

// Conformance: 1, 21
#[test]
fn line_breaks_in_names_are_refused() {
    for broken in BREAKS {
        expect_refusal(|mailer| {
            assert_invalid(mailer.set_local_name(&format!("client{broken}QUIT")));
            assert_invalid(mailer.set_server_name(&format!("mail.test{broken}")));
            assert_invalid(mailer.set_mechanisms(&[&format!("PLAIN{broken}")]));
        });
    }
    expect_refusal(|mailer| {
        assert_invalid(mailer.set_local_name(""));
        assert_invalid(mailer.set_local_name("two words"));
        assert_invalid(mailer.set_server_name(""));
        assert_invalid(mailer.set_mechanisms(&["DIGEST-MD5"]));
    });
}

#[test]
fn invalid_host_names_are_refused() {
    let instance = instance();
    for host in [
        "",
        "mail.test\r",
        "mail\n.test",
        "mail.test\0",
        "mail.test:25",
        "[::1]",
        "a b",
    ] {
        assert_invalid(instance.mailer(host).send(&to_b(), MESSAGE));
    }
    let server = Server::start([delivery()]);
    expect_delivery(&plain(&instance, &server));
    server.finish();
}

#[test]
fn credentials_that_fit_no_mechanism_are_refused() {
    let password = |username: &str, password: &str, acting_as: Option<&str>| {
        Some(Credentials::Password(PasswordCredentials {
            username: username.into(),
            password: password.into(),
            authorization_id: acting_as.map(str::to_owned),
        }))
    };
    for credentials in [
        password("a\0da", "sesame", None),
        password("ada", "sesame\0", None),
        password("ada", "sesame", Some("\0grace")),
        password("", "sesame", None),
        password("ada", "", None),
    ] {
        expect_refusal(|mailer| {
            mailer.set_credentials(credentials.clone());
            let sent = mailer.send(&to_b(), MESSAGE);
            assert!(!format!("{sent:?}").contains("sesame"), "{sent:?}");
            assert_invalid(sent);
            mailer.set_credentials(None);
        });
    }
}

#[test]
fn line_breaks_in_a_password_are_allowed() {
    // `\0ada\0a\r\nb`, in base64.
    let script = hello(&["AUTH PLAIN"])
        .expect("AUTH PLAIN AGFkYQBhDQpi")
        .say("235 2.7.0 Welcome");
    let server = Server::start([script.followed_by(message())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_password("ada", "a\r\nb");
    expect_delivery(&mailer);
    server.finish();
}

#[test]
fn invalid_urls_are_refused_without_repeating_the_password() {
    let instance = instance();
    for url in [
        "",
        "127.0.0.1",
        "http://127.0.0.1",
        "smtp://",
        "smtp://ada@127.0.0.1",
        "smtp://ada:sesame@127.0.0.1:0",
        "smtp://ada:sesame@127.0.0.1:99999",
        "smtp://ada:sesame@127.0.0.1/mail",
        "smtp://ada:sesame%2@127.0.0.1",
        "smtp://ada:se:sa:me@127.0.0.1",
        "smtp://ada:sesame%FF@127.0.0.1",
        "smtp://ada:sesame%00@127.0.0.1",
        "smtp://127.0.0.1\r\n",
        "smtp://127.0.0.1:\x0025",
    ] {
        let sent = instance.send_mail(url, "a@mail.test", &["b@mail.test"], MESSAGE);
        assert!(!format!("{sent:?}").contains("sesame"), "{sent:?}");
        assert_invalid(sent);
    }
    let server = Server::start([delivery()]);
    expect_delivery(&plain(&instance, &server));
    server.finish();
}

#[test]
fn invalid_trust_anchors_are_refused() {
    expect_refusal(|mailer| {
        assert_invalid(mailer.add_trust_anchors(b""));
        assert_invalid(mailer.add_trust_anchors(b"not a certificate"));
        assert_invalid(mailer.add_trust_anchors(&[0x30, 0x82, 0xff, 0xff, 1, 2, 3]));
        let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert_invalid(mailer.add_trust_anchors(pem.as_bytes()));
    });
}

#[test]
fn an_empty_sender_is_the_null_reverse_path_for_send_mail_only() {
    expect_refusal(|mailer| {
        let envelope = Envelope {
            sender: Some(String::new()),
            ..to_b()
        };
        assert_invalid(mailer.send(&envelope, MESSAGE));
    });

    let server = Server::start([hello(&[])
        .expect("MAIL FROM:<>")
        .say("250 2.1.0 Ok")
        .expect("RCPT TO:<b@mail.test>")
        .say("250 2.1.5 Ok")
        .expect("DATA")
        .followed_by(content())
        .followed_by(quit())]);
    let url = format!("smtp://127.0.0.1:{}", server.port());
    instance()
        .send_mail(&url, "", &["b@mail.test"], MESSAGE)
        .unwrap();
    server.finish();
}
