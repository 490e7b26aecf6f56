//! What the server refuses, and what the component refuses in its name.

use host_tests::{Error, Mailer, OutgoingMessage, Phase, RecipientReply, Security};
use servers::real::{Kind, LATER, REJECTED, SIZE_LIMIT, USER};

use crate::visit::{MESSAGE, Visit, WAYS, codes, instance, to, transcript};

pub fn are_told_apart(visit: &mut Visit) -> String {
    for (security, _) in WAYS {
        let instance = instance();
        let mailer = visit.mailer(&instance, security);
        let refused = refused(visit.server.kind);
        let some = [&[refused[0], USER], &refused[1..]].concat();
        let receipt = mailer.send(&to(&some), MESSAGE).unwrap();
        visit.took(MESSAGE);
        assert_eq!(codes(&receipt.accepted), [(USER, 250)]);
        assert_refused(&receipt.refused, refused);
        assert!(receipt.unknown.is_empty());

        let error = mailer.send(&to(refused), MESSAGE).unwrap_err();
        let Error::RecipientsRefused(all) = error else {
            panic!("another error: {error:?}");
        };
        assert_refused(&all, refused);

        size_is_refused(visit, &mailer);
        visit.delivers(&mailer);
    }
    visit.everything_arrived();
    "refused recipients, some and all, a message over SIZE".into()
}

/// Letters to a good recipient, to a refused one, and to both, in one call: each has the answers of its own.
pub fn cost_no_other_letter(visit: &mut Visit) -> String {
    let refused = refused(visit.server.kind);
    let kinds = [vec![USER], refused.to_vec(), [&[USER], refused].concat()];
    let letters: Vec<OutgoingMessage> = kinds
        .iter()
        .cycle()
        .take(30)
        .map(|names| letter(names))
        .collect();
    let instance = instance();
    let mailer = visit.mailer(&instance, Security::Starttls);
    let outcomes = mailer.send_all(&letters);
    assert_eq!(outcomes.len(), letters.len());
    for (names, outcome) in kinds.iter().cycle().zip(outcomes) {
        let told = match outcome {
            Ok(receipt) => {
                assert_eq!(codes(&receipt.accepted), [(USER, 250)]);
                assert!(receipt.unknown.is_empty());
                visit.took(MESSAGE);
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
    visit.everything_arrived();
    "30 in one call with refused recipients among them".into()
}

fn letter(recipients: &[&str]) -> OutgoingMessage {
    OutgoingMessage {
        envelope: to(recipients),
        message: MESSAGE.to_vec(),
    }
}

/// Whom the server refuses.
fn refused(kind: Kind) -> &'static [&'static str] {
    if kind.defers() {
        &[REJECTED, LATER]
    } else {
        &[REJECTED]
    }
}

/// One of them for good, the other for now.
#[track_caller]
fn assert_refused(told: &[RecipientReply], recipients: &[&str]) {
    let code = |name| if name == LATER { 450 } else { 550 };
    let expected: Vec<_> = recipients.iter().map(|name| (*name, code(*name))).collect();
    assert_eq!(codes(told), expected);
}

/// By the component, where the server announces its limit.
#[track_caller]
fn size_is_refused(visit: &Visit, mailer: &Mailer) {
    transcript(mailer);
    let error = mailer.send(&to(&[USER]), &too_large()).unwrap_err();
    if visit.server.kind == Kind::Courier {
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

/// By an octet at least.
fn too_large() -> Vec<u8> {
    const LINE: &[u8] =
        b"0123456789012345678901234567890123456789012345678901234567890123456789\r\n";
    let lines = (SIZE_LIMIT - MESSAGE.len()) / LINE.len() + 1;
    [MESSAGE, &LINE.repeat(lines)].concat()
}
