//! An executor over `wasi:io/poll`: [`block_on`], and the events that its future waits for.
//!
//! The crate wstd (0.6.8) has one too. It is not used: it asks each pollable whether it is ready before and
//! after each `poll`, three host calls for one; a component that reads one stream with one timeout is 25 kB
//! larger with it; its `wasip2` is an older one, whose types are not the types of our exports; and its TCP
//! knows no IPv6.

use core::cell::{Cell, RefCell};
use core::future::poll_fn;
use core::pin::{Pin, pin};
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll, Waker};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::task::Wake;

use wasi::io::poll::{Pollable, poll};

thread_local! {
    static AWAITED: RefCell<Vec<Weak<Inner>>> = const { RefCell::new(Vec::new()) };
}

/// Runs a future until it is complete. While it waits, one call of the host's `poll` waits for all of its
/// events.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let executor = Executor::new();
    loop {
        match executor.poll(future.as_mut()) {
            Poll::Ready(output) => return output,
            Poll::Pending => executor.wait(),
        }
    }
}

struct Executor {
    woken: Arc<Woken>,
    waker: Waker,
}

impl Executor {
    fn new() -> Self {
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(woken.clone());
        Self { woken, waker }
    }

    fn poll<F: Future>(&self, future: Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(&self.waker))
    }

    fn wait(&self) {
        // A future that wakes itself only lets others go first.
        if !self.woken.0.swap(false, Ordering::Relaxed) {
            poll_awaited();
            self.woken.0.store(false, Ordering::Relaxed);
        }
    }
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Waits for at least one of the awaited events, and wakes the futures that wait for those that are ready.
fn poll_awaited() {
    let events = AWAITED.take();
    let alive = events.iter().filter_map(Weak::upgrade);
    let awaited: Vec<_> = alive.filter(|event| event.is_awaited()).collect();
    assert!(!awaited.is_empty(), "a future waits, but not for WASI");
    let pollables: Vec<_> = awaited.iter().map(|event| &event.pollable).collect();
    for place in poll(&pollables) {
        if let Some(event) = awaited.get(place as usize) {
            event.wake();
        }
    }
    let waiting = awaited.iter().filter(|event| event.is_awaited());
    AWAITED.set(waiting.map(Rc::downgrade).collect());
}

/// A pollable that a future can wait for.
pub(super) struct Event(Rc<Inner>);

struct Inner {
    pollable: Pollable,
    /// Of the future that waits.
    waker: Cell<Option<Waker>>,
    /// The host said so, and the future has not seen it yet.
    is_ready: Cell<bool>,
}

impl Event {
    pub(super) fn new(pollable: Pollable) -> Self {
        Self(Rc::new(Inner {
            pollable,
            waker: Cell::new(None),
            is_ready: Cell::new(false),
        }))
    }

    fn register(&self, waker: &Waker) {
        self.0.waker.set(Some(waker.clone()));
        let this = Rc::downgrade(&self.0);
        AWAITED.with_borrow_mut(|awaited| {
            if !awaited.iter().any(|other| other.ptr_eq(&this)) {
                awaited.push(this);
            }
        });
    }

    fn reset(&self) {
        self.0.waker.set(None);
        self.0.is_ready.set(false);
    }
}

impl Inner {
    fn is_awaited(&self) -> bool {
        let waker = self.waker.take();
        let is_awaited = waker.is_some();
        self.waker.set(waker);
        is_awaited
    }

    fn wake(&self) {
        self.is_ready.set(true);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// Waits for `events`; returns the place of the first that is ready.
pub(super) async fn first(events: &[&Event]) -> usize {
    // An earlier wait may have been given up.
    events.iter().for_each(|event| event.reset());
    poll_fn(|context| {
        let Some(place) = events.iter().position(|event| event.0.is_ready.get()) else {
            events
                .iter()
                .for_each(|event| event.register(context.waker()));
            return Poll::Pending;
        };
        events.iter().for_each(|event| event.reset());
        Poll::Ready(place)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_future_that_waits_for_nothing_is_run() {
        assert_eq!(block_on(async { 4 }), 4);
    }

    #[test]
    fn a_future_that_yields_is_polled_again() {
        let mut turns = 3;
        let yields = poll_fn(|context| {
            turns -= 1;
            context.waker().wake_by_ref();
            if turns == 0 {
                Poll::Ready("done")
            } else {
                Poll::Pending
            }
        });
        assert_eq!(block_on(yields), "done");
    }

    #[test]
    fn a_future_may_run_another() {
        assert_eq!(block_on(async { block_on(async { 4 }) + 1 }), 5);
    }

    #[test]
    #[should_panic(expected = "not for WASI")]
    fn a_future_that_waits_for_something_else_is_an_error() {
        block_on(core::future::pending::<()>());
    }
}
