//! Calls of an instance, many at the same time: WASI 0.3.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::thread;

use tokio::runtime::Builder;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use wasmtime::component::{Accessor, AccessorTask, ResourceAny};
use wasmtime::{Error, Store};

use crate::bindings::Envoi;
use crate::instance::{self, Host, State};
use crate::{Grants, Instance};

pub(crate) type Running<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
/// It stays on the thread of the instance.
type Interrupting<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

type Call = Box<dyn for<'a> FnOnce(&'a Envoi, &'a Accessor<State>) -> Running<'a, ()> + Send>;
type Interruption =
    Box<dyn for<'a> FnOnce(&'a Envoi, &'a mut Store<State>) -> Interrupting<'a, ()> + Send>;

enum Request {
    Start(Call),
    /// For what needs the whole store. All calls wait meanwhile.
    Interrupt(Interruption),
}

/// The way to the thread of an instance.
pub(crate) struct Calls(UnboundedSender<Request>);

impl Calls {
    /// Starts the thread.
    pub(crate) fn of(host: &'static Host, grants: Grants) -> Calls {
        let (requests, incoming) = unbounded_channel();
        thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build();
            let runtime = runtime.expect("the system has resources for it");
            runtime.block_on(run(host, grants, incoming));
        });
        Calls(requests)
    }

    fn send(&self, request: Request) {
        let sent = self.0.send(request);
        assert!(sent.is_ok(), "the instance has died");
    }
}

/// Runs the instance until nobody can call it any more.
async fn run(host: &'static Host, grants: Grants, mut incoming: UnboundedReceiver<Request>) {
    let (mut store, linker) = host.prepare(grants);
    let world = Envoi::instantiate_async(&mut store, host.component(), &linker).await;
    let world = Arc::new(world.expect(instance::COMPLETE));
    loop {
        let started = store
            .run_concurrent(async |accessor| start(&world, accessor, &mut incoming).await)
            .await;
        match started.flatten() {
            Ok(Some(interruption)) => interruption(&world, &mut store).await,
            Ok(None) => return,
            Err(trap) => panic!("the component trapped: {trap:?}"),
        }
    }
}

/// Starts calls until something interrupts them, or no more can come.
async fn start(
    world: &Arc<Envoi>,
    accessor: &Accessor<State>,
    incoming: &mut UnboundedReceiver<Request>,
) -> wasmtime::Result<Option<Interruption>> {
    while let Some(request) = incoming.recv().await {
        match request {
            Request::Start(call) => {
                let world = world.clone();
                accessor.spawn(Task { world, call })?;
            }
            Request::Interrupt(interruption) => return Ok(Some(interruption)),
        }
    }
    Ok(None)
}

struct Task {
    world: Arc<Envoi>,
    call: Call,
}

impl AccessorTask<State> for Task {
    async fn run(self, accessor: &Accessor<State>) -> wasmtime::Result<()> {
        (self.call)(&self.world, accessor).await;
        Ok(())
    }
}

/// A call that runs.
pub struct Pending<'a, T> {
    instance: &'a Instance,
    result: Receiver<wasmtime::Result<T>>,
}

impl<T> Pending<'_, T> {
    /// Waits for the result.
    ///
    /// # Panics
    /// If the component traps or does not return in time.
    pub fn wait(self) -> T {
        self.instance.wait_for(&self.result)
    }

    /// Only to be asked if it should not have ended: a result is lost.
    pub fn is_running(&self) -> bool {
        matches!(self.result.try_recv(), Err(TryRecvError::Empty))
    }
}

impl Instance {
    /// Starts a call of a function of the component. Calls start in the order of these.
    pub(crate) fn begin<T: Send + 'static>(
        &self,
        call: impl for<'a> FnOnce(&'a Envoi, &'a Accessor<State>) -> Running<'a, wasmtime::Result<T>>
        + Send
        + 'static,
    ) -> Pending<'_, T> {
        let (done, result) = mpsc::channel();
        self.calls()
            .send(Request::Start(Box::new(|world, accessor| {
                Box::pin(async move {
                    // The caller may have given up.
                    let _ = done.send(call(world, accessor).await);
                })
            })));
        Pending {
            instance: self,
            result,
        }
    }

    /// Calls a function of the component.
    ///
    /// # Panics
    /// If the component traps or does not return in time.
    pub(crate) fn call<T: Send + 'static>(
        &self,
        call: impl for<'a> FnOnce(&'a Envoi, &'a Accessor<State>) -> Running<'a, wasmtime::Result<T>>
        + Send
        + 'static,
    ) -> T {
        self.begin(call).wait()
    }

    fn interrupt<T: Send + 'static>(
        &self,
        call: impl for<'a> FnOnce(
            &'a Envoi,
            &'a mut Store<State>,
        ) -> Interrupting<'a, wasmtime::Result<T>>
        + Send
        + 'static,
    ) -> T {
        let (done, result) = mpsc::channel();
        self.calls()
            .send(Request::Interrupt(Box::new(|world, store| {
                Box::pin(async move {
                    let _ = done.send(call(world, store).await);
                })
            })));
        self.wait_for(&result)
    }

    pub(crate) fn drop_resource(&self, handle: ResourceAny) {
        self.interrupt(move |_, store| Box::pin(handle.resource_drop_async(store)));
    }

    /// The size of the component's linear memory in octets. It never shrinks.
    pub fn memory(&self) -> usize {
        self.interrupt(|_, store| Box::pin(async { Ok(store.data().memory.octets()) }))
    }

    /// How often the linear memory has grown.
    pub fn growths(&self) -> usize {
        self.interrupt(|_, store| Box::pin(async { Ok(store.data().memory.growths()) }))
    }

    /// As [`LinearMemory::grant_growths`](crate::LinearMemory::grant_growths).
    pub fn grant_growths(&self, granted: Option<usize>) {
        self.interrupt(move |_, store| {
            store.data_mut().memory.grant_growths(granted);
            Box::pin(async { Ok(()) })
        });
    }

    /// The handles that the component has of the host.
    pub fn handles(&self) -> usize {
        self.interrupt(|_, store| {
            let handles = store.data_mut().table.iter_mut().count();
            Box::pin(async move { Ok(handles) })
        })
    }

    /// From now on, the host has no more handles than these.
    pub fn limit_handles(&self, limit: usize) {
        self.interrupt(move |_, store| {
            store.data_mut().table.set_max_capacity(limit);
            Box::pin(async { Ok(()) })
        });
    }

    /// The component's linear memory after the last call. A host can read a component's memory only after
    /// a trap, so this makes the component trap: it passes an argument that needs more memory, and denies
    /// the memory.
    pub fn into_memory(self) -> Vec<u8> {
        self.interrupt(|world, store| {
            Box::pin(async {
                store.data_mut().memory.deny_growth();
                let trap = overflow(world, store).await;
                let trap = trap.expect_err("there is no memory for it");
                Ok(instance::memory_of(&trap, store))
            })
        })
    }
}

async fn overflow(world: &Envoi, store: &mut Store<State>) -> Result<(), Error> {
    let (nobody, nobodies) = (String::new(), Vec::new());
    let message = vec![0_u8; instance::TOO_LARGE];
    let smtp = world.envoi_mail_smtp();
    let sent = store.run_concurrent(async |accessor| {
        let sent = smtp.call_send_mail(accessor, nobody.clone(), nobody, nobodies, message, None);
        sent.await
    });
    sent.await.flatten().map(|_| ())
}
