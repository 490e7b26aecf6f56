//! A resource that an instance has handed out.

use std::{mem, thread};

use wasmtime::Store;
use wasmtime::component::ResourceAny;

use crate::Instance;
use crate::bindings::Envoi;
use crate::bindings::exports::envoi::mail::smtp::Guest as Smtp;
use crate::instance::State;

/// Dropped when it is dropped.
pub(crate) struct Resource<'a> {
    instance: &'a Instance,
    handle: ResourceAny,
}

impl<'a> Resource<'a> {
    pub fn new(instance: &'a Instance, handle: ResourceAny) -> Resource<'a> {
        Resource { instance, handle }
    }

    pub fn handle(&self) -> ResourceAny {
        self.handle
    }

    pub fn instance(&self) -> &'a Instance {
        self.instance
    }

    pub fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Smtp, &mut Store<State>, ResourceAny) -> wasmtime::Result<T> + Send + 'static,
    ) -> T {
        self.call_world(|world, store, handle| call(world.envoi_mail_smtp(), store, handle))
    }

    pub fn call_world<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Envoi, &mut Store<State>, ResourceAny) -> wasmtime::Result<T>
        + Send
        + 'static,
    ) -> T {
        let handle = self.handle;
        self.instance
            .call(move |world, store| call(world, store, handle))
    }

    /// With a function that takes it for good.
    pub fn consume<T: Send + 'static>(
        self,
        call: impl FnOnce(&Smtp, &mut Store<State>, ResourceAny) -> wasmtime::Result<T> + Send + 'static,
    ) -> T {
        let result = self.call(call);
        mem::forget(self);
        result
    }
}

impl Drop for Resource<'_> {
    fn drop(&mut self) {
        // A call that has panicked leaves nothing to drop it in.
        if !thread::panicking() {
            self.call(|_, store, handle| handle.resource_drop(store));
        }
    }
}

/// Calls a function of the resource, with the arguments owned by the call, and perhaps options.
macro_rules! call {
    ($this:ident, $resource:ident.$function:ident($($argument:ident),*)) => {
        $this.0.call(move |smtp, store, handle| {
            smtp.$resource().$function(store, handle $(, $argument)*)
        })
    };
    ($this:ident, $resource:ident.$function:ident($(& $argument:ident),* $(; $options:expr)?)) => {{
        $(let $argument = $argument.to_owned();)*
        $this.0.call(move |smtp, store, handle| {
            smtp.$resource().$function(store, handle $(, &$argument)* $(, $options)?)
        })
    }};
}

pub(crate) use call;
