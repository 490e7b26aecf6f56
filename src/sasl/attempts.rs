//! Which mechanism to use, and which next where the server refuses.

use super::{Credentials, Mechanism};

/// Mechanisms tried in one session. Servers lock an account, or an address, after some five failures
/// in a row, and not every wrong password is to come near that.
pub const MAX_ATTEMPTS: usize = 3;

/// The mechanisms left to try.
#[derive(Debug)]
pub struct Attempts {
    left: Vec<Mechanism>,
    made: usize,
    bound_offered: bool,
}

impl Attempts {
    /// Those of `allowed`, in its order, that the server offers and the credentials fit; with a
    /// channel binding only where there is one.
    pub fn new(
        offered: &[String],
        allowed: &[Mechanism],
        credentials: &Credentials,
        has_binding: bool,
    ) -> Self {
        let offered: Vec<_> = offered
            .iter()
            .filter_map(|name| Mechanism::from_name(name))
            .collect();
        let usable = |mechanism: &Mechanism| {
            offered.contains(mechanism)
                && credentials.fit(*mechanism)
                && (has_binding || !mechanism.is_bound())
        };
        Self {
            left: allowed.iter().copied().filter(usable).collect(),
            made: 0,
            bound_offered: offered.into_iter().any(Mechanism::is_bound),
        }
    }

    /// Whether the server offers any mechanism with channel binding.
    pub fn bound_offered(&self) -> bool {
        self.bound_offered
    }

    /// How many the server has refused.
    pub fn made(&self) -> usize {
        self.made
    }

    /// The next: the last attempt goes to one that every server can check every password by, if
    /// there is one.
    pub fn next_mechanism(&mut self) -> Option<Mechanism> {
        let index = match self.made {
            MAX_ATTEMPTS.. => return None,
            made if made + 1 == MAX_ATTEMPTS => self.left.iter().position(|m| m.shows_secret()),
            _ => None,
        };
        let index = index.unwrap_or(0);
        (index < self.left.len()).then(|| self.left.remove(index))
    }

    /// The server refused this one with this code.
    pub fn refused(&mut self, mechanism: Mechanism, code: u16) {
        self.made += 1;
        let another_may_do = match code {
            // Credentials invalid (RFC 4954, section 6). Where the server saw them themselves, they
            // are wrong. Else it may have nothing to check a proof by: servers offer SCRAM to all
            // their users, of whom only some have changed their password since.
            535 => !mechanism.shows_secret(),
            // Not for this mechanism: a transition is needed, too long, malformed, not supported,
            // too weak, encryption required (sections 4 and 6).
            432 | 500 | 501 | 504 | 534 | 538 => true,
            // Above all 454, a temporary failure: it is the same for all.
            _ => false,
        };
        if !another_may_do {
            self.left.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sasl::{Bearer, Password};
    use Mechanism::*;

    const ALL: &[&str] = &[
        "XOAUTH2",
        "cram-md5",
        "LOGIN",
        "Plain",
        "SCRAM-SHA-1",
        "GSSAPI",
        "SCRAM-SHA-256",
        "SCRAM-SHA-1-PLUS",
        "SCRAM-SHA-256-PLUS",
        "EXTERNAL",
        "OAUTHBEARER",
    ];

    fn attempts(offered: &[&str], allowed: &[Mechanism], has_binding: bool) -> Attempts {
        let offered: Vec<_> = offered.iter().map(|name| String::from(*name)).collect();
        let credentials = Credentials::Password(Password {
            username: "tim".into(),
            password: "tanstaaf".into(),
            authorization_id: None,
        });
        Attempts::new(&offered, allowed, &credentials, has_binding)
    }

    /// Where each is refused with this code.
    fn order(mut attempts: Attempts, code: u16) -> Vec<Mechanism> {
        let mut order = Vec::new();
        while let Some(mechanism) = attempts.next_mechanism() {
            order.push(mechanism);
            attempts.refused(mechanism, code);
        }
        order
    }

    #[test]
    fn our_order_counts_and_not_the_servers() {
        let first =
            |offered: &[&str]| attempts(offered, &Mechanism::DEFAULT, true).next_mechanism();
        assert_eq!(first(ALL), Some(ScramSha256Plus));
        assert_eq!(
            first(&["SCRAM-SHA-256", "SCRAM-SHA-1-PLUS"]),
            Some(ScramSha1Plus)
        );
        assert_eq!(first(&["CRAM-MD5", "LOGIN", "PLAIN"]), Some(Plain));
        assert_eq!(first(&["CRAM-MD5", "LOGIN"]), Some(Login));
        assert_eq!(
            attempts(ALL, &[CramMd5, Plain], true).next_mechanism(),
            Some(CramMd5)
        );
    }

    #[test]
    fn what_is_not_both_offered_and_allowed_is_not_used() {
        for (offered, allowed) in [
            (&["PLAIN", "LOGIN"][..], &[CramMd5][..]),
            (
                &["GSSAPI", "XOAUTH2", "OAUTHBEARER", "EXTERNAL"],
                &Mechanism::DEFAULT,
            ),
            (&[], &Mechanism::DEFAULT),
            (&["PLAIN"], &[]),
        ] {
            assert_eq!(attempts(offered, allowed, true).next_mechanism(), None);
        }
    }

    #[test]
    fn without_a_binding_none_is_bound() {
        let unbound = attempts(ALL, &Mechanism::DEFAULT, false);
        assert!(unbound.bound_offered());
        assert_eq!(order(unbound, 504)[..2], [ScramSha256, ScramSha1]);
    }

    #[test]
    fn tokens_and_certificates_have_mechanisms_of_their_own() {
        let offered: Vec<_> = ALL.iter().map(|name| String::from(*name)).collect();
        let bearer = Credentials::Bearer(Bearer {
            username: "tim".into(),
            token: "ya29".into(),
        });
        let attempts = |c: &Credentials| Attempts::new(&offered, &Mechanism::DEFAULT, c, true);
        assert_eq!(order(attempts(&bearer), 504), [OauthBearer, Xoauth2]);
        assert_eq!(order(attempts(&bearer), 535), [OauthBearer]);
        assert_eq!(
            order(attempts(&Credentials::External(None)), 535),
            [External]
        );
    }

    #[test]
    fn the_last_attempt_shows_the_password_where_that_is_allowed() {
        let default = attempts(ALL, &Mechanism::DEFAULT, true);
        assert_eq!(order(default, 535), [ScramSha256Plus, ScramSha1Plus, Plain]);
        let scram = &Mechanism::DEFAULT[..4];
        assert_eq!(
            order(attempts(ALL, scram, true), 535),
            [ScramSha256Plus, ScramSha1Plus, ScramSha256]
        );
        let three = ["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"];
        assert_eq!(
            order(attempts(&three, &Mechanism::DEFAULT, true), 535),
            [ScramSha256, ScramSha1, Plain]
        );
    }

    #[test]
    fn a_password_that_the_server_saw_is_wrong() {
        for (first, code) in [(Plain, 535), (Login, 535)] {
            let others = attempts(ALL, &[first, ScramSha256, CramMd5], true);
            assert_eq!(order(others, code), [first]);
        }
        let others = attempts(ALL, &[CramMd5, ScramSha1, Login], true);
        assert_eq!(order(others, 535), [CramMd5, ScramSha1, Login]);
    }

    // Conformance: 49
    #[test]
    fn codes_about_the_mechanism_lead_to_the_next_and_others_end_it() {
        let count = |code| order(attempts(ALL, &[Plain, Login, CramMd5], true), code).len();
        for code in [432, 500, 501, 504, 534, 538] {
            assert_eq!(count(code), 3, "{code}");
        }
        for code in [454, 421, 503, 530, 535, 550, 554] {
            assert_eq!(count(code), 1, "{code}");
        }
    }
}
