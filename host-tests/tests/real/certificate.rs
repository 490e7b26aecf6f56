//! EXTERNAL authentication by a client certificate (RFC 4422, appendix A).

use host_tests::{Credentials, Error, Mailer, Phase};
use servers::authority::Authority;
use servers::real::USER;

use crate::server_under_test::{MESSAGE, ServerUnderTest, TLS_MODES, instance, to};

/// The mechanisms that the server offers without a verified client certificate.
const OTHERS: [&str; 5] = ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "SCRAM-SHA-1"];

pub(crate) fn authenticates_the_user(server: &mut ServerUnderTest) -> String {
    for (security, _) in TLS_MODES {
        let instance = instance();
        for identity in [None, Some(USER)] {
            let mailer = server.mailer(&instance, security);
            shows(&mailer, &server.authority, USER, identity);
            server.deliver(&mailer);
        }

        let mailer = server.mailer(&instance, security);
        shows(&mailer, &server.authority, "other@example.test", Some(USER));
        match mailer.send(&to(&[USER]), MESSAGE) {
            Err(Error::Rejected(refusal)) => {
                assert_eq!((refusal.phase, refusal.reply.code), (Phase::Auth, 535));
            }
            result => panic!("{result:?}"),
        }

        let offered = Error::AuthUnavailable(OTHERS.map(String::from).into());
        let mailer = server.mailer(&instance, security);
        shows(&mailer, &Authority::new(), USER, Some(USER));
        assert_eq!(mailer.send(&to(&[USER]), MESSAGE), Err(offered.clone()));
        mailer.set_client_certificate(&[], &[]).unwrap();
        assert_eq!(mailer.send(&to(&[USER]), MESSAGE), Err(offered));
    }
    server.assert_mailbox();
    let log = server.real.log();
    let known = log.matches(&format!(" A=external:{USER} ")).count();
    assert_eq!(known, 2 * TLS_MODES.len(), "{log}");
    "EXTERNAL over both, by a certificate of the client's".into()
}

/// Sets a certificate of this authority for this mailbox, and the identity to act as.
fn shows(mailer: &Mailer, authority: &Authority, mailbox: &str, identity: Option<&str>) {
    let client = authority.issue_client(mailbox);
    let (chain, key) = (client.chain_pem(), client.key_pem());
    let set = mailer.set_client_certificate(chain.as_bytes(), key.as_bytes());
    assert_eq!(set, Ok(()));
    mailer.set_credentials(Some(Credentials::External(identity.map(String::from))));
}
