//! Verifiers accept what the signer signs, and find what was changed.

mod messages;

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs, process};

use envoi_message::dkim::{HashedMessage, Signer, sign_all};
use servers::report;
use verifiers::Verifier;
use verifiers::dns::DnsServer;

/// Selectors, and the keys below `message/`.
const KEYS: &[(&str, &[u8])] = &[
    (
        "rsa1024",
        include_bytes!("../../../message/tests/keys/rsa-1024.pem"),
    ),
    (
        "rsa2048",
        include_bytes!("../../../message/tests/keys/rsa-2048.pem"),
    ),
    (
        "rsa4096",
        include_bytes!("../../../message/tests/keys/rsa-4096.pem"),
    ),
    (
        "ed25519",
        include_bytes!("../../../message/tests/keys/ed25519.pem"),
    ),
];
/// The keys that sign each message together.
const SIGNERS: &[&[&str]] = &[
    &["rsa1024"],
    &["rsa2048"],
    &["rsa4096"],
    &["ed25519"],
    &["rsa2048", "ed25519"],
    &["ed25519", "rsa2048"],
];
/// Messages that one verifier rejects, as `envoi_message::dkim` says. If it passes them one day, the line goes.
const REJECTED: &[(Verifier, &str)] = &[
    (Verifier::MailAuth, "lines of white space alone"),
    (Verifier::MailAuth, "white space on the last line"),
    (Verifier::Mailauth, "the octet A0 in a field"),
];
const BOTH: &[&str] = &["rsa2048", "ed25519"];

#[test]
fn every_verifier_passes_each_message_of_the_corpus() {
    let mut set = Set::new("passed");
    for (name, message) in messages::corpus() {
        for selectors in SIGNERS {
            set.add(
                &format!("{name}, {}", selectors.join(" and ")),
                selectors,
                &message,
                <[u8]>::to_vec,
            );
        }
    }
    set.verify("messages pass", passes);
}

#[test]
fn every_verifier_finds_a_changed_octet_of_the_body() {
    let mut set = Set::new("body");
    for (name, message) in messages::corpus() {
        set.add(name, BOTH, &message, with_changed_body);
    }
    set.verify("changed bodies fail", fails);
}

#[test]
fn every_verifier_finds_a_changed_or_an_added_field() {
    let mut set = Set::new("header");
    let message = b"From: ann@example.org\r\nTo: bob@example.net\r\nSubject: one\r\nDate: Mon, 30 Nov 2026 10:00:00 \
        +0000\r\nMessage-ID: <a@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\
        List-Unsubscribe: <https://example.org/>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\nHello.\r\n";
    let text = String::from_utf8_lossy(message);
    let (header, _) = text.split_once("\r\n\r\n").unwrap();
    for field in header.lines() {
        let (name, _) = field.split_once(':').unwrap();
        let changed = format!("{name}: changed@example.org");
        set.add(&format!("changed {name}"), BOTH, message, |_| {
            text.replace(field, &changed).into()
        });
        set.add(&format!("added {name}"), BOTH, message, |_| {
            [&changed, "\r\n", &*text].concat().into()
        });
    }
    // The message has none of these.
    for name in ["Cc", "Reply-To", "In-Reply-To", "References"] {
        let added = [name, ": changed@example.org\r\n", &*text].concat();
        set.add(&format!("first {name}"), BOTH, message, |_| {
            added.clone().into()
        });
    }
    set.verify("changed headers fail", fails);
}

#[test]
fn every_verifier_passes_what_servers_change_in_good_faith() {
    let mut set = Set::new("transit");
    let message =
        b"From: ann@example.org\r\nSubject: one  two\r\nBcc: c@example.net\r\n\r\nHello.  \r\n\r\n";
    for (what, old, new) in [
        ("a trace field", "From:", "Received: from a\r\nFrom:"),
        (
            "a missing date and id",
            "From:",
            "Date: Mon, 30 Nov 2026 10:00:00 +0000\r\nMessage-ID: <a@b>\r\nFrom:",
        ),
        ("no Bcc", "Bcc: c@example.net\r\n", ""),
        (
            "names in other cases, and folds",
            "Subject: one  two",
            "SUBJECT:one\r\n\ttwo",
        ),
        (
            "white space and blank lines at ends",
            "Hello.  \r\n\r\n",
            "Hello.\r\n",
        ),
    ] {
        let text = String::from_utf8_lossy(message);
        set.add(what, BOTH, message, |_| text.replace(old, new).into());
    }
    set.verify("messages pass after servers changed them", passes);
}

fn passes(results: &[String]) -> bool {
    results.iter().all(|result| result == "pass")
}

fn fails(results: &[String]) -> bool {
    results.iter().all(|result| result != "pass")
}

/// Changes the last octet of text, or adds one.
fn with_changed_body(message: &[u8]) -> Vec<u8> {
    let mut changed = message.to_vec();
    let body = changed
        .windows(4)
        .position(|octets| octets == b"\r\n\r\n")
        .unwrap()
        + 4;
    let is_text = |octet: &u8| !octet.is_ascii_whitespace();
    match changed[body..].iter().rposition(is_text) {
        Some(at) => {
            let octet = &mut changed[body + at];
            *octet = if *octet == b'#' { b'%' } else { b'#' };
        }
        None => changed.extend(b"#\r\n"),
    }
    changed
}

/// Signed messages in a folder of their own, which is removed in the end.
struct Set {
    folder: PathBuf,
    signers: Vec<(&'static str, Signer)>,
    messages: Vec<Signed>,
    /// Unix time.
    now: u64,
}

struct Signed {
    /// For those who read a failure.
    name: String,
    file: PathBuf,
    /// The count of new ones.
    signatures: usize,
}

impl Set {
    fn new(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("dkim-{name}-{}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        let signer = |(selector, key): &(&'static str, &[u8])| {
            (
                *selector,
                Signer::new("example.org", selector, key).unwrap(),
            )
        };
        Self {
            folder,
            signers: KEYS.iter().map(signer).collect(),
            messages: Vec::new(),
            now: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap()
                .as_secs(),
        }
    }

    /// Signs a message, and has it changed.
    fn add(
        &mut self,
        name: &str,
        selectors: &[&str],
        message: &[u8],
        change: impl FnOnce(&[u8]) -> Vec<u8>,
    ) {
        let signer = |selector: &&str| {
            let mut signers = self.signers.iter();
            &signers.find(|(known, _)| known == selector).unwrap().1
        };
        let hashed = HashedMessage::new(message).unwrap();
        let fields = sign_all(selectors.iter().map(signer), &hashed, self.now).unwrap();
        let file = self.folder.join(format!("{}.eml", self.messages.len()));
        fs::write(&file, [fields.as_bytes(), &change(message)].concat()).unwrap();
        self.messages.push(Signed {
            name: name.into(),
            file,
            signatures: selectors.len(),
        });
    }

    /// Has each verifier read all messages, and checks its results of the new signatures in each.
    fn verify(&self, what: &str, is_right: fn(&[String]) -> bool) {
        let records = self
            .signers
            .iter()
            .map(|(_, signer)| (signer.record_name(), signer.txt_record().into()));
        let dns = DnsServer::start(records.collect()).unwrap();
        let files: Vec<_> = self.messages.iter().map(|one| one.file.clone()).collect();
        assert!(!files.is_empty());
        for verifier in Verifier::ALL {
            match verifier.verify(&files, &dns) {
                Ok(results) => {
                    assert_eq!(results.len(), files.len(), "{verifier}");
                    let results = self.messages.iter().zip(&results);
                    let checks = results
                        .map(|(message, results)| check(verifier, message, results, is_right));
                    let expected = checks.filter(|is_rejected| !is_rejected).count();
                    report::measured(&format!("DKIM, {verifier}, {what}"), &expected.to_string());
                }
                Err(why) => report::not_run(&verifier, &why),
            }
        }
    }
}

impl Drop for Set {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Returns whether the message is one of those that this verifier is known to reject.
fn check(
    verifier: Verifier,
    message: &Signed,
    results: &[String],
    is_right: fn(&[String]) -> bool,
) -> bool {
    let Signed {
        name, signatures, ..
    } = message;
    // The message may have had a signature before.
    let new = results.get(..*signatures).unwrap_or_default();
    let is_rejected = |(by, part): &(Verifier, &str)| *by == verifier && name.contains(part);
    let is_rejected = REJECTED.iter().any(is_rejected);
    let is_expected = if is_rejected {
        fails(new)
    } else {
        is_right(new)
    };
    assert!(
        new.len() == *signatures && is_expected,
        "{verifier}, {name}: {results:?}"
    );
    is_rejected
}
