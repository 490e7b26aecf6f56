//! A guest: a component of the world `example:guest/guest`, composed with envoi.

use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Store};

use crate::instance::State;
use crate::{Grants, component};

pub struct Guest {
    engine: Engine,
    component: Component,
    linker: Linker<State>,
}

impl Guest {
    /// # Panics
    /// If the composition is not a component, or imports something that the host does not have.
    pub fn new(composition: &[u8]) -> Guest {
        let engine = Engine::default();
        let component = component::load_bytes(&engine, composition);
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker).expect("the names are distinct");
        Guest {
            engine,
            component,
            linker,
        }
    }

    /// Calls the guest's function in a fresh instance.
    ///
    /// # Errors
    /// What the guest says.
    ///
    /// # Panics
    /// If the guest traps, or has no such function.
    pub fn welcome(&self, server: &str, to: &str) -> Result<String, String> {
        let mut store = Store::new(&self.engine, State::new(Grants::all()));
        let instance = self.linker.instantiate(&mut store, &self.component);
        let instance = instance.expect("the host has what the composition imports");
        let welcome = instance.get_typed_func(&mut store, "welcome");
        let welcome = welcome.expect("the guest has the function of its world");
        let (answer,): (Result<String, String>,) = welcome
            .call(&mut store, (server, to))
            .expect("the guest returns");
        answer
    }
}
