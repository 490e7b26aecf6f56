//! One authentication, from its mechanism's name to the client's last word.

use super::{Mechanism, Password, cram_md5};
use core::mem;
use std::vec;
use zeroize::Zeroizing;

/// Octets that are wiped when dropped.
type Secret = Zeroizing<Vec<u8>>;

/// The client's side. Whether it succeeded is the server's to say, by 235 or another reply.
pub struct Exchange {
    mechanism: Mechanism,
    remaining: Remaining,
}

/// What the client has yet to say.
enum Remaining {
    /// These, one a challenge, whatever it asks.
    Fixed(vec::IntoIter<Secret>),
    /// What the challenge makes of these.
    CramMd5(Password),
}

impl Exchange {
    /// Refuses credentials that the mechanism cannot carry.
    pub fn new(mechanism: Mechanism, credentials: &Password) -> Result<Self, String> {
        credentials.check()?;
        if mechanism != Mechanism::Plain {
            credentials.check_acts_as_self(mechanism.name())?;
        }
        let remaining = match mechanism {
            Mechanism::Plain => fixed([plain(credentials)]),
            Mechanism::Login => {
                fixed([secret(&credentials.username), secret(&credentials.password)])
            }
            Mechanism::CramMd5 => Remaining::CramMd5(credentials.clone()),
        };
        Ok(Self {
            mechanism,
            remaining,
        })
    }

    pub fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// What can go with AUTH itself, where the client speaks first. Where it is not sent there,
    /// being too long for the line, it answers the first challenge, an empty one.
    pub fn initial_response(&self) -> Option<&[u8]> {
        match &self.remaining {
            Remaining::Fixed(answers) if self.mechanism.one_round() => {
                answers.as_slice().first().map(|answer| answer.as_slice())
            }
            _ => None,
        }
    }

    /// To be called when it went with AUTH: it answers no challenge then.
    pub fn initial_response_sent(&mut self) {
        if self.mechanism.one_round() {
            self.remaining = fixed([]);
        }
    }

    /// Answers a challenge. On an error the exchange is to be cancelled: the server wants more than
    /// the mechanism has.
    pub fn respond(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, String> {
        match mem::replace(&mut self.remaining, fixed([])) {
            Remaining::Fixed(mut answers) => {
                let answer = answers.next();
                self.remaining = Remaining::Fixed(answers);
                answer.ok_or_else(|| {
                    format!(
                        "the server wants more than {} has to say",
                        self.mechanism.name()
                    )
                })
            }
            Remaining::CramMd5(credentials) => {
                cram_md5::response(&credentials, challenge).map(|response| secret(&response))
            }
        }
    }
}

fn fixed<const N: usize>(answers: [Secret; N]) -> Remaining {
    Remaining::Fixed(Vec::from(answers).into_iter())
}

fn secret(text: &str) -> Secret {
    Zeroizing::new(text.into())
}

/// RFC 4616, section 2.
fn plain(credentials: &Password) -> Secret {
    let authorization_id = credentials.authorization_id.as_deref().unwrap_or_default();
    let fields = [
        authorization_id,
        &credentials.username,
        &credentials.password,
    ];
    Zeroizing::new(fields.join("\0").into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use Mechanism::{CramMd5, Login, Plain};

    fn credentials(authorization_id: Option<&str>) -> Password {
        Password {
            username: "tim".into(),
            password: "tanstaaftanstaaf".into(),
            authorization_id: authorization_id.map(String::from),
        }
    }

    fn exchange(mechanism: Mechanism) -> Exchange {
        Exchange::new(mechanism, &credentials(None)).unwrap()
    }

    fn initial_response(authorization_id: Option<&str>) -> Vec<u8> {
        let exchange = Exchange::new(Plain, &credentials(authorization_id)).unwrap();
        exchange.initial_response().unwrap().to_vec()
    }

    #[test]
    fn plain_says_all_in_its_initial_response() {
        // RFC 4616, section 4.
        assert_eq!(initial_response(None), b"\0tim\0tanstaaftanstaaf");
        assert_eq!(initial_response(Some("")), b"\0tim\0tanstaaftanstaaf");
        assert_eq!(
            initial_response(Some("Kurt")),
            b"Kurt\0tim\0tanstaaftanstaaf"
        );
    }

    #[test]
    fn plain_answers_the_first_challenge_where_the_line_was_too_short() {
        let mut exchange = exchange(Plain);
        assert_eq!(
            exchange.respond(b"").unwrap().as_slice(),
            b"\0tim\0tanstaaftanstaaf"
        );
        assert!(exchange.respond(b"").is_err());
        assert_eq!(exchange.initial_response(), None);
    }

    #[test]
    fn plain_answers_no_challenge_after_its_initial_response() {
        let mut exchange = exchange(Plain);
        exchange.initial_response_sent();
        assert_eq!(exchange.initial_response(), None);
        assert!(exchange.respond(b"").unwrap_err().contains("PLAIN"));
    }

    #[test]
    fn login_gives_the_name_and_then_the_password_whatever_it_is_asked() {
        for prompts in [
            ["Username:", "Password:"],
            ["User Name\0", "Password\0"],
            ["", ""],
        ] {
            let mut exchange = exchange(Login);
            assert_eq!(exchange.initial_response(), None);
            let [first, second] =
                prompts.map(|prompt| exchange.respond(prompt.as_bytes()).unwrap());
            assert_eq!(first.as_slice(), b"tim");
            assert_eq!(second.as_slice(), b"tanstaaftanstaaf");
            assert!(
                exchange
                    .respond(b"Password:")
                    .unwrap_err()
                    .contains("LOGIN")
            );
        }
    }

    #[test]
    fn cram_md5_answers_one_challenge() {
        let mut exchange = exchange(CramMd5);
        assert_eq!(exchange.initial_response(), None);
        let response = exchange
            .respond(b"<1896.697170952@postoffice.reston.mci.net>")
            .unwrap();
        assert_eq!(response.as_slice(), b"tim b913a602c7eda7a495b4e6e7334d3890");
        assert!(
            exchange
                .respond(b"<again>")
                .unwrap_err()
                .contains("CRAM-MD5")
        );
    }

    #[test]
    fn only_plain_acts_as_another() {
        for mechanism in [Login, CramMd5] {
            assert!(Exchange::new(mechanism, &credentials(Some("Kurt"))).is_err());
            assert!(Exchange::new(mechanism, &credentials(Some("tim"))).is_ok());
            assert!(Exchange::new(mechanism, &credentials(Some(""))).is_ok());
        }
    }

    #[test]
    fn no_mechanism_takes_an_empty_field_or_nul() {
        let with = |username: &str, password: &str, authorization_id: &str| Password {
            username: username.into(),
            password: password.into(),
            authorization_id: Some(authorization_id.into()),
        };
        for (credentials, reason) in [
            (with("", "secret", ""), "user name is empty"),
            (with("tim", "", ""), "password is empty"),
            (with("t\0m", "secret", ""), "NUL"),
            (with("tim", "s\0cret", ""), "NUL"),
            (with("tim", "secret", "K\0rt"), "NUL"),
        ] {
            for mechanism in Mechanism::DEFAULT {
                let error = Exchange::new(mechanism, &credentials).err().unwrap();
                assert!(error.contains(reason) && !error.contains("cret"), "{error}");
            }
        }
    }
}
