//! The component in wasmtime, for its tests.
//!
//! `tests/host` runs it against scripted servers, `tests/real` against real ones, `tests/cli` is the
//! command line, `tests/oauth` the component that gets tokens and the command for a person's
//! consent, and `tests/guest.rs` the composed guests. To add a scripted conversation, add a test to
//! the file of its topic in `tests/host`; `support.rs` there has the usual parts of scripts.
//!
//! With the feature `p3`, the same tests run the component for WASI 0.3: a call then still waits for its result,
//! but several threads may call at the same time.
//!
//! ```no_run
//! use host_tests::{Envelope, Grants, Host};
//!
//! let instance = Host::shared().instance(Grants::all());
//! let mailer = instance.mailer("mail.example.org");
//! let envelope = Envelope { sender: Some("a@example.org".into()), recipients: vec!["b@example.org".into()] };
//! let receipt = mailer.send(&envelope, b"Subject: hello\r\n\r\nHello\r\n");
//! ```

#[cfg(not(feature = "p3"))]
mod arguments;
mod bindings;
#[cfg(not(feature = "p3"))]
mod blocking;
mod clock;
mod component;
#[cfg(feature = "p3")]
mod concurrent;
mod draft;
mod faults;
mod grants;
mod guest;
mod instance;
mod mailer;
mod memory;
mod message_writer;
mod options;
#[cfg(feature = "p3")]
mod pool;
mod randomness;
mod resolver;
mod resource;
mod session;
mod signer;
#[cfg(feature = "p3")]
mod source;
#[cfg(not(feature = "p3"))]
mod streams;

pub use bindings::exports::envoi::mail::compose::{Address, Attachment, Composed, Invalid};
pub use bindings::smtp::{
    AuthPipelining, AuthStep, BearerCredentials, BodyType, Credentials, DsnContents, DsnNotify,
    Envelope, Error, Explanation, Outcome, OutgoingMessage, PasswordCredentials, Phase,
    PipeliningAfterMessage, Protocol, Receipt, RecipientReply, Rejection, Reply, Retry, Security,
    TimedOut, Timeout, TlsFailure, TlsState, TlsVersion, TranscriptLine, TranscriptSource,
    UnavailableExtension, UnsentRecipient,
};
pub use clock::Clock;
#[cfg(not(feature = "p3"))]
pub use component::wide_component_path;
pub use component::{
    component_path, composer_path, guest_oauth_path, load, login_path, oauth_path,
};
#[cfg(feature = "p3")]
pub use concurrent::Pending;
pub use draft::Draft;
pub use faults::{Code, Faults, Function};
pub use grants::Grants;
pub use guest::Guest;
pub use instance::{Host, Instance};
pub use mailer::Mailer;
pub use memory::LinearMemory;
pub use message_writer::MessageWriter;
pub use options::Options;
#[cfg(feature = "p3")]
pub use pool::StartedMessage;
pub use session::Session;
pub use signer::Signer;
