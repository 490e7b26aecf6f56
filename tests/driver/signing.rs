//! Messages that are signed as they leave (RFC 6376).

use envoi::dkim::{HashedMessage, Signer, sign_all};
use envoi::smtp::error::Error;
use envoi::smtp::parameters::Options;

use super::messages::{ENVELOPE, send};
use super::network::both_ways;

const ED25519: &[u8] = include_bytes!("../../message/tests/keys/ed25519.pem");
const RSA: &[u8] = include_bytes!("../../message/tests/keys/rsa-2048.pem");
/// The fake network's time.
const NOW: u64 = 1_700_000_000;

/// With line ends to repair, and a dot to double.
const WRITTEN: &str = "From: a@example.net\nSubject: one\n\n.Hello.";
const SENT: &str = "From: a@example.net\r\nSubject: one\r\n\r\n.Hello.\r\n";

fn signers() -> Vec<Signer> {
    let signer = |(selector, key)| Signer::new("example.net", selector, key).unwrap();
    [("rsa", RSA), ("ed", ED25519)].map(signer).into()
}

/// The signatures of the message as it is sent.
fn signatures() -> String {
    let message = HashedMessage::new(SENT.as_bytes()).unwrap();
    sign_all(&signers(), &message, NOW).unwrap()
}

/// The lines of a script in which the client sends these.
fn says(lines: &str) -> String {
    lines.lines().map(|line| format!("C: {line}\n")).collect()
}

#[test]
fn the_signatures_leave_first_and_cover_the_octets_that_follow() {
    both_ways(|network| {
        let content = says(&(signatures() + &SENT.replace("\r\n.", "\r\n..")));
        network.serves(&format!("{ENVELOPE}{content}C: .\nS: 250 Queued"));
        let mut mailer = network.mailer();
        mailer.set_signers(signers());
        assert_eq!(send(network, &mut mailer, WRITTEN).as_deref(), Ok("Queued"));
    });
}

#[test]
fn a_chunk_and_the_declared_size_count_the_signatures() {
    both_ways(|network| {
        let size = signatures().len() + SENT.len();
        let content = says(&(signatures() + SENT));
        network.serves(&format!(
            "S: 220 mail.example.org ESMTP
            C: EHLO [192.0.2.9]
            S: 250-mail.example.org
            S: 250-SIZE
            S: 250 CHUNKING
            C: MAIL FROM:<a@example.net> SIZE={size}
            S: 250 OK
            C: RCPT TO:<b@example.org>
            S: 250 OK
            C: BDAT {size} LAST
            {content}S: 250 Queued"
        ));
        let mut mailer = network.mailer();
        mailer.set_signers(signers());
        assert_eq!(send(network, &mut mailer, WRITTEN).as_deref(), Ok("Queued"));
    });
}

#[test]
fn a_message_that_verifiers_disagree_about_is_refused_with_its_fault() {
    both_ways(|network| {
        let mut mailer = network.mailer();
        mailer.set_signers(signers());
        for (message, fault) in [
            ("Subject: one\r\n\r\nHello.\r\n", "From"),
            ("From: a@example.net\r\nSubject : one\r\n\r\n", "line 2"),
            ("From: a@example.net\r\n", "blank line"),
        ] {
            match send(network, &mut mailer, message) {
                Err(Error::InvalidArgument(why)) => assert!(why.contains(fault), "{why}"),
                other => panic!("{other:?}"),
            }
        }
    });
}

#[test]
fn a_message_in_pieces_is_refused_by_a_mailer_that_signs() {
    both_ways(|network| {
        let mut mailer = network.mailer();
        mailer.set_signers(signers());
        let (recipients, options) = (["b@example.org".into()], Options::default());
        let started = mailer.start_message(Some("a@example.net"), &recipients, &options);
        match network.run(started).err() {
            Some(Error::InvalidArgument(why)) => assert!(why.contains("set-signers"), "{why}"),
            other => panic!("{other:?}"),
        }
    });
}
