//! Runs the component in wasmtime.

use std::path::Path;

use rust_host::{precompiled, state::State};
use wasmtime::component::{Linker, ResourceAny};
use wasmtime::{Engine, Result, Store};

pub(crate) use exports::envoi::mail::smtp::Receipt;
use exports::envoi::mail::smtp::{Envelope, Timeout};

use crate::message::Message;

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "envoi",
    with: { "wasi": wasmtime_wasi::p2::bindings::sync },
});

/// 20 seconds for each call, in nanoseconds.
const LIMIT: Option<u64> = Some(20_000_000_000);

/// The component, compiled and linked. An instance of it takes some microseconds.
pub(crate) struct Host {
    engine: Engine,
    component: EnvoiPre<State>,
}

impl Host {
    pub(crate) fn new(component: &Path) -> Result<Host> {
        let engine = Engine::default();
        let component = precompiled::load(&engine, component)?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
        let component = EnvoiPre::new(linker.instantiate_pre(&component)?)?;
        Ok(Host { engine, component })
    }

    /// Composes and sends one message, in an instance that ends with it.
    pub(crate) fn send_once(&self, server: &str, message: &Message) -> Result<Receipt> {
        let (mut store, envoi) = self.instance()?;
        let mail = message.compose(&mut store, &envoi)?;
        let sender = mail.sender.unwrap_or_default();
        let smtp = envoi.envoi_mail_smtp();
        let (to, content) = (&mail.recipients, &mail.message);
        let receipt = smtp.call_send_mail(&mut store, server, &sender, to, content, LIMIT)?;
        Ok(receipt?)
    }

    /// Makes an instance with a mailer, which keeps its connection.
    pub(crate) fn keep(&self, server: &str) -> Result<Kept> {
        let (mut store, envoi) = self.instance()?;
        let mailers = envoi.envoi_mail_smtp().mailer();
        let mailer = mailers.call_from_url(&mut store, server)??;
        mailers.call_set_timeout(&mut store, mailer, Timeout::Total, LIMIT)?;
        Ok(Kept {
            store,
            envoi,
            mailer,
        })
    }

    fn instance(&self) -> Result<(Store<State>, Envoi)> {
        let mut store = Store::new(&self.engine, State::default());
        let envoi = self.component.instantiate(&mut store)?;
        Ok((store, envoi))
    }
}

pub(crate) struct Kept {
    store: Store<State>,
    envoi: Envoi,
    mailer: ResourceAny,
}

impl Kept {
    pub(crate) fn send(&mut self, message: &Message) -> Result<Receipt> {
        let mail = message.compose(&mut self.store, &self.envoi)?;
        let envelope = Envelope {
            sender: mail.sender,
            recipients: mail.recipients,
        };
        let (mailers, content) = (self.envoi.envoi_mail_smtp().mailer(), &mail.message);
        let receipt = mailers.call_send(&mut self.store, self.mailer, &envelope, content, None)?;
        Ok(receipt?)
    }

    /// Sends QUIT, and ends the instance.
    pub(crate) fn close(mut self) -> Result<()> {
        let mailers = self.envoi.envoi_mail_smtp().mailer();
        mailers.call_close(&mut self.store, self.mailer)
    }
}
