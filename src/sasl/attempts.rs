//! Which mechanism to use, and which next where the server refuses.

use super::{Credentials, Mechanism};

/// Mechanisms tried in one session. Servers lock an account, or an address, after some five failures
/// in a row, and not every wrong password is to come near that.
pub const MAX_ATTEMPTS: usize = 3;

/// The mechanisms left to try.
#[derive(Debug)]
pub struct Attempts {
    left: Vec<Mechanism>,
    /// Those that the server has refused, in order.
    refused: Vec<Mechanism>,
    bound_offered: bool,
    /// Whether one that shows the password may follow a refused proof.
    plain_fallback: bool,
}

/// What the server refused a mechanism with.
#[derive(Clone, Copy, Debug)]
pub struct Refusal {
    pub code: u16,
    /// The server had been given the proof.
    pub is_of_proof: bool,
    /// The server said that it was the channel binding (RFC 5802, section 7), and not the password.
    pub is_of_binding: bool,
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
            refused: Vec::new(),
            bound_offered: offered.into_iter().any(Mechanism::is_bound),
            plain_fallback: true,
        }
    }

    /// Begins with this one, where it is among them: it worked at this server when others did not.
    pub fn begin_with(&mut self, mechanism: Mechanism) {
        if let Some(index) = self.left.iter().position(|left| *left == mechanism) {
            let mechanism = self.left.remove(index);
            self.left.insert(0, mechanism);
        }
    }

    /// Whether one that shows the password may follow a refused proof.
    pub fn set_plain_fallback(&mut self, allowed: bool) {
        self.plain_fallback = allowed;
    }

    /// Whether the server offers any mechanism with channel binding.
    pub fn bound_offered(&self) -> bool {
        self.bound_offered
    }

    /// Those that the server has refused, in order.
    pub fn tried(&self) -> &[Mechanism] {
        &self.refused
    }

    /// The next: the last attempt goes to one that every server can check every password by, if
    /// there is one.
    pub fn next_mechanism(&mut self) -> Option<Mechanism> {
        let index = self.next_index()?;
        Some(self.left.remove(index))
    }

    /// Whether there is a next.
    pub fn has_next(&self) -> bool {
        self.next_index().is_some()
    }

    fn next_index(&self) -> Option<usize> {
        let index = match self.refused.len() {
            MAX_ATTEMPTS.. => return None,
            made if made + 1 == MAX_ATTEMPTS => self.left.iter().position(|m| m.shows_secret()),
            _ => None,
        };
        let index = index.unwrap_or(0);
        (index < self.left.len()).then_some(index)
    }

    /// The server refused this one.
    pub fn refused(&mut self, mechanism: Mechanism, refusal: Refusal) {
        self.refused.push(mechanism);
        match refusal.code {
            // The password may be right.
            535 if refusal.is_of_binding => self.refused_binding(true),
            // Credentials invalid (RFC 4954, section 6).
            535 => self.refused_credentials(mechanism),
            // The server wants AUTH for what was said: it did not take this for one.
            530 => self.left.clear(),
            // Another hash has the same binding. Cyrus IMAP (3.6 to 3.12) means `tls-unique` in TLS 1.3,
            // too, where that does not exist, and calls `tls-exporter` malformed.
            500..=599 if mechanism.is_bound() => self.refused_binding(refusal.is_of_proof),
            // Cyrus IMAP's LMTP server says 501 to a wrong password.
            500..=599 if refusal.is_of_proof => self.refused_credentials(mechanism),
            // Not for this mechanism, whatever the code (sections 4 and 6): a transition is needed
            // (432); too long, malformed, unknown, not supported, too weak, encryption required
            // (500, 501, 502, 504, 534, 538); or what else a server's author thought fitting.
            432 | 500..=599 => {}
            // Above all 454, a temporary failure: it is the same for all.
            _ => self.left.clear(),
        }
    }

    /// Perhaps the binding alone: SCRAM without one may do, which shows no more than this did.
    fn refused_binding(&mut self, is_proved: bool) {
        let shows_secret = self.plain_fallback || !is_proved;
        self.left
            .retain(|next| !next.is_bound() && (shows_secret || next.is_proof()));
    }

    /// Each further attempt is one more failed login to whoever counts them.
    fn refused_credentials(&mut self, mechanism: Mechanism) {
        if !mechanism.is_proof() {
            // The server saw them themselves: they are wrong.
            self.left.clear();
            return;
        }
        // A proof may be refused though the password is right: servers offer SCRAM to all their
        // users, of whom only some have changed their password since. What one SCRAM is checked
        // against, the others are too. CRAM-MD5 needs another stored secret, so that a server may
        // have that one alone.
        let plain_fallback = self.plain_fallback;
        self.left.retain(|next| {
            let is_same_proof = next.is_scram() == mechanism.is_scram();
            if next.is_proof() {
                !is_same_proof
            } else {
                plain_fallback
            }
        });
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

    fn code(code: u16) -> Refusal {
        Refusal {
            code,
            is_of_proof: code == 535,
            is_of_binding: false,
        }
    }

    /// Where each is refused in this way.
    fn order_by(mut attempts: Attempts, refusal: Refusal) -> Vec<Mechanism> {
        while let Some(mechanism) = attempts.next_mechanism() {
            attempts.refused(mechanism, refusal);
        }
        attempts.tried().to_vec()
    }

    fn order(attempts: Attempts, refused_with: u16) -> Vec<Mechanism> {
        order_by(attempts, code(refused_with))
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
        assert_eq!(order(default, 504), [ScramSha256Plus, ScramSha256, Plain]);
        let scram = &Mechanism::DEFAULT[..4];
        assert_eq!(
            order(attempts(ALL, scram, true), 504),
            [ScramSha256Plus, ScramSha256, ScramSha1]
        );
    }

    #[test]
    fn one_refused_proof_is_enough_for_every_scram() {
        let default = attempts(ALL, &Mechanism::DEFAULT, true);
        assert_eq!(order(default, 535), [ScramSha256Plus, Plain]);
        let scram = &Mechanism::DEFAULT[..4];
        assert_eq!(order(attempts(ALL, scram, true), 535), [ScramSha256Plus]);
        let three = ["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"];
        assert_eq!(
            order(attempts(&three, &Mechanism::DEFAULT, true), 535),
            [ScramSha256, Plain]
        );
    }

    #[test]
    fn cram_md5_is_checked_against_another_secret_than_scram() {
        let proofs = attempts(ALL, &[CramMd5, ScramSha1, ScramSha256, Login], true);
        assert_eq!(order(proofs, 535), [CramMd5, ScramSha1, Login]);
        let proofs = attempts(ALL, &[ScramSha256, ScramSha1, CramMd5], true);
        assert_eq!(order(proofs, 535), [ScramSha256, CramMd5]);
    }

    #[test]
    fn whether_the_password_is_shown_after_a_refused_proof_can_be_chosen() {
        let without = |offered: &[&str], allowed: &[Mechanism]| {
            let mut attempts = attempts(offered, allowed, true);
            attempts.set_plain_fallback(false);
            attempts
        };
        let default = &Mechanism::DEFAULT;
        assert_eq!(
            order(without(ALL, default), 535),
            [ScramSha256Plus, CramMd5]
        );
        // A server that has no proof to offer gets the password all the same,
        assert_eq!(
            order(without(&["PLAIN", "LOGIN"], default), 504),
            [Plain, Login]
        );
        // and so does one that refused a mechanism and not the password.
        assert_eq!(
            order(without(&["SCRAM-SHA-1", "PLAIN"], default), 504),
            [ScramSha1, Plain]
        );
    }

    #[test]
    fn a_refused_binding_is_no_refused_password() {
        let refusal = Refusal {
            is_of_binding: true,
            ..code(535)
        };
        let mut default = attempts(ALL, &Mechanism::DEFAULT, true);
        assert_eq!(default.next_mechanism(), Some(ScramSha256Plus));
        default.refused(ScramSha256Plus, refusal);
        assert_eq!(order(default, 535), [ScramSha256Plus, ScramSha256, Plain]);
    }

    #[test]
    fn a_proof_that_the_server_has_is_refused_whatever_the_code() {
        let refusal = Refusal {
            is_of_proof: true,
            ..code(501)
        };
        let unbound = || attempts(ALL, &Mechanism::DEFAULT, false);
        assert_eq!(order_by(unbound(), refusal), [ScramSha256, Plain]);
        let mut without = unbound();
        without.set_plain_fallback(false);
        assert_eq!(order_by(without, refusal), [ScramSha256, CramMd5]);
        // It may have been the binding: the proof alone is worth a try, the password is not.
        let mut bound = attempts(
            &["SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", "PLAIN"],
            &Mechanism::DEFAULT,
            true,
        );
        bound.set_plain_fallback(false);
        assert_eq!(order_by(bound, refusal), [ScramSha1Plus, ScramSha1]);
    }

    #[test]
    fn what_worked_before_comes_first() {
        let mut known = attempts(ALL, &Mechanism::DEFAULT, true);
        known.begin_with(Login);
        assert_eq!(order(known, 504), [Login, ScramSha256Plus, Plain]);
        let mut not_offered = attempts(&["PLAIN"], &Mechanism::DEFAULT, true);
        not_offered.begin_with(Login);
        assert_eq!(order(not_offered, 535), [Plain]);
    }

    #[test]
    fn a_password_that_the_server_saw_is_wrong() {
        for first in [Plain, Login] {
            let others = attempts(ALL, &[first, ScramSha256, CramMd5], true);
            assert_eq!(order(others, 535), [first]);
        }
    }

    // Conformance: 49
    #[test]
    fn any_5yz_but_530_and_535_leads_to_the_next_and_a_4yz_ends_it() {
        let count = |code| order(attempts(ALL, &[Plain, Login, CramMd5], true), code).len();
        for code in [432, 500, 501, 502, 503, 504, 534, 538, 550, 553, 554, 599] {
            assert_eq!(count(code), 3, "{code}");
        }
        for code in [400, 421, 450, 454, 530, 535] {
            assert_eq!(count(code), 1, "{code}");
        }
    }
}
