//! Runs the handler, composed with envoi, in wasmtime. Each job has an instance of its own, so that jobs cannot
//! see each other. Instances come from a pool that is made at the start: an instance takes some microseconds,
//! and a host never uses more memory than the pool.

use std::path::Path;

use rust_host::{precompiled, state::State};
use wasmtime::component::Linker;
use wasmtime::{Config, Engine, PoolingAllocationConfig, Result, Store};

use crate::job::Job;
use exports::example::mail_worker::delivery::Job as HandlerJob;
pub use exports::example::mail_worker::delivery::{Bearer, Disposition, Server, Verdict};

wasmtime::component::bindgen!({
    path: ["../../wit", "handler/wit"],
    world: "example:mail-worker/composed",
    exports: { default: async },
});

/// Memory of an instance: several times the largest message that providers accept.
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

    /// Checks the server's URL and certificates, before any job is taken.
    pub async fn check(&self, server: &Server) -> Result<Result<(), String>> {
        let (mut store, instance) = self.instance().await?;
        instance
            .example_mail_worker_delivery()
            .call_check(&mut store, server)
            .await
    }

    /// Delivers a job. Returns the result for each recipient, or the words with which the server refuses the token.
    pub async fn deliver(
        &self,
        server: &Server,
        bearer: Option<&Bearer>,
        job: &Job,
    ) -> Result<Result<Vec<Verdict>, String>> {
        let (mut store, instance) = self.instance().await?;
        let job = HandlerJob {
            sender: job.sender.clone(),
            recipients: job.recipients.clone(),
            message: job.message.clone(),
        };
        instance
            .example_mail_worker_delivery()
            .call_deliver(&mut store, server, bearer, &job)
            .await
    }

    async fn instance(&self) -> Result<(Store<State>, Composed)> {
        let mut store = Store::new(&self.engine, State::default());
        let instance = self.component.instantiate_async(&mut store).await?;
        Ok((store, instance))
    }
}
