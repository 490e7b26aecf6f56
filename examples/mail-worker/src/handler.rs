//! The handler composed with envoi, in wasmtime: an instance for each job, which ends with it, so
//! that no job can learn of another. Instances come out of a pool that is laid out at the start: one
//! takes some microseconds, and a host never holds more memory than the pool has.

use std::path::Path;

use rust_host::{precompiled, state::State};
use wasmtime::component::Linker;
use wasmtime::{Config, Engine, PoolingAllocationConfig, Result, Store};

use crate::job::Job;
use exports::example::mail_worker::delivery::Job as Letter;
pub use exports::example::mail_worker::delivery::{Fate, Server, Verdict};

wasmtime::component::bindgen!({
    path: ["../../wit", "handler/wit"],
    world: "example:mail-worker/composed",
    exports: { default: async },
});

/// Of an instance: several times the largest message that a provider takes.
const MEMORY: usize = 256 * 1024 * 1024;

pub struct Handler {
    engine: Engine,
    component: ComposedPre<State>,
}

impl Handler {
    pub fn load(component: &Path) -> Result<Handler> {
        let mut pool = PoolingAllocationConfig::new();
        pool.max_memory_size(MEMORY);
        let mut config = Config::new();
        config.allocation_strategy(pool);
        let engine = Engine::new(&config)?;
        let component = precompiled::load(&engine, component)?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        let component = ComposedPre::new(linker.instantiate_pre(&component)?)?;
        Ok(Handler { engine, component })
    }

    /// What is wrong with the server's URL or certificates, before any job is taken.
    pub async fn check(&self, server: &Server) -> Result<Result<(), String>> {
        let (mut store, instance) = self.instance().await?;
        instance
            .example_mail_worker_delivery()
            .call_check(&mut store, server)
            .await
    }

    /// What became of each recipient.
    pub async fn deliver(&self, server: &Server, job: &Job) -> Result<Vec<Verdict>> {
        let (mut store, instance) = self.instance().await?;
        let letter = Letter {
            sender: job.sender.clone(),
            recipients: job.recipients.clone(),
            message: job.message.clone(),
        };
        instance
            .example_mail_worker_delivery()
            .call_deliver(&mut store, server, &letter)
            .await
    }

    async fn instance(&self) -> Result<(Store<State>, Composed)> {
        let mut store = Store::new(&self.engine, State::default());
        let instance = self.component.instantiate_async(&mut store).await?;
        Ok((store, instance))
    }
}
