//! Runs the component in wasmtime.

use std::path::Path;

use futures_util::future::join_all;
use rust_host::{precompiled, state::State};
use wasmtime::component::{Linker, ResourceAny};
use wasmtime::{Engine, Result, Store};

use exports::envoi::mail::compose::Composed;
use exports::envoi::mail::smtp_async::{Envelope, Error, Receipt, Timeout};

use crate::message::Message;

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "envoi-async",
    // A store with WASI 0.3 takes only `async` calls, even of functions that wait for nothing.
    exports: { default: async },
    with: { "wasi": wasmtime_wasi::p3::bindings },
});

/// 20 seconds for each message, in nanoseconds. The wait for a free connection counts.
const LIMIT: Option<u64> = Some(20_000_000_000);

/// What a server allows to one client.
const CONNECTIONS: u32 = 4;

pub(crate) struct Host {
    store: Store<State>,
    envoi: EnvoiAsync,
    mailer: ResourceAny,
}

impl Host {
    pub(crate) async fn new(component: &Path, server: &str) -> Result<Host> {
        let engine = Engine::default();
        let component = precompiled::load(&engine, component)?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p3::add_to_linker(&mut linker)?;
        let mut store = Store::new(&engine, State::default());
        let envoi = EnvoiAsync::instantiate_async(&mut store, &component, &linker).await?;
        let mailers = envoi.envoi_mail_smtp_async().mailer();
        let mailer = mailers.call_from_url(&mut store, server).await??;
        let total = Timeout::Total;
        mailers
            .call_set_timeout(&mut store, mailer, total, LIMIT)
            .await?;
        mailers
            .call_set_connections(&mut store, mailer, CONNECTIONS)
            .await?;
        Ok(Host {
            store,
            envoi,
            mailer,
        })
    }

    pub(crate) async fn compose(&mut self, message: &Message<'_>) -> Result<Composed> {
        message.compose(&mut self.store, &self.envoi).await
    }

    /// Sends all messages at the same time, then QUIT over each connection. The results are in the order of the
    /// messages.
    pub(crate) async fn send(
        &mut self,
        mails: Vec<Composed>,
    ) -> Result<Vec<Result<Receipt, Error>>> {
        let mailers = self.envoi.envoi_mail_smtp_async().mailer();
        let mailer = self.mailer;
        let sent = self.store.run_concurrent(async |accessor| {
            let calls = mails.into_iter().map(|mail| {
                let (sender, recipients) = (mail.sender, mail.recipients);
                let envelope = Envelope { sender, recipients };
                mailers.call_send(accessor, mailer, envelope, mail.message, None)
            });
            let sent = join_all(calls).await;
            mailers.call_close(accessor, mailer).await?;
            // The outer results are wasmtime's: the first trap ends it all.
            sent.into_iter().collect()
        });
        sent.await?
    }

    /// A sentence for people.
    pub(crate) async fn explain(&mut self, error: &Error) -> Result<String> {
        let smtp = self.envoi.envoi_mail_smtp_async();
        let explanation = smtp.call_explain(&mut self.store, error).await?;
        Ok(explanation.sentence)
    }
}
