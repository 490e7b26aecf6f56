//! The host's bindings for the world in ../wit: `envoi`, or `envoi-async` with the feature `p3`. Both have the
//! same names here.

#[cfg(feature = "p3")]
pub(crate) use exports::envoi::mail::smtp_async as smtp;

#[cfg(not(feature = "p3"))]
pub(crate) use exports::envoi::mail::smtp;

#[cfg(not(feature = "p3"))]
wasmtime::component::bindgen!({
    path: "../wit",
    world: "envoi",
    with: { "wasi": wasmtime_wasi::p2::bindings::sync },
    additional_derives: [Clone, PartialEq],
});

// Every function is called alike, also one that does not wait for a server.
#[cfg(feature = "p3")]
wasmtime::component::bindgen!({
    path: "../wit",
    world: "envoi-async",
    with: { "wasi": wasmtime_wasi::p3::bindings },
    exports: { default: async | store },
});

#[cfg(feature = "p3")]
pub(crate) type Envoi = EnvoiAsync;

/// The interfaces of the world `envoi`: `smtp-async` has the functions of all that have no counterpart.
#[cfg(feature = "p3")]
impl EnvoiAsync {
    pub(crate) fn envoi_mail_smtp(&self) -> &smtp::Guest {
        self.envoi_mail_smtp_async()
    }

    pub(crate) fn envoi_mail_smtp_streams(&self) -> &smtp::Guest {
        self.envoi_mail_smtp_async()
    }

    pub(crate) fn envoi_mail_smtp_dkim(&self) -> smtp::GuestMailer<'_> {
        self.envoi_mail_smtp_async().mailer()
    }
}

/// Derived in the other world. Here, `PartialEq` cannot be derived for all types: one has a future.
#[cfg(feature = "p3")]
macro_rules! equal_if_printed_alike {
    ($($module:ident::{$($type:ident),*}),*) => {
        $($(
            impl PartialEq for $module::$type {
                fn eq(&self, other: &Self) -> bool {
                    // It prints every field.
                    format!("{self:?}") == format!("{other:?}")
                }
            }
        )*)*
    };
}

#[cfg(feature = "p3")]
use exports::envoi::mail::compose;

#[cfg(feature = "p3")]
equal_if_printed_alike!(
    compose::{Address, Attachment, Composed, Invalid},
    smtp::{
        AuthStep, Envelope, Error, Explanation, OutgoingMessage, Receipt, RecipientReply, Rejection, Reply,
        TimedOut, TlsState, TranscriptLine, UnavailableExtension, UnsentRecipient
    }
);
