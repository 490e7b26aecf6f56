//! One authentication exchange (RFC 4422, section 3), from its start to the client's last message.

use envoi_primitives::wipe_stack;

use super::mechanism::{ClientSide, Secret};
use super::{Context, Credentials, Error, Mechanism};

/// The client's side. If the server reports success (235), `done` says whether to believe it.
pub struct Exchange {
    mechanism: Mechanism,
    /// The initial response, while it is not sent.
    initial: Option<Secret>,
    client: Box<dyn ClientSide>,
}

impl Exchange {
    /// Refuses credentials that the mechanism cannot carry.
    pub fn new(
        mechanism: Mechanism,
        credentials: &Credentials,
        context: &Context<'_>,
    ) -> Result<Self, Error> {
        let client = mechanism.new_client(credentials, context);
        wipe_stack();
        let mut client = client?;
        Ok(Self {
            mechanism,
            initial: client.start(),
            client,
        })
    }

    /// The mechanism that runs.
    pub fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// The message that AUTH itself can carry, if the client speaks first. If AUTH does not carry it, it
    /// answers the first challenge, which is empty.
    pub fn initial_response(&self) -> Option<&[u8]> {
        self.initial.as_ref().map(|initial| initial.as_slice())
    }

    /// Call this if AUTH carried the initial response: it answers no challenge then.
    pub fn initial_response_sent(&mut self) {
        self.initial = None;
    }

    /// Answers a challenge. On an error the client has to cancel: the server wants more than the
    /// mechanism has to say, or cannot be trusted.
    pub fn respond(&mut self, challenge: &[u8]) -> Result<Secret, Error> {
        match self.initial.take() {
            Some(initial) => Ok(initial),
            None => {
                let response = self.client.respond(challenge);
                // HMAC takes the password there, and leaves SCRAM's keys, which are as good as the password.
                wipe_stack();
                response
            }
        }
    }

    /// Whether the answer depends on the next challenge. If it does not, the challenge may be anything:
    /// servers ask for LOGIN's two answers in various words, and for an initial response with nothing, or
    /// with a text that is not base64.
    pub fn reads_challenge(&self) -> bool {
        self.initial.is_none() && self.client.reads_challenge()
    }

    /// Whether the server has received a proof of the password.
    pub fn has_proved(&self) -> bool {
        self.client.has_proved()
    }

    /// Whether the server said that it refuses the channel binding (RFC 5802, section 7).
    pub fn is_binding_refused(&self) -> bool {
        self.client.is_binding_refused()
    }

    /// Why the server refuses, if a challenge said so: JSON for a refused token (RFC 7628, section 3.2.2).
    pub fn failure(&self) -> Option<&str> {
        self.client.failure()
    }

    /// Call this when the server reports success. An error if the mechanism makes the server prove
    /// itself, and it has not.
    pub fn done(&self) -> Result<(), Error> {
        self.client.done()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sasl::{Bearer, Password, encode};

    const PLAIN: Mechanism = Mechanism::PLAIN;
    const LOGIN: Mechanism = Mechanism::LOGIN;
    const CRAM_MD5: Mechanism = Mechanism::CRAM_MD5;
    const SCRAM_SHA_1: Mechanism = Mechanism::SCRAM_SHA_1;
    const OAUTHBEARER: Mechanism = Mechanism::OAUTHBEARER;
    const XOAUTH2: Mechanism = Mechanism::XOAUTH2;

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

    fn start(mechanism: Mechanism, credentials: &Credentials) -> Result<Exchange, Error> {
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
        let initial = |id| initial_response(PLAIN, &tim(id));
        assert_eq!(initial(None), b"\0tim\0tanstaaftanstaaf");
        assert_eq!(initial(Some("")), b"\0tim\0tanstaaftanstaaf");
        assert_eq!(initial(Some("Kurt")), b"Kurt\0tim\0tanstaaftanstaaf");
    }

    #[test]
    fn plain_answers_the_first_challenge_if_auth_did_not_carry_its_message() {
        let mut exchange = exchange(PLAIN);
        assert_eq!(
            exchange.respond(b"").unwrap().as_slice(),
            b"\0tim\0tanstaaftanstaaf"
        );
        assert!(exchange.respond(b"").is_err());
        assert_eq!(exchange.initial_response(), None);
        assert!(exchange.done().is_ok());
    }

    #[test]
    fn plain_answers_no_challenge_after_its_initial_response() {
        let mut exchange = exchange(PLAIN);
        exchange.initial_response_sent();
        assert_eq!(exchange.initial_response(), None);
        assert_eq!(exchange.respond(b""), Err(Error::ExchangeOver("PLAIN")));
    }

    #[test]
    fn login_gives_the_name_and_then_the_password_whatever_it_is_asked() {
        for prompts in [
            ["Username:", "Password:"],
            ["User Name\0", "Password\0"],
            ["", ""],
        ] {
            let mut exchange = exchange(LOGIN);
            assert_eq!(exchange.initial_response(), None);
            let [first, second] =
                prompts.map(|prompt| exchange.respond(prompt.as_bytes()).unwrap());
            assert_eq!(first.as_slice(), b"tim");
            assert_eq!(second.as_slice(), b"tanstaaftanstaaf");
            let error = exchange.respond(b"Password:").unwrap_err();
            assert_eq!(
                error.to_string(),
                "the server wants more than LOGIN has to say"
            );
        }
    }

    #[test]
    fn a_challenge_is_read_if_the_answer_depends_on_it() {
        let bearer = start(OAUTHBEARER, &bearer()).unwrap();
        for (mut exchange, after_the_first) in [
            (exchange(PLAIN), false),
            (exchange(SCRAM_SHA_1), true),
            (bearer, true),
        ] {
            assert!(!exchange.reads_challenge(), "the initial response is due");
            exchange.initial_response_sent();
            let mechanism = exchange.mechanism();
            assert_eq!(exchange.reads_challenge(), after_the_first, "{mechanism:?}");
        }
        assert!(exchange(CRAM_MD5).reads_challenge());
        assert!(!exchange(LOGIN).reads_challenge());
    }

    #[test]
    fn cram_md5_answers_one_challenge() {
        let mut exchange = exchange(CRAM_MD5);
        assert_eq!(exchange.initial_response(), None);
        assert!(!exchange.has_proved());
        let response = exchange
            .respond(b"<1896.697170952@postoffice.reston.mci.net>")
            .unwrap();
        assert_eq!(response.as_slice(), b"tim b913a602c7eda7a495b4e6e7334d3890");
        assert!(exchange.has_proved());
        assert_eq!(
            exchange.respond(b"<again>"),
            Err(Error::ExchangeOver("CRAM-MD5"))
        );
    }

    #[test]
    fn scram_is_not_done_before_the_server_has_proved_itself() {
        let mut exchange = exchange(SCRAM_SHA_1);
        let nonce = encode(&CONTEXT.nonce).to_string();
        let first = format!("n,,n=tim,r={nonce}");
        assert_eq!(exchange.initial_response(), Some(first.as_bytes()));
        assert!(exchange.done().is_err());
        exchange.initial_response_sent();
        assert!(!exchange.has_proved());
        exchange
            .respond(format!("r={nonce}x,s=QQ==,i=4096").as_bytes())
            .unwrap();
        assert!(exchange.has_proved());
        let error = exchange.done().unwrap_err();
        assert!(matches!(error, Error::ServerNotProved(_)), "{error}");
        assert!(error.to_string().contains("not proved"), "{error}");
        assert_eq!(exchange.respond(b"e=unknown-user").unwrap().len(), 0);
        assert_eq!(exchange.failure(), Some("SCRAM: unknown-user"));
        assert!(exchange.done().is_err());
    }

    #[test]
    fn a_refusal_of_a_token_gets_a_fixed_answer() {
        let json = br#"{"status":"invalid_token"}"#;
        for (mechanism, end) in [(OAUTHBEARER, &b"\x01"[..]), (XOAUTH2, b"")] {
            let mut exchange = start(mechanism, &bearer()).unwrap();
            let initial = exchange.initial_response().unwrap().to_vec();
            assert_eq!(exchange.respond(b"").unwrap().as_slice(), initial);
            assert_eq!(exchange.respond(json).unwrap().as_slice(), end);
            assert_eq!(exchange.failure(), Some(r#"{"status":"invalid_token"}"#));
            assert!(exchange.respond(json).is_err());
        }
    }

    #[test]
    fn external_names_the_identity_to_act_as_or_none() {
        let initial = |identity: Option<&str>| {
            initial_response(
                Mechanism::EXTERNAL,
                &Credentials::External(identity.map(String::from)),
            )
        };
        assert_eq!(initial(None), b"");
        assert_eq!(initial(Some("")), b"");
        assert_eq!(initial(Some("tim@example.org")), b"tim@example.org");
        assert!(
            start(
                Mechanism::EXTERNAL,
                &Credentials::External(Some("t\0m".into()))
            )
            .is_err()
        );
    }

    #[test]
    fn only_plain_and_scram_act_as_another_identity() {
        for mechanism in [LOGIN, CRAM_MD5] {
            assert!(start(mechanism, &tim(Some("Kurt"))).is_err());
            assert!(start(mechanism, &tim(Some("tim"))).is_ok());
            assert!(start(mechanism, &tim(Some(""))).is_ok());
        }
        let initial = initial_response(SCRAM_SHA_1, &tim(Some("Kurt")));
        assert!(initial.starts_with(b"n,a=Kurt,n=tim,r="));
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
            for mechanism in [SCRAM_SHA_1, PLAIN, LOGIN, CRAM_MD5] {
                let credentials = Credentials::Password(credentials.clone());
                let error = start(mechanism, &credentials).err().unwrap();
                assert!(matches!(error, Error::CannotCarry(_)), "{error}");
                let error = error.to_string();
                assert!(error.contains(reason) && !error.contains("cret"), "{error}");
            }
        }
    }
}
