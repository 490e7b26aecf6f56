//! A mail store that speaks LMTP (RFC 2033): it replies for each recipient, before the message and after
//! it.

use host_tests::Error;
use servers::real::{DEFERRED, OVER_QUOTA, REJECTED, USER};

use crate::server_under_test::{
    MESSAGE, ServerUnderTest, TLS_MODES, codes, instance, to, transcript,
};

pub(crate) fn answers_for_each_recipient(server: &mut ServerUnderTest) -> String {
    for (security, _) in TLS_MODES {
        let instance = instance();
        let mailer = server.mailer(&instance, security);
        let all = to(&[REJECTED, OVER_QUOTA, USER, DEFERRED]);
        let receipt = mailer.send(&all, MESSAGE).unwrap();
        server.expect_stored(MESSAGE);
        assert_eq!(codes(&receipt.accepted), [(USER, 250)]);
        let refused = [(REJECTED, 550), (DEFERRED, 451), (OVER_QUOTA, 552)];
        assert_eq!(codes(&receipt.refused), refused);
        assert!(receipt.unknown.is_empty());

        let error = mailer
            .send(&to(&[OVER_QUOTA, REJECTED]), MESSAGE)
            .unwrap_err();
        let Error::RecipientsRefused(refused) = error else {
            panic!("another error: {error:?}");
        };
        assert_eq!(codes(&refused), [(REJECTED, 550), (OVER_QUOTA, 552)]);
        let said = transcript(&mailer);
        assert!(said.contains("LHLO ") && !said.contains("EHLO "), "{said}");
        server.deliver(&mailer);
    }
    server.assert_mailbox();
    "recipients refused before the message and after it".into()
}
