//! Consent on another device: the person types a code there, and this program asks for the token now and then
//! (RFC 8628).

use core::time::Duration;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::refresh_token;
use crate::answer::{Answer, Asked, Fault, Lifetime, code, failure, object};
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::failure::{Failure, Remedy};
use crate::request::Request;

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// In seconds, if the server gives no interval; also what `slow_down` adds (RFC 8628, sections 3.2 and 3.5).
const INTERVAL: u64 = 5;
/// In seconds: more than any server asks for.
const MAX_INTERVAL: u64 = 60;
/// In seconds: longer than anybody waits.
const MAX_LIFETIME: u64 = 3600;

/// One consent that is waited for.
pub struct Device {
    client: Client,
    token: Endpoint,
    device_code: Zeroizing<String>,
    /// In seconds.
    interval: u64,
    ends_at: Duration,
    /// What the person types.
    pub user_code: String,
    /// Where.
    pub verification_uri: String,
}

/// What an answer to a poll leads to.
pub enum Poll {
    /// Ask again after this time.
    Again(Duration),
    /// The refresh token.
    Done(Zeroizing<String>),
}

#[derive(Deserialize)]
struct Begun {
    device_code: Zeroizing<String>,
    user_code: String,
    // Google wrote it otherwise before the RFC.
    #[serde(alias = "verification_url")]
    verification_uri: String,
    expires_in: Option<Lifetime>,
    interval: Option<Lifetime>,
}

impl Device {
    /// Asks for a code.
    pub fn begin(device_authorization: &Endpoint, client: &Client, scope: &str) -> Request {
        let request = Request::post(device_authorization).client(client);
        // RFC 8628, section 3.1: the id is in the body, however the client authenticates.
        let with_id = match request.authorization {
            Some(_) => request.field("client_id", &client.id),
            None => request,
        };
        with_id.field("scope", scope)
    }

    /// The code of an answer to `begin`, which was sent when the monotonic clock showed `asked`.
    ///
    /// # Errors
    /// The answer is a refusal, or no code, or there is none.
    pub fn read(
        client: Client,
        token: Endpoint,
        request: &Request,
        answer: Result<Answer, Fault>,
        asked: crate::Now,
    ) -> Result<Self, Failure> {
        let answer = answer.map_err(|fault| fault.failure(request.endpoint.authority()))?;
        let begun: Option<Begun> = (answer.status == 200)
            .then(|| object(&answer.body))
            .flatten();
        let Some(begun) = begun else {
            return Err(failure(
                &answer,
                &request.secrets,
                Asked::Consent,
                asked.unix,
            ));
        };
        let seconds = |it: Option<Lifetime>| it.and_then(|it| it.seconds());
        let lifetime = seconds(begun.expires_in)
            .unwrap_or(MAX_LIFETIME)
            .min(MAX_LIFETIME);
        let interval = seconds(begun.interval).unwrap_or(INTERVAL);
        Ok(Self {
            client,
            token,
            device_code: begun.device_code,
            interval: interval.clamp(1, MAX_INTERVAL),
            ends_at: asked
                .monotonic
                .saturating_add(Duration::from_secs(lifetime)),
            user_code: begun.user_code,
            verification_uri: begun.verification_uri,
        })
    }

    /// How long to wait before the first poll.
    pub fn interval(&self) -> Duration {
        Duration::from_secs(self.interval)
    }

    /// Asks for the refresh token.
    pub fn poll(&self) -> Request {
        Request::post(&self.token)
            .field("grant_type", GRANT_TYPE)
            .secret("device_code", &self.device_code)
            .client(&self.client)
    }

    /// # Errors
    /// The person refused, or nobody came in time, or the server refuses for another reason.
    pub fn receive(
        &mut self,
        request: &Request,
        answer: Result<Answer, Fault>,
        now: crate::Now,
    ) -> Result<Poll, Failure> {
        match answer.as_ref().map(code) {
            Ok(Some(it)) if it == "authorization_pending" => {}
            Ok(Some(it)) if it == "slow_down" => self.slow_down(INTERVAL),
            // RFC 8628, section 3.5: no answer in time is a reason to ask less often.
            Err(Fault::TimedOut | Fault::Connect | Fault::Broken(_)) => {
                self.slow_down(self.interval)
            }
            _ => return refresh_token(request, answer, now.unix).map(Poll::Done),
        }
        if now.monotonic >= self.ends_at {
            return Err(Failure {
                remedy: Remedy::AskTheUser,
                code: None,
                sentence: "nobody consented in time: begin again".into(),
            });
        }
        Ok(Poll::Again(self.interval()))
    }

    fn slow_down(&mut self, seconds: u64) {
        self.interval = (self.interval + seconds).min(MAX_INTERVAL);
    }
}
