//! What came back of a request, and what it means.
//!
//! ```text
//! Answer  ->  json.rs: the fields  ->  a token, or error.rs: a failure  ->  advice.rs: what to do
//! Fault   ->  fault.rs: a failure
//! ```

mod advice;
mod error;
mod fault;
mod json;
mod retry_after;
mod token;

use core::fmt;

use zeroize::Zeroizing;

pub(crate) use advice::Asked;
pub(crate) use error::{code, failure, refusal};
pub use fault::Fault;
use json::Text;
pub(crate) use json::{Lifetime, object};
pub(crate) use token::granted;

/// Octets of an answer's body: tokens of Microsoft have some 2 KiB, and large ones of others 16.
pub const MAX_ANSWER: usize = 64 * 1024;

/// An answer of the server. The body is wiped from memory when dropped.
pub struct Answer {
    /// HTTP's.
    pub status: u16,
    /// The value of Retry-After, if the answer has it.
    pub retry_after: Option<String>,
    /// The value of Content-Type, if the answer has it.
    pub content_type: Option<String>,
    /// [`MAX_ANSWER`] octets at most.
    pub body: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
