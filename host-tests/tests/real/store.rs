//! A mail store, which speaks LMTP (RFC 2033): an answer for each recipient, before the message and
//! after it.

use host_tests::Error;
use servers::real::{FULL, LATER, REJECTED, USER};

use crate::visit::{MESSAGE, Visit, WAYS, codes, instance, to, transcript};

pub fn answers_for_each_recipient(visit: &mut Visit) -> String {
    for (security, _) in WAYS {
        let instance = instance();
        let mailer = visit.mailer(&instance, security);
        let all = to(&[REJECTED, FULL, USER, LATER]);
        let receipt = mailer.send(&all, MESSAGE).unwrap();
        visit.took(MESSAGE);
        assert_eq!(codes(&receipt.accepted), [(USER, 250)]);
        let refused = [(REJECTED, 550), (LATER, 451), (FULL, 552)];
        assert_eq!(codes(&receipt.refused), refused);
        assert!(receipt.unknown.is_empty());

        let error = mailer.send(&to(&[FULL, REJECTED]), MESSAGE).unwrap_err();
        let Error::RecipientsRefused(refused) = error else {
            panic!("another error: {error:?}");
        };
        assert_eq!(codes(&refused), [(REJECTED, 550), (FULL, 552)]);
        let said = transcript(&mailer);
        assert!(said.contains("LHLO ") && !said.contains("EHLO "), "{said}");
        visit.delivers(&mailer);
    }
    visit.everything_arrived();
    "recipients refused before the message and after it".into()
}
