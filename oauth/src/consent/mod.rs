//! A person's consent, which gives a refresh token.
//!
//! ```text
//! metadata.rs   where to ask (RFC 8414)
//! browser.rs    in a browser on this machine (RFC 6749, section 4.1; RFC 7636; RFC 8252)
//! device.rs     on another device, by a code that the person types (RFC 8628)
//! ```

mod browser;
mod device;
mod metadata;

use zeroize::Zeroizing;

pub use browser::{Browser, Redirect};
pub use device::{Device, Poll};
pub use metadata::Metadata;

use crate::answer::{Answer, Asked, Fault, granted};
use crate::failure::{Failure, Remedy};
use crate::request::Request;

/// The refresh token that a person's consent gave. `unix` is the time of the request, in seconds.
fn refresh_token(
    request: &Request,
    answer: Result<Answer, Fault>,
    unix: u64,
) -> Result<Zeroizing<String>, Failure> {
    let answer = answer.map_err(|fault| fault.failure(request.endpoint.authority()))?;
    let granted = granted(&answer, &request.secrets, Asked::Consent, unix)?;
    granted.refresh_token.ok_or_else(|| Failure {
        remedy: Remedy::MendTheSetUp,
        code: None,
        sentence: "the server granted a token, but no refresh token: ask for the scope offline_access, if the server \
                   has it, and allow refresh tokens for the client"
            .into(),
    })
}
