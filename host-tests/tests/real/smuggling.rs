//! Smuggling: content that holds what some servers take for the end of a message, and a second message behind it
//! (CVE-2023-51764, -51765, -51766). One message in is one message out, whatever the server's settings.
//!
//! The component ends each line with CRLF and doubles dots, or refuses the content, so that only ordinary content gets to
//! the servers.

use fastrand::Rng;
use host_tests::{BodyType, Error, Instance, Mailer, OutgoingMessage, Security};
use servers::hunt;
use servers::messages::canonicalize;
use servers::real::{Kind, USER};
use servers::report;

use crate::server_under_test::{MESSAGE, ServerUnderTest, codes, instance, to};

#[test]
fn postfix_gets_one_message_for_one() {
    smuggle_with(
        Kind::Postfix,
        &[
            ("default", ""),
            ("lenient", POSTFIX_LENIENT),
            ("strict", POSTFIX_STRICT),
        ],
    );
}

#[test]
fn exim_gets_one_message_for_one() {
    smuggle_with(
        Kind::Exim,
        &[("default", ""), ("lenient", "smtp_enforce_sync = false")],
    );
}

#[test]
fn smtp_server_gets_one_message_for_one() {
    smuggle_with(Kind::SmtpServer, &[("default", "")]);
}

#[test]
fn aiosmtpd_gets_one_message_for_one() {
    smuggle_with(Kind::Aiosmtpd, &[("default", "")]);
}

#[test]
fn haraka_gets_one_message_for_one() {
    smuggle_with(
        Kind::Haraka,
        &[("default", ""), ("strict", "strict_rfc1869=true")],
    );
}

/// As before the CVE.
const POSTFIX_LENIENT: &str = "smtpd_forbid_bare_newline = no
smtpd_forbid_unauth_pipelining = no";
/// For clients of this machine too, which are excluded by default.
const POSTFIX_STRICT: &str = "smtpd_forbid_bare_newline = reject
smtpd_forbid_bare_newline_exclusions =
smtpd_forbid_unauth_pipelining = yes";

/// What may stand before and after the dot: all that is published is made of these.
const LINE_ENDS: [&[u8]; 8] = [
    b"", b"\r", b"\n", b"\r\n", b"\n\r", b"\r\r", b"\n\n", b"\r\r\n",
];

/// What some software takes for a line end, or passes over.
const OTHERS: [&[u8]; 7] = [
    b"\0",
    b"\r\0\n",
    b"\x0b",
    b"\x0c",
    b"\xc2\x85",
    b"\xe2\x80\xa8",
    b"\x8d\x8a",
];

/// A transaction that a server would accept.
const SMUGGLED: &[u8] =
    b"MAIL FROM:<smuggled@example.test>\r\nRCPT TO:<smuggled@example.test>\r\nDATA\r\n\
    From: <smuggled@example.test>\r\nSubject: smuggled\r\n\r\nSmuggled.\r\n.\r\n";

/// How many others are sent too, of those that are not published.
const UNPUBLISHED: (usize, usize) = (40, usize::MAX);
/// How many of all are also written in pieces.
const IN_PIECES: (usize, usize) = (20, usize::MAX);

fn smuggle_with(kind: Kind, settings: &[(&str, &str)]) {
    let mut done = Vec::new();
    for (name, lines) in settings {
        let Some(mut server) = ServerUnderTest::start_with(kind, *lines) else {
            return;
        };
        for chunking in ways(kind) {
            let instance = instance();
            let mailer = server.mailer(&instance, Security::Plaintext);
            mailer.set_chunking(*chunking);
            let whole = send_whole(&mut server, &mailer);
            let pieces = send_in_pieces(&mut server, &mailer);
            binary_is_refused(&instance, &mailer);
            mailer.close();
            assert_mailbox(&mut server);
            let way = if *chunking { "BDAT" } else { "DATA" };
            done.push(format!(
                "{name}, {way}: {whole} whole and {pieces} in pieces"
            ));
        }
    }
    let (seed, done) = (hunt::seed(), done.join("; "));
    report::measured(
        &format!("smuggling, {kind}"),
        &format!(
            "{done}; each arrived as one message, and those with NUL were refused; seed {seed}"
        ),
    );
}

/// Whether CHUNKING is used.
fn ways(kind: Kind) -> &'static [bool] {
    match kind {
        Kind::Postfix | Kind::Exim => &[false, true],
        _ => &[false],
    }
}

/// The content of a message, and where its trick begins and ends.
struct Trick {
    content: Vec<u8>,
    start: usize,
    end: usize,
}

/// All that is published, and some of the others, which the seed chooses.
fn tricks() -> Vec<Trick> {
    let (mut published, mut others) = (Vec::new(), Vec::new());
    let all = [&LINE_ENDS[..], &OTHERS].concat();
    for (before, after) in all
        .iter()
        .flat_map(|before| all.iter().map(move |after| (*before, *after)))
    {
        for (dot, behind) in [(".", SMUGGLED), (".", b""), ("..", SMUGGLED)] {
            let start = MESSAGE.len() - 2;
            let trick = [before, dot.as_bytes(), after].concat();
            let is_published =
                [before, after].iter().all(|end| LINE_ENDS.contains(end)) && dot == ".";
            let list = if is_published {
                &mut published
            } else {
                &mut others
            };
            list.push(Trick {
                content: [&MESSAGE[..start], &trick, behind].concat(),
                start,
                end: start + trick.len(),
            });
        }
    }
    Rng::with_seed(hunt::seed()).shuffle(&mut others);
    others.truncate(hunt::amount(UNPUBLISHED.0, UNPUBLISHED.1));
    published.extend(others);
    published
}

/// All in one call, so that another message follows each. Returns how many arrived.
fn send_whole(server: &mut ServerUnderTest, mailer: &Mailer) -> usize {
    let tricks = tricks();
    let letters = tricks.iter().map(|trick| OutgoingMessage {
        envelope: to(&[USER]),
        message: trick.content.clone(),
    });
    let outcomes = mailer.send_all(&letters.collect::<Vec<_>>());
    assert_eq!(outcomes.len(), tricks.len());
    let mut arrived = 0;
    for (Trick { content, .. }, outcome) in tricks.iter().zip(outcomes) {
        let shown = content.escape_ascii();
        match outcome {
            Ok(receipt) => {
                assert_eq!(codes(&receipt.accepted), [(USER, 250)], "{shown}");
                assert!(!content.contains(&0), "{shown}");
                server.expect_stored(&canonicalize(content));
                arrived += 1;
            }
            Err(error) => assert_refused(content, &error),
        }
    }
    arrived
}

/// Cut at every place of the trick; in the long form, cut once, too, at each. Returns how many arrived.
fn send_in_pieces(server: &mut ServerUnderTest, mailer: &Mailer) -> usize {
    let mut tricks = tricks();
    Rng::with_seed(hunt::seed()).shuffle(&mut tricks);
    tricks.truncate(hunt::amount(IN_PIECES.0, IN_PIECES.1));
    let mut arrived = 0;
    for Trick {
        content,
        start,
        end,
    } in tricks
    {
        let places = start - 2..(end + 2).min(content.len());
        let mut ways = vec![places.clone().collect::<Vec<_>>()];
        ways.extend(
            places
                .map(|place| vec![place])
                .take(hunt::amount(1, usize::MAX)),
        );
        for cuts in ways {
            match write(mailer, &content, &cuts) {
                Ok(()) => {
                    assert!(!content.contains(&0), "{}", content.escape_ascii());
                    server.expect_stored(&canonicalize(&content));
                    arrived += 1;
                }
                Err(error) => assert_refused(&content, &error),
            }
        }
    }
    arrived
}

fn write(mailer: &Mailer, content: &[u8], cuts: &[usize]) -> Result<(), Error> {
    let writer = mailer.start_message(&to(&[USER]))?;
    let mut begun = 0;
    for &cut in cuts.iter().chain([&content.len()]) {
        writer.write(&content[begun..cut])?;
        begun = cut;
    }
    let receipt = writer.finish()?;
    assert_eq!(codes(&receipt.accepted), [(USER, 250)]);
    Ok(())
}

/// The component refuses NUL, and nothing else.
#[track_caller]
fn assert_refused(content: &[u8], error: &Error) {
    let shown = content.escape_ascii();
    assert!(content.contains(&0), "{shown}: {error:?}");
    assert!(
        matches!(error, Error::InvalidArgument(_)),
        "{shown}: {error:?}"
    );
}

/// As BINARYMIME, content would leave as it is; none of these servers offers it.
fn binary_is_refused(instance: &Instance, mailer: &Mailer) {
    let options = instance.options();
    options.set_body_type(BodyType::BinaryMime);
    let content = [MESSAGE, b"\n.\n", SMUGGLED].concat();
    let sent = mailer.send_with(Some(&options), &to(&[USER]), &content);
    assert!(
        matches!(sent, Err(Error::ExtensionUnavailable(_))),
        "{sent:?}"
    );
}

/// What was accepted, nothing else, and for nobody else. A smuggled message would be in the queue by now: the server has
/// answered QUIT.
fn assert_mailbox(server: &mut ServerUnderTest) {
    if matches!(server.real.kind, Kind::Postfix | Kind::Exim) {
        server.real.empty_queue().unwrap();
    }
    server.assert_mailbox();
    for stored in server.real.inbox() {
        let own = server
            .real
            .kind
            .without_trace(&stored)
            .expect("a trace header");
        let trace = stored[..stored.len() - own.len()]
            .escape_ascii()
            .to_string();
        assert!(!trace.contains("smuggled"), "{trace}");
    }
}
