//! Logins that the server refuses after it has taken others.

use envoi::sasl::{Credentials, Password};
use envoi::smtp::config::PipeliningAfterMessage;
use envoi::smtp::error::Error;
use envoi::smtp::parameters::Options;

use super::messages::HELLO;
use super::network::{FakeNetwork, both_ways};

/// AUTH and the first envelope in one flight. The server takes one recipient at once.
const BEGIN: &str = "
    S: 220 mail.example.org ESMTP
    C: EHLO [192.0.2.9]
    S: 250-mail.example.org
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250-AUTH PLAIN
    S: 250 LIMITS RCPTMAX=1
    C: AUTH PLAIN AHVzZXIAc2VjcmV0
    C: MAIL FROM:<a@example.net>
";

fn mailer(network: &FakeNetwork) -> envoi::Mailer<FakeNetwork> {
    // Without TLS, a password is sent over loopback only.
    network.resolves_to(&["127.0.0.1"]);
    let mut mailer = network.mailer();
    mailer.set_credentials(Some(Credentials::Password(Password {
        username: "user".into(),
        password: "secret".into(),
        authorization_id: None,
    })));
    mailer.set_pipelining_after_message(PipeliningAfterMessage::Never);
    mailer
}

#[test]
fn nothing_more_is_sent_after_a_refused_login_even_if_the_message_had_failed_in_part_before() {
    both_ways(|network| {
        let mut mailer = mailer(network);
        let first = format!(
            "{BEGIN}
            C: RCPT TO:<b@example.org>
            S: 235 Welcome
            S: 250 OK
            S: 250 OK
            C: BDAT 26 LAST
            C: Subject: hello
            C:
            C: Hello.
            S: 554 No message for b
            C: MAIL FROM:<a@example.net>
            S: 421 Bye
            closes"
        );
        let second = format!(
            "{BEGIN}
            C: RCPT TO:<c@example.org>
            S: 454 Not now
            S: 250 OK
            S: 250 OK
            C: QUIT
            S: 221 Bye"
        );
        network.connects("127.0.0.1", 0, &first);
        network.connects("127.0.0.1", 0, &second);

        let options = Options::default();
        let message = |recipients: &[&str]| {
            let recipients: Vec<String> = recipients
                .iter()
                .map(|name| format!("{name}@example.org"))
                .collect();
            let sender = Some("a@example.net");
            mailer.outgoing_message(sender, &recipients, HELLO.as_bytes(), &options)
        };
        let messages = [message(&["b", "c", "d"]), message(&["e"])].map(Result::unwrap);
        let sent = network.run(mailer.send_all(&messages));
        let is_login = |sent: &Result<_, Error>| matches!(sent, Err(Error::AuthRefused(..)));
        assert!(sent.iter().all(is_login), "{sent:?}");
    });
}
