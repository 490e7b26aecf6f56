//! A source of tokens: which one to use, when to ask for another, and what the answer means.

use core::time::Duration;

use zeroize::Zeroizing;

use crate::answer::{Answer, Fault, granted};
use crate::client::{Authentication, Client};
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::grant::{Grant, ServiceAccount};
use crate::request::Request;
use crate::time::Now;

/// A token is not used in the last minute of its life: a mail server may be slow, and clocks differ.
const MARGIN: Duration = Duration::from_secs(60);
/// How long a token is kept if the server does not say how long it is good: few are good for less, and few
/// requests are made for it.
const KEPT_IF_UNKNOWN: Duration = Duration::from_secs(5 * 60);

/// Gets tokens in one way, and keeps the latest one. The caller sends the requests:
///
/// ```
/// use envoi_oauth::{Answer, Authentication, Client, Now, TokenSource};
/// # fn send(_: &envoi_oauth::Request) -> Result<Answer, envoi_oauth::Fault> {
/// #     let body = br#"{"access_token":"t0ken","token_type":"Bearer","expires_in":3600}"#;
/// #     Ok(Answer { status: 200, retry_after: None, content_type: None, body: body.to_vec().into() })
/// # }
/// # fn main() -> Result<(), envoi_oauth::Failure> {
/// let secret = Authentication::SecretInBody(String::from("s3cret").into());
/// let client = Client::new("id".into(), secret)?;
/// let mut source = TokenSource::client_credentials("https://login.test/token", client, None)?;
/// let now = Now { monotonic: std::time::Duration::ZERO, unix: 1_795_942_800 };
///
/// assert!(source.token(now).is_none());
/// let request = source.request(now)?;
/// let answer = send(&request);
/// assert_eq!(*source.receive(now, &request, answer)?, "t0ken");
/// assert!(source.token(now).is_some());
/// # Ok(())
/// # }
/// ```
pub struct TokenSource {
    endpoint: Endpoint,
    grant: Grant,
    /// Sent beside the grant; an assertion has its own.
    scope: Option<String>,
    kept: Option<Token>,
}

struct Token {
    secret: Zeroizing<String>,
    /// On the monotonic clock.
    stale_at: Duration,
}

impl TokenSource {
    /// RFC 6749, section 4.4.
    ///
    /// # Errors
    /// The URL is not `https`, or the client has no secret.
    pub fn client_credentials(
        token_url: &str,
        client: Client,
        scope: Option<String>,
    ) -> Result<Self, Failure> {
        if matches!(client.authentication, Authentication::Public) {
            return Err(Failure::mend(
                "a public client gets no token by its own credentials: give its secret",
            ));
        }
        let endpoint = Endpoint::parse("token-url", token_url)?;
        Ok(Self::new(endpoint, Grant::ClientCredentials(client), scope))
    }

    /// RFC 6749, section 6.
    ///
    /// # Errors
    /// The URL is not `https`, or the refresh token is empty.
    pub fn refresh(
        token_url: &str,
        client: Client,
        refresh_token: Zeroizing<String>,
        scope: Option<String>,
    ) -> Result<Self, Failure> {
        if refresh_token.is_empty() {
            return Err(Failure::mend(
                "the refresh token is empty: a person's consent gives one",
            ));
        }
        let endpoint = Endpoint::parse("token-url", token_url)?;
        Ok(Self::new(
            endpoint,
            Grant::RefreshToken(client, refresh_token),
            scope,
        ))
    }

    /// RFC 7523, with Google's key file.
    ///
    /// # Errors
    /// What the key file lacks.
    pub fn service_account(
        key_file: &str,
        scope: String,
        subject: Option<String>,
    ) -> Result<Self, Failure> {
        let (account, endpoint) = ServiceAccount::read(key_file, scope, subject)?;
        Ok(Self::new(endpoint, Grant::ServiceAccount(account), None))
    }

    fn new(endpoint: Endpoint, grant: Grant, scope: Option<String>) -> Self {
        Self {
            endpoint,
            grant,
            scope,
            kept: None,
        }
    }

    /// The kept token, if it is good for a minute more.
    pub fn token(&self, now: Now) -> Option<&str> {
        let kept = self.kept.as_ref()?;
        (now.monotonic < kept.stale_at).then_some(&*kept.secret)
    }

    /// Asks for another token.
    ///
    /// # Errors
    /// The key of a service account does not sign.
    pub fn request(&self, now: Now) -> Result<Request, Failure> {
        let request = self.grant.add_to(Request::post(&self.endpoint), now.unix)?;
        Ok(request.optional("scope", self.scope.as_deref()))
    }

    /// The token of an answer to `request`, which was sent at `asked`.
    ///
    /// # Errors
    /// The answer is a refusal, or no token, or there is none.
    pub fn receive(
        &mut self,
        asked: Now,
        request: &Request,
        answer: Result<Answer, Fault>,
    ) -> Result<Zeroizing<String>, Failure> {
        let answer = answer.map_err(|fault| fault.failure(request.endpoint.authority()))?;
        let granted = granted(&answer, &request.secrets, self.grant.asked(), asked.unix)?;
        let fresh_for = match granted.lifetime() {
            Some(seconds) => Duration::from_secs(seconds).saturating_sub(MARGIN),
            None => KEPT_IF_UNKNOWN,
        };
        if let (Grant::RefreshToken(_, kept), Some(new)) = (&mut self.grant, granted.refresh_token)
        {
            *kept = new;
        }
        self.kept = Some(Token {
            secret: granted.access_token.clone(),
            stale_at: asked.monotonic.saturating_add(fresh_for),
        });
        Ok(granted.access_token)
    }

    /// Drops the kept token.
    pub fn forget(&mut self) {
        self.kept = None;
    }

    /// The refresh token to use from now on.
    pub fn refresh_token(&self) -> Option<&str> {
        match &self.grant {
            Grant::RefreshToken(_, token) => Some(token),
            _ => None,
        }
    }
}
