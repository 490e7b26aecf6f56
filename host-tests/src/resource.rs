//! A resource of the component.

use std::{mem, thread};

use wasmtime::Store;
use wasmtime::component::ResourceAny;

use crate::Instance;
use crate::bindings::Envoi;
use crate::bindings::exports::envoi::mail::smtp::Guest as Smtp;
use crate::instance::State;

/// Dropping it drops the resource.
pub(crate) struct Resource<'a> {
    instance: &'a Instance,
    handle: ResourceAny,
}

impl<'a> Resource<'a> {
    pub(crate) fn new(instance: &'a Instance, handle: ResourceAny) -> Resource<'a> {
        Resource { instance, handle }
    }

    pub(crate) fn handle(&self) -> ResourceAny {
        self.handle
    }

    pub(crate) fn instance(&self) -> &'a Instance {
        self.instance
    }

    pub(crate) fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Smtp, &mut Store<State>, ResourceAny) -> wasmtime::Result<T> + Send + 'static,
    ) -> T {
        self.call_world(|world, store, handle| call(world.envoi_mail_smtp(), store, handle))
    }

    pub(crate) fn call_world<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Envoi, &mut Store<State>, ResourceAny) -> wasmtime::Result<T>
        + Send
        + 'static,
    ) -> T {
        let handle = self.handle;
        self.instance
            .call(move |world, store| call(world, store, handle))
    }

    /// Calls a function that consumes the resource.
    pub(crate) fn consume<T: Send + 'static>(
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
        // After a call that panicked, the instance may not answer.
        if !thread::panicking() {
            self.call(|_, store, handle| handle.resource_drop(store));
        }
    }
}

/// Calls a function of the resource with owned arguments, and with options if there are any.
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
