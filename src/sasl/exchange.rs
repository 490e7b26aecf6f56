//! One authentication, from its mechanism's name to the client's last word.

use core::mem;
use std::vec;

use super::bearer::{OAUTHBEARER_END, XOAUTH2_END};
use super::scram::Scram;
use super::{Bearer, ChannelBinding, Credentials, Mechanism, Nonce, Password, cram_md5, encode};
use zeroize::Zeroizing;

/// Octets that are wiped when dropped.
type Secret = Zeroizing<Vec<u8>>;

/// What some mechanisms want to know besides the credentials.
pub struct Context<'a> {
    /// Fresh for each exchange.
    pub nonce: Nonce,
    pub binding: Option<&'a ChannelBinding>,
    /// Whether the server offers any mechanism that takes a channel binding.
    pub bound_offered: bool,
    /// Where the server was connected to.
    pub host: &'a str,
    pub port: u16,
}

/// The client's side. Whether it succeeded is the server's to say, by 235 or another reply, and then
/// `conclude`'s.
pub struct Exchange {
    mechanism: Mechanism,
    /// What the client has to say first, where it does.
    initial: Option<Secret>,
    remaining: Remaining,
    /// What the server said in a challenge about why it refuses.
    failure: Option<String>,
}

/// What the client has yet to say, after its initial response.
enum Remaining {
    /// These, one a challenge, whatever it asks.
    Fixed(vec::IntoIter<Secret>),
    /// What the challenge makes of these.
    CramMd5(Password),
    Scram(Box<Scram>),
    /// This, where a challenge tells why the token is refused.
    Token(&'static [u8]),
}

impl Exchange {
    /// Refuses credentials that the mechanism cannot carry.
    pub fn new(
        mechanism: Mechanism,
        credentials: &Credentials,
        context: &Context<'_>,
    ) -> Result<Self, String> {
        if !credentials.fit(mechanism) {
            return Err(format!("{} takes other credentials", mechanism.name()));
        }
        let (initial, remaining) = match credentials {
            Credentials::Password(password) => by_password(mechanism, password, context)?,
            Credentials::Bearer(bearer) => by_token(mechanism, bearer, context)?,
            Credentials::External(identity) => by_certificate(identity.as_deref())?,
        };
        Ok(Self {
            mechanism,
            initial,
            remaining,
            failure: None,
        })
    }

    pub fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// What can go with AUTH itself, where the client speaks first. Where it is not sent there, it
    /// answers the first challenge, an empty one.
    pub fn initial_response(&self) -> Option<&[u8]> {
        self.initial.as_ref().map(|initial| initial.as_slice())
    }

    /// To be called when it went with AUTH: it answers no challenge then.
    pub fn initial_response_sent(&mut self) {
        self.initial = None;
    }

    /// Answers a challenge. On an error the exchange is to be cancelled: the server wants more than
    /// the mechanism has, or cannot be trusted.
    pub fn respond(&mut self, challenge: &[u8]) -> Result<Secret, String> {
        if let Some(initial) = self.initial.take() {
            return Ok(initial);
        }
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
            Remaining::Token(end) => {
                self.failure = Some(String::from_utf8_lossy(challenge).trim().into());
                Ok(Zeroizing::new(end.into()))
            }
            Remaining::Scram(mut scram) => {
                let answer = scram.respond(challenge);
                self.failure = scram.failure().map(|reason| format!("SCRAM: {reason}"));
                self.remaining = Remaining::Scram(scram);
                answer
            }
        }
    }

    /// Whether what the next challenge says counts. It does not where what is to be said is known
    /// already: servers ask for LOGIN's two answers in words of any kind, and for an initial response
    /// by nothing at all, which some do not encode.
    pub fn reads_challenge(&self) -> bool {
        self.initial.is_none() && !matches!(self.remaining, Remaining::Fixed(_))
    }

    /// Whether the server has been given a proof of the password.
    pub fn has_proved(&self) -> bool {
        match &self.remaining {
            Remaining::Scram(scram) => scram.has_proved(),
            // The challenge was answered.
            Remaining::Fixed(_) => self.mechanism == Mechanism::CramMd5,
            _ => false,
        }
    }

    /// Whether the server said that it refuses the channel binding (RFC 5802, section 7), and not the
    /// proof.
    pub fn is_binding_refused(&self) -> bool {
        match &self.remaining {
            Remaining::Scram(scram) => self.mechanism.is_bound() && scram.is_binding_refused(),
            _ => false,
        }
    }

    /// Why the server refuses, as far as it said so in the exchange: JSON where a token is refused
    /// (RFC 7628, section 3.2.2).
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// To be called when the server says that it succeeded: where the server has to prove itself,
    /// it must have done so.
    pub fn conclude(&self) -> Result<(), String> {
        match &self.remaining {
            Remaining::Scram(scram) if !scram.is_verified() => {
                Err("the server has not proved that it knows the password".into())
            }
            _ => Ok(()),
        }
    }
}

type Answers = (Option<Secret>, Remaining);

fn by_password(
    mechanism: Mechanism,
    password: &Password,
    context: &Context<'_>,
) -> Result<Answers, String> {
    password.check()?;
    if mechanism.is_scram() {
        let nonce = encode(&context.nonce).to_string();
        let Context {
            binding,
            bound_offered,
            ..
        } = *context;
        let scram = Scram::new(mechanism, password, nonce, binding, bound_offered)?;
        let initial = secret(&scram.initial_response());
        return Ok((Some(initial), Remaining::Scram(Box::new(scram))));
    }
    if mechanism == Mechanism::Plain {
        return Ok((Some(plain(password)), fixed([])));
    }
    password.check_acts_as_self(mechanism.name())?;
    let remaining = match mechanism {
        Mechanism::CramMd5 => Remaining::CramMd5(password.clone()),
        _ => fixed([secret(&password.username), secret(&password.password)]),
    };
    Ok((None, remaining))
}

fn by_token(
    mechanism: Mechanism,
    bearer: &Bearer,
    context: &Context<'_>,
) -> Result<Answers, String> {
    bearer.check()?;
    let (initial, end) = match mechanism {
        Mechanism::OauthBearer => (
            bearer.oauthbearer(context.host, context.port),
            OAUTHBEARER_END,
        ),
        _ => (bearer.xoauth2(), XOAUTH2_END),
    };
    Ok((Some(secret(&initial)), Remaining::Token(end)))
}

/// RFC 4422, appendix A.1.
fn by_certificate(identity: Option<&str>) -> Result<Answers, String> {
    let identity = identity.unwrap_or_default();
    match identity.contains('\0') {
        true => Err("the identity holds NUL".into()),
        false => Ok((Some(secret(identity)), fixed([]))),
    }
}

fn fixed<const N: usize>(answers: [Secret; N]) -> Remaining {
    Remaining::Fixed(Vec::from(answers).into_iter())
}

fn secret(text: &str) -> Secret {
    Zeroizing::new(text.into())
}

/// RFC 4616, section 2. It has the server prepare the strings, by SASLprep or otherwise: what was
/// prepared here could not match what a server hashed as it came.
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
    use Mechanism::{CramMd5, External, Login, OauthBearer, Plain, ScramSha1, Xoauth2};

    const CONTEXT: Context<'static> = Context {
        nonce: [0; 18],
        binding: None,
        bound_offered: false,
        host: "server.example.com",
        port: 587,
    };

    fn tim(authorization_id: Option<&str>) -> Credentials {
        Credentials::Password(Password {
            username: "tim".into(),
            password: "tanstaaftanstaaf".into(),
            authorization_id: authorization_id.map(String::from),
        })
    }

    fn bearer() -> Credentials {
        Credentials::Bearer(Bearer {
            username: "tim".into(),
            token: "ya29.secret".into(),
        })
    }

    fn start(mechanism: Mechanism, credentials: &Credentials) -> Result<Exchange, String> {
        Exchange::new(mechanism, credentials, &CONTEXT)
    }

    fn exchange(mechanism: Mechanism) -> Exchange {
        start(mechanism, &tim(None)).unwrap()
    }

    fn initial_response(mechanism: Mechanism, credentials: &Credentials) -> Vec<u8> {
        let exchange = start(mechanism, credentials).unwrap();
        exchange.initial_response().unwrap().to_vec()
    }

    #[test]
    fn plain_says_all_in_its_initial_response() {
        // RFC 4616, section 4.
        let initial = |id| initial_response(Plain, &tim(id));
        assert_eq!(initial(None), b"\0tim\0tanstaaftanstaaf");
        assert_eq!(initial(Some("")), b"\0tim\0tanstaaftanstaaf");
        assert_eq!(initial(Some("Kurt")), b"Kurt\0tim\0tanstaaftanstaaf");
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
        assert!(exchange.conclude().is_ok());
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
            let error = exchange.respond(b"Password:").unwrap_err();
            assert!(error.contains("LOGIN"), "{error}");
        }
    }

    #[test]
    fn a_challenge_is_read_where_the_answer_depends_on_it() {
        let bearer = start(OauthBearer, &bearer()).unwrap();
        for (mut exchange, after_the_first) in [
            (exchange(Plain), false),
            (exchange(ScramSha1), true),
            (bearer, true),
        ] {
            assert!(!exchange.reads_challenge(), "the initial response is due");
            exchange.initial_response_sent();
            let mechanism = exchange.mechanism();
            assert_eq!(exchange.reads_challenge(), after_the_first, "{mechanism:?}");
        }
        assert!(exchange(CramMd5).reads_challenge());
        assert!(!exchange(Login).reads_challenge());
    }

    #[test]
    fn cram_md5_answers_one_challenge() {
        let mut exchange = exchange(CramMd5);
        assert_eq!(exchange.initial_response(), None);
        assert!(!exchange.has_proved());
        let response = exchange
            .respond(b"<1896.697170952@postoffice.reston.mci.net>")
            .unwrap();
        assert_eq!(response.as_slice(), b"tim b913a602c7eda7a495b4e6e7334d3890");
        assert!(exchange.has_proved());
        assert!(
            exchange
                .respond(b"<again>")
                .unwrap_err()
                .contains("CRAM-MD5")
        );
    }

    #[test]
    fn scram_is_not_concluded_before_the_server_has_proved_itself() {
        let mut exchange = exchange(ScramSha1);
        let nonce = encode(&CONTEXT.nonce).to_string();
        let first = format!("n,,n=tim,r={nonce}");
        assert_eq!(exchange.initial_response(), Some(first.as_bytes()));
        assert!(exchange.conclude().is_err());
        exchange.initial_response_sent();
        assert!(!exchange.has_proved());
        exchange
            .respond(format!("r={nonce}x,s=QQ==,i=4096").as_bytes())
            .unwrap();
        assert!(exchange.has_proved());
        assert!(exchange.conclude().unwrap_err().contains("not proved"));
        assert_eq!(exchange.respond(b"e=unknown-user").unwrap().len(), 0);
        assert_eq!(exchange.failure(), Some("SCRAM: unknown-user"));
        assert!(exchange.conclude().is_err());
    }

    #[test]
    fn a_refused_token_is_answered_with_as_good_as_nothing() {
        let json = br#"{"status":"invalid_token"}"#;
        for (mechanism, end) in [(OauthBearer, &b"\x01"[..]), (Xoauth2, b"")] {
            let mut exchange = start(mechanism, &bearer()).unwrap();
            let initial = exchange.initial_response().unwrap().to_vec();
            assert_eq!(exchange.respond(b"").unwrap().as_slice(), initial);
            assert_eq!(exchange.respond(json).unwrap().as_slice(), end);
            assert_eq!(exchange.failure(), Some(r#"{"status":"invalid_token"}"#));
            assert!(exchange.respond(json).is_err());
        }
    }

    #[test]
    fn external_says_whom_to_act_as_or_nothing() {
        let initial = |identity: Option<&str>| {
            initial_response(External, &Credentials::External(identity.map(String::from)))
        };
        assert_eq!(initial(None), b"");
        assert_eq!(initial(Some("")), b"");
        assert_eq!(initial(Some("tim@example.org")), b"tim@example.org");
        assert!(start(External, &Credentials::External(Some("t\0m".into()))).is_err());
    }

    #[test]
    fn only_plain_and_scram_act_as_another() {
        for mechanism in [Login, CramMd5] {
            assert!(start(mechanism, &tim(Some("Kurt"))).is_err());
            assert!(start(mechanism, &tim(Some("tim"))).is_ok());
            assert!(start(mechanism, &tim(Some(""))).is_ok());
        }
        let initial = initial_response(ScramSha1, &tim(Some("Kurt")));
        assert!(initial.starts_with(b"n,a=Kurt,n=tim,r="));
    }

    #[test]
    fn a_mechanism_takes_no_credentials_of_another_kind() {
        let all = [tim(None), bearer(), Credentials::External(None)];
        for mechanism in Mechanism::DEFAULT {
            let bound = mechanism.is_bound();
            let taken = all.iter().filter(|c| start(mechanism, c).is_ok()).count();
            assert_eq!(taken, usize::from(!bound), "{mechanism:?}");
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
            for mechanism in [ScramSha1, Plain, Login, CramMd5] {
                let credentials = Credentials::Password(credentials.clone());
                let error = start(mechanism, &credentials).err().unwrap();
                assert!(error.contains(reason) && !error.contains("cret"), "{error}");
            }
        }
    }
}
