//! The component in wasmtime, for its tests and demonstrations.
//!
//! `tests/host` runs it against scripted servers, `tests/real` against real ones, `tests/cli` is the
//! command line, and `tests/guest.rs` the composed guests. To add a scripted conversation, add a test to
//! the file of its topic in `tests/host`; `support.rs` there has the usual parts of scripts.
//!
//! ```no_run
//! use host_tests::{Envelope, Grants, Host};
//!
//! let instance = Host::shared().instance(Grants::all());
//! let mailer = instance.mailer("mail.example.org");
//! let envelope = Envelope { sender: Some("a@example.org".into()), recipients: vec!["b@example.org".into()] };
//! let receipt = mailer.send(&envelope, b"Subject: hello\r\n\r\nHello\r\n");
//! ```

mod bindings;
mod component;
mod draft;
mod grants;
mod guest;
mod instance;
mod mailer;
mod memory;
mod message_writer;
mod options;
mod randomness;
mod resolver;
mod resource;
mod screen;
mod session;
mod signer;
mod streams;

pub use bindings::exports::envoi::mail::compose::{Address, Attachment, Composed, Invalid};
pub use bindings::exports::envoi::mail::smtp::{
    AuthPipelining, AuthStep, BearerCredentials, BodyType, Credentials, DsnContents, DsnNotify,
    Envelope, Error, Explanation, Outcome, OutgoingMessage, PasswordCredentials, Phase,
    PipeliningAfterMessage, Protocol, Receipt, RecipientReply, Rejection, Reply, Retry, Security,
    TimedOut, Timeout, TlsFailure, TlsState, TlsVersion, TranscriptLine, TranscriptSource,
    UnavailableExtension, UnsentRecipient,
};
pub use component::{component_path, composer_path, load, wide_component_path};
pub use draft::Draft;
pub use grants::Grants;
pub use guest::Guest;
pub use instance::{Host, Instance};
pub use mailer::Mailer;
pub use memory::LinearMemory;
pub use message_writer::MessageWriter;
pub use options::Options;
pub use screen::{LineSource, Screen};
pub use session::Session;
pub use signer::Signer;
