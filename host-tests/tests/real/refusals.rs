//! Refusals by the server, and those that the component makes because of an announced limit.

use host_tests::{Error, Mailer, OutgoingMessage, Phase, RecipientReply, Security};
use servers::real::{DEFERRED, Kind, REJECTED, SIZE_LIMIT, USER};

use crate::server_under_test::{
    MESSAGE, ServerUnderTest, TLS_MODES, codes, instance, to, transcript,
};

pub(crate) fn are_told_apart(server: &mut ServerUnderTest) -> String {
    for (security, _) in TLS_MODES {
        let instance = instance();
        let mailer = server.mailer(&instance, security);
        let refused = refused(server.real.kind);
        let some = [&[refused[0], USER], &refused[1..]].concat();
        let receipt = mailer.send(&to(&some), MESSAGE).unwrap();
        server.expect_stored(MESSAGE);
        assert_eq!(codes(&receipt.accepted), [(USER, 250)]);
        assert_refused(&receipt.refused, refused);
        assert!(receipt.unknown.is_empty());

        let error = mailer.send(&to(refused), MESSAGE).unwrap_err();
        let Error::RecipientsRefused(all) = error else {
            panic!("another error: {error:?}");
        };
        assert_refused(&all, refused);

        size_is_refused(server, &mailer);
        server.deliver(&mailer);
    }
    server.assert_mailbox();
    "refused recipients, some and all, a message over SIZE".into()
}

/// One call with messages to an accepted recipient, to a refused one, and to both: each message has its
/// own outcome.
pub(crate) fn do_not_affect_other_messages(server: &mut ServerUnderTest) -> String {
    let refused = refused(server.real.kind);
    let kinds = [vec![USER], refused.to_vec(), [&[USER], refused].concat()];
    let letters: Vec<OutgoingMessage> = kinds
        .iter()
        .cycle()
        .take(30)
        .map(|names| letter(names))
        .collect();
    let instance = instance();
    let mailer = server.mailer(&instance, Security::Starttls);
    let outcomes = mailer.send_all(&letters);
    assert_eq!(outcomes.len(), letters.len());
    for (names, outcome) in kinds.iter().cycle().zip(outcomes) {
        let told = match outcome {
            Ok(receipt) => {
                assert_eq!(codes(&receipt.accepted), [(USER, 250)]);
                assert!(receipt.unknown.is_empty());
                server.expect_stored(MESSAGE);
                receipt.refused
            }
            Err(Error::RecipientsRefused(told)) => {
                assert!(!names.contains(&USER), "{told:?}");
                told
            }
            Err(error) => panic!("to {names:?}: {error:?}"),
        };
        let refused: Vec<_> = names.iter().copied().filter(|name| *name != USER).collect();
        assert_refused(&told, &refused);
    }
    server.assert_mailbox();
    "30 in one call with refused recipients among them".into()
}

fn letter(recipients: &[&str]) -> OutgoingMessage {
    OutgoingMessage {
        envelope: to(recipients),
        message: MESSAGE.to_vec(),
    }
}

/// The recipients that the server refuses.
fn refused(kind: Kind) -> &'static [&'static str] {
    if kind.has_deferred_recipient() {
        &[REJECTED, DEFERRED]
    } else {
        &[REJECTED]
    }
}

/// One of them is refused permanently, the other one temporarily.
#[track_caller]
fn assert_refused(told: &[RecipientReply], recipients: &[&str]) {
    let code = |name| if name == DEFERRED { 450 } else { 550 };
    let expected: Vec<_> = recipients.iter().map(|name| (*name, code(*name))).collect();
    assert_eq!(codes(told), expected);
}

/// The component refuses the message if the server announces its limit.
#[track_caller]
fn size_is_refused(server: &ServerUnderTest, mailer: &Mailer) {
    transcript(mailer);
    let error = mailer.send(&to(&[USER]), &too_large()).unwrap_err();
    if server.real.kind == Kind::Courier {
        let Error::Rejected(refusal) = error else {
            panic!("another error: {error:?}");
        };
        assert_eq!((refusal.phase, refusal.reply.code), (Phase::Mail, 534));
    } else {
        assert_eq!(error, Error::MessageTooLarge(SIZE_LIMIT as u64));
        let said = transcript(mailer);
        assert!(!said.contains("MAIL FROM"), "{said}");
    }
}

/// Too large by one line at most.
fn too_large() -> Vec<u8> {
    const LINE: &[u8] =
        b"0123456789012345678901234567890123456789012345678901234567890123456789\r\n";
    let lines = (SIZE_LIMIT - MESSAGE.len()) / LINE.len() + 1;
    [MESSAGE, &LINE.repeat(lines)].concat()
}
