//! Calls of an instance, one after the other: WASI 0.2.

use std::sync::mpsc::{self, Sender};
use std::thread;

use wasmtime::component::ResourceAny;
use wasmtime::{Error, Store};

use crate::bindings::Envoi;
use crate::instance::{self, Host, State};
use crate::{Grants, Instance};

type Call = Box<dyn FnOnce(&Envoi, &mut Store<State>) + Send>;

/// The way to the thread of an instance.
pub(crate) struct Calls(Sender<Call>);

impl Calls {
    /// Starts the thread.
    pub(crate) fn of(host: &'static Host, grants: Grants) -> Calls {
        let (calls, incoming) = mpsc::channel::<Call>();
        thread::spawn(move || {
            let (mut store, linker) = host.prepare(grants);
            let world = Envoi::instantiate(&mut store, host.component(), &linker);
            let world = world.expect(instance::COMPLETE);
            incoming.iter().for_each(|call| call(&world, &mut store));
        });
        Calls(calls)
    }
}

impl Instance {
    /// Calls a function of the component.
    ///
    /// # Panics
    /// If the component traps or does not return in time.
    pub(crate) fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Envoi, &mut Store<State>) -> wasmtime::Result<T> + Send + 'static,
    ) -> T {
        let (done, result) = mpsc::channel();
        let call: Call = Box::new(move |world, store| {
            // The caller may have given up.
            let _ = done.send(call(world, store));
        });
        self.calls().0.send(call).expect("the instance has died");
        self.wait_for(&result)
    }

    pub(crate) fn drop_resource(&self, handle: ResourceAny) {
        self.call(move |_, store| handle.resource_drop(store));
    }

    /// The size of the component's linear memory in octets. It never shrinks.
    pub fn memory(&self) -> usize {
        self.call(|_, store| Ok(store.data().memory.octets()))
    }

    /// How often the linear memory has grown.
    pub fn growths(&self) -> usize {
        self.call(|_, store| Ok(store.data().memory.growths()))
    }

    /// As [`LinearMemory::grant_growths`](crate::LinearMemory::grant_growths).
    pub fn grant_growths(&self, granted: Option<usize>) {
        self.call(move |_, store| {
            store.data_mut().memory.grant_growths(granted);
            Ok(())
        });
    }

    /// The handles that the component has of the host.
    pub fn handles(&self) -> usize {
        self.call(|_, store| Ok(store.data_mut().table.iter_mut().count()))
    }

    /// From now on, the host has no more handles than these.
    pub fn limit_handles(&self, limit: usize) {
        self.call(move |_, store| {
            store.data_mut().table.set_max_capacity(limit);
            Ok(())
        });
    }

    /// The component's linear memory after the last call. A host can read a component's memory only after
    /// a trap, so this makes the component trap: it passes an argument that needs more memory, and denies
    /// the memory.
    pub fn into_memory(self) -> Vec<u8> {
        self.call(|world, store| {
            store.data_mut().memory.deny_growth();
            let trap = overflow(world, store).expect_err("there is no memory for it");
            Ok(instance::memory_of(&trap, store))
        })
    }
}

fn overflow(world: &Envoi, store: &mut Store<State>) -> Result<(), Error> {
    let (nobody, nobodies) = (String::new(), Vec::<String>::new());
    let message = vec![0_u8; instance::TOO_LARGE];
    let smtp = world.envoi_mail_smtp();
    let sent = smtp.call_send_mail(store, &nobody, &nobody, &nobodies, &message, None);
    sent.map(|_| ())
}
