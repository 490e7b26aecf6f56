//! OAuth 2.0 access tokens (RFC 6749) for SMTP.
//!
//! ```text
//!      component.rs              exports envoi:mail/oauth (feature `component`)
//!       |        |
//!       |     wasi/              sends a request over wasi:http, within limits of time and size
//!       |        |
//!   source.rs    |               which token to use, when to ask, what the answer means
//!    |      \    |
//! grant/   request.rs, answer/   what is requested; what came back
//!
//!   consent/                     a person's consent in a browser, or on another device
//! ```
//!
//! All but `component.rs` and `wasi/` does no I/O, and reads no clock: time and random octets are arguments.

#![warn(missing_docs)]

mod answer;
mod client;
#[cfg(feature = "component")]
mod component;
pub mod consent;
mod endpoint;
mod failure;
mod grant;
mod request;
mod secrets;
mod source;
mod time;
pub mod wasi;

pub use answer::{Answer, Fault, MAX_ANSWER};
pub use client::{Authentication, Client};
pub use endpoint::Endpoint;
pub use failure::{Failure, Remedy};
pub use request::{Method, Request};
pub use source::TokenSource;
pub use time::Now;
