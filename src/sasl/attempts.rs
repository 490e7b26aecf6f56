//! Chooses the mechanism, and the next one if the server refuses.

use super::{Credentials, Mechanism};

/// Mechanisms tried at most in one session. Servers lock an account, or an address, after some five failures
/// in a row; one wrong password must not come near that.
pub const MAX_ATTEMPTS: usize = 3;

/// The mechanisms left to try, and those that were refused.
#[derive(Debug)]
pub struct Attempts {
    left: Vec<Mechanism>,
    /// In the order of their refusals.
    refused: Vec<Mechanism>,
    bound_offered: bool,
    /// Whether a mechanism that sends the password may follow a refused proof.
    plain_fallback: bool,
}

/// How the server refused a mechanism.
#[derive(Clone, Copy, Debug)]
pub struct Refusal {
    /// Of the reply to AUTH.
    pub code: u16,
    /// The server had received the proof.
    pub is_of_proof: bool,
    /// The server said that it refuses the channel binding (RFC 5802, section 7), and not the password.
    pub is_of_binding: bool,
}

impl Attempts {
    /// The mechanisms of `allowed`, in its order, that the server offers and that take the credentials.
    /// Without a channel binding, no bound ones.
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
                && mechanism.takes(credentials)
                && (has_binding || !mechanism.is_bound())
        };
        Self {
            left: allowed.iter().copied().filter(usable).collect(),
            refused: Vec::new(),
            bound_offered: offered.into_iter().any(Mechanism::is_bound),
            plain_fallback: true,
        }
    }

    /// Moves this mechanism to the front, if it is left: at this server it worked after others were refused.
    pub fn begin_with(&mut self, mechanism: Mechanism) {
        if let Some(index) = self.left.iter().position(|left| *left == mechanism) {
            let mechanism = self.left.remove(index);
            self.left.insert(0, mechanism);
        }
    }

    /// Whether a mechanism that sends the password may follow a refused proof.
    pub fn set_plain_fallback(&mut self, allowed: bool) {
        self.plain_fallback = allowed;
    }

    /// Whether the server offers any mechanism with channel binding.
    pub fn bound_offered(&self) -> bool {
        self.bound_offered
    }

    /// The mechanisms that the server has refused, in order.
    pub fn tried(&self) -> &[Mechanism] {
        &self.refused
    }

    /// The next mechanism. The last attempt prefers one that sends the password, because every server can
    /// verify that.
    pub fn next_mechanism(&mut self) -> Option<Mechanism> {
        let index = self.next_index()?;
        Some(self.left.remove(index))
    }

    /// Whether another mechanism is left.
    pub fn has_next(&self) -> bool {
        self.next_index().is_some()
    }

    fn next_index(&self) -> Option<usize> {
        let index = match self.refused.len() {
            MAX_ATTEMPTS.. => return None,
            made if made + 1 == MAX_ATTEMPTS => self.left.iter().position(|m| m.sends_secret()),
            _ => None,
        };
        let index = index.unwrap_or(0);
        (index < self.left.len()).then_some(index)
    }

    /// Records a refusal, and drops the mechanisms for which the same refusal is to be expected.
    pub fn refused(&mut self, mechanism: Mechanism, refusal: Refusal) {
        self.refused.push(mechanism);
        match refusal.code {
            // The password may be right.
            535 if refusal.is_of_binding => self.refused_binding(true),
            // Credentials invalid (RFC 4954, section 6).
            535 => self.refused_credentials(mechanism),
            // Authentication required: the server did not see an AUTH at all.
            530 => self.left.clear(),
            // Every hash uses the same binding. Cyrus IMAP (3.6 to 3.12) expects `tls-unique` even with TLS
            // 1.3, which has none, and calls `tls-exporter` malformed.
            500..=599 if mechanism.is_bound() => self.refused_binding(refusal.is_of_proof),
            // Cyrus IMAP's LMTP server answers a wrong password with 501.
            500..=599 if refusal.is_of_proof => self.refused_credentials(mechanism),
            // Only this mechanism is refused (sections 4 and 6): a transition is needed (432); too long,
            // malformed, unknown, not supported, too weak, encryption required (500, 501, 502, 504, 534,
            // 538). Servers use other codes of 5yz for the same.
            432 | 500..=599 => {}
            // Above all 454, a temporary failure: it concerns every mechanism.
            _ => self.left.clear(),
        }
    }

    /// Perhaps the server refuses only the binding. SCRAM without one may work, and reveals no more.
    fn refused_binding(&mut self, is_proved: bool) {
        let may_send_secret = self.plain_fallback || !is_proved;
        self.left
            .retain(|next| !next.is_bound() && (may_send_secret || next.is_proof()));
    }

    /// Keeps few mechanisms: servers count each further attempt as a failed login.
    fn refused_credentials(&mut self, mechanism: Mechanism) {
        if !mechanism.is_proof() {
            // The server saw the credentials themselves: they are wrong.
            self.left.clear();
            return;
        }
        // A server may refuse a proof though the password is right: it offers SCRAM to all users, but has
        // SCRAM keys only of those with a password set since SCRAM was introduced. All variants of
        // SCRAM share this problem. CRAM-MD5 needs another stored secret, so a server may have only that.
        let plain_fallback = self.plain_fallback;
        self.left.retain(|next| {
            if next.is_proof() {
                next.evidence() != mechanism.evidence()
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

    const SCRAM_SHA_256_PLUS: Mechanism = Mechanism::SCRAM_SHA_256_PLUS;
    const SCRAM_SHA_1_PLUS: Mechanism = Mechanism::SCRAM_SHA_1_PLUS;
    const SCRAM_SHA_256: Mechanism = Mechanism::SCRAM_SHA_256;
    const SCRAM_SHA_1: Mechanism = Mechanism::SCRAM_SHA_1;
    const PLAIN: Mechanism = Mechanism::PLAIN;
    const LOGIN: Mechanism = Mechanism::LOGIN;
    const CRAM_MD5: Mechanism = Mechanism::CRAM_MD5;

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

    /// The mechanisms in order, if each is refused in this way.
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
    fn the_order_of_the_client_counts_and_not_of_the_server() {
        let first =
            |offered: &[&str]| attempts(offered, &Mechanism::DEFAULT, true).next_mechanism();
        assert_eq!(first(ALL), Some(SCRAM_SHA_256_PLUS));
        assert_eq!(
            first(&["SCRAM-SHA-256", "SCRAM-SHA-1-PLUS"]),
            Some(SCRAM_SHA_1_PLUS)
        );
        assert_eq!(first(&["CRAM-MD5", "LOGIN", "PLAIN"]), Some(PLAIN));
        assert_eq!(first(&["CRAM-MD5", "LOGIN"]), Some(LOGIN));
        assert_eq!(
            attempts(ALL, &[CRAM_MD5, PLAIN], true).next_mechanism(),
            Some(CRAM_MD5)
        );
    }

    #[test]
    fn a_mechanism_has_to_be_offered_and_allowed() {
        for (offered, allowed) in [
            (&["PLAIN", "LOGIN"][..], &[CRAM_MD5][..]),
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
    fn without_a_binding_no_bound_mechanism_is_used() {
        let unbound = attempts(ALL, &Mechanism::DEFAULT, false);
        assert!(unbound.bound_offered());
        assert_eq!(order(unbound, 504)[..2], [SCRAM_SHA_256, SCRAM_SHA_1]);
    }

    #[test]
    fn tokens_and_certificates_have_mechanisms_of_their_own() {
        let offered: Vec<_> = ALL.iter().map(|name| String::from(*name)).collect();
        let bearer = Credentials::Bearer(Bearer {
            username: "tim".into(),
            token: "ya29".into(),
        });
        let attempts = |c: &Credentials| Attempts::new(&offered, &Mechanism::DEFAULT, c, true);
        assert_eq!(
            order(attempts(&bearer), 504),
            [Mechanism::OAUTHBEARER, Mechanism::XOAUTH2]
        );
        assert_eq!(order(attempts(&bearer), 535), [Mechanism::OAUTHBEARER]);
        assert_eq!(
            order(attempts(&Credentials::External(None)), 535),
            [Mechanism::EXTERNAL]
        );
    }

    #[test]
    fn the_last_attempt_sends_the_password_if_that_is_allowed() {
        let default = attempts(ALL, &Mechanism::DEFAULT, true);
        assert_eq!(
            order(default, 504),
            [SCRAM_SHA_256_PLUS, SCRAM_SHA_256, PLAIN]
        );
        let scram = &Mechanism::DEFAULT[..4];
        assert_eq!(
            order(attempts(ALL, scram, true), 504),
            [SCRAM_SHA_256_PLUS, SCRAM_SHA_256, SCRAM_SHA_1]
        );
    }

    #[test]
    fn one_refused_proof_is_enough_for_every_scram() {
        let default = attempts(ALL, &Mechanism::DEFAULT, true);
        assert_eq!(order(default, 535), [SCRAM_SHA_256_PLUS, PLAIN]);
        let scram = &Mechanism::DEFAULT[..4];
        assert_eq!(order(attempts(ALL, scram, true), 535), [SCRAM_SHA_256_PLUS]);
        let three = ["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"];
        assert_eq!(
            order(attempts(&three, &Mechanism::DEFAULT, true), 535),
            [SCRAM_SHA_256, PLAIN]
        );
    }

    #[test]
    fn cram_md5_is_checked_against_another_secret_than_scram() {
        let proofs = attempts(ALL, &[CRAM_MD5, SCRAM_SHA_1, SCRAM_SHA_256, LOGIN], true);
        assert_eq!(order(proofs, 535), [CRAM_MD5, SCRAM_SHA_1, LOGIN]);
        let proofs = attempts(ALL, &[SCRAM_SHA_256, SCRAM_SHA_1, CRAM_MD5], true);
        assert_eq!(order(proofs, 535), [SCRAM_SHA_256, CRAM_MD5]);
    }

    #[test]
    fn the_caller_chooses_whether_the_password_follows_a_refused_proof() {
        let without = |offered: &[&str], allowed: &[Mechanism]| {
            let mut attempts = attempts(offered, allowed, true);
            attempts.set_plain_fallback(false);
            attempts
        };
        let default = &Mechanism::DEFAULT;
        assert_eq!(
            order(without(ALL, default), 535),
            [SCRAM_SHA_256_PLUS, CRAM_MD5]
        );
        // A server that offers no proof still gets the password,
        assert_eq!(
            order(without(&["PLAIN", "LOGIN"], default), 504),
            [PLAIN, LOGIN]
        );
        // and so does a server that refused a mechanism and not the password.
        assert_eq!(
            order(without(&["SCRAM-SHA-1", "PLAIN"], default), 504),
            [SCRAM_SHA_1, PLAIN]
        );
    }

    #[test]
    fn a_refused_binding_is_not_a_refused_password() {
        let refusal = Refusal {
            is_of_binding: true,
            ..code(535)
        };
        let mut default = attempts(ALL, &Mechanism::DEFAULT, true);
        assert_eq!(default.next_mechanism(), Some(SCRAM_SHA_256_PLUS));
        default.refused(SCRAM_SHA_256_PLUS, refusal);
        assert_eq!(
            order(default, 535),
            [SCRAM_SHA_256_PLUS, SCRAM_SHA_256, PLAIN]
        );
    }

    #[test]
    fn a_refusal_after_the_proof_is_of_the_proof_whatever_the_code() {
        let refusal = Refusal {
            is_of_proof: true,
            ..code(501)
        };
        let unbound = || attempts(ALL, &Mechanism::DEFAULT, false);
        assert_eq!(order_by(unbound(), refusal), [SCRAM_SHA_256, PLAIN]);
        let mut without = unbound();
        without.set_plain_fallback(false);
        assert_eq!(order_by(without, refusal), [SCRAM_SHA_256, CRAM_MD5]);
        // Perhaps the binding was refused: a proof without one may follow, the password may not.
        let mut bound = attempts(
            &["SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", "PLAIN"],
            &Mechanism::DEFAULT,
            true,
        );
        bound.set_plain_fallback(false);
        assert_eq!(order_by(bound, refusal), [SCRAM_SHA_1_PLUS, SCRAM_SHA_1]);
    }

    #[test]
    fn the_mechanism_that_worked_before_comes_first() {
        let mut known = attempts(ALL, &Mechanism::DEFAULT, true);
        known.begin_with(LOGIN);
        assert_eq!(order(known, 504), [LOGIN, SCRAM_SHA_256_PLUS, PLAIN]);
        let mut not_offered = attempts(&["PLAIN"], &Mechanism::DEFAULT, true);
        not_offered.begin_with(LOGIN);
        assert_eq!(order(not_offered, 535), [PLAIN]);
    }

    #[test]
    fn a_refused_password_that_the_server_saw_is_wrong() {
        for first in [PLAIN, LOGIN] {
            let others = attempts(ALL, &[first, SCRAM_SHA_256, CRAM_MD5], true);
            assert_eq!(order(others, 535), [first]);
        }
    }

    // Conformance: 49
    #[test]
    fn any_5yz_but_530_and_535_leads_to_the_next_and_a_4yz_ends_it() {
        let count = |code| order(attempts(ALL, &[PLAIN, LOGIN, CRAM_MD5], true), code).len();
        for code in [432, 500, 501, 502, 503, 504, 534, 538, 550, 553, 554, 599] {
            assert_eq!(count(code), 3, "{code}");
        }
        for code in [400, 421, 450, 454, 530, 535] {
            assert_eq!(count(code), 1, "{code}");
        }
    }
}
