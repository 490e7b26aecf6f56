//! What the server refuses, and what the component refuses in its name.

use host_tests::Error;
use servers::real::{LATER, REJECTED, SIZE_LIMIT, USER};

use crate::visit::{MESSAGE, Visit, WAYS, codes, instance, to, transcript};

pub fn are_told_apart(visit: &mut Visit) -> String {
    for (security, _) in WAYS {
        let instance = instance();
        let mailer = visit.mailer(&instance, security);
        let receipt = mailer.send(&to(&[REJECTED, USER, LATER]), MESSAGE).unwrap();
        visit.took(MESSAGE);
        assert_eq!(codes(&receipt.accepted), [(USER, 250)]);
        assert_eq!(codes(&receipt.refused), [(REJECTED, 550), (LATER, 450)]);
        assert!(receipt.unknown.is_empty());

        let error = mailer.send(&to(&[LATER, REJECTED]), MESSAGE).unwrap_err();
        let Error::RecipientsRefused(refused) = error else {
            panic!("another error: {error:?}");
        };
        assert_eq!(codes(&refused), [(LATER, 450), (REJECTED, 550)]);

        transcript(&mailer);
        let error = mailer.send(&to(&[USER]), &too_large()).unwrap_err();
        assert_eq!(error, Error::MessageTooLarge(SIZE_LIMIT as u64));
        let said = transcript(&mailer);
        assert!(!said.contains("MAIL FROM"), "{said}");

        visit.delivers(&mailer);
    }
    visit.everything_arrived();
    "refused recipients, some and all, a message over SIZE".into()
}

/// By an octet at least.
fn too_large() -> Vec<u8> {
    const LINE: &[u8] =
        b"0123456789012345678901234567890123456789012345678901234567890123456789\r\n";
    let lines = (SIZE_LIMIT - MESSAGE.len()) / LINE.len() + 1;
    [MESSAGE, &LINE.repeat(lines)].concat()
}
