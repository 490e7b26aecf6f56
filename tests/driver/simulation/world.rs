//! The simulated world: a virtual clock, the events to come, and the one generator from which all chance of a
//! seed comes.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::task::Waker;
use std::time::Duration;

use fastrand::Rng;

/// When an event happens. Of two at the same moment, chance decides which is the first.
pub(crate) type Moment = (Duration, u32, u32);

type Event = Box<dyn FnOnce()>;

pub(crate) struct World {
    now: Cell<Duration>,
    events: RefCell<BTreeMap<Moment, Event>>,
    rng: RefCell<Rng>,
    /// Distinguishes events, and orders what clients write.
    steps: Cell<u32>,
    is_traced: bool,
    violation: RefCell<Option<String>>,
}

impl World {
    pub(crate) fn new(seed: u64, is_traced: bool) -> Rc<Self> {
        Rc::new(Self {
            now: Cell::default(),
            events: RefCell::default(),
            rng: RefCell::new(Rng::with_seed(seed)),
            steps: Cell::default(),
            is_traced,
            violation: RefCell::default(),
        })
    }

    pub(crate) fn now(&self) -> Duration {
        self.now.get()
    }

    /// A number above all that were given before.
    pub(crate) fn step(&self) -> u32 {
        self.steps.set(self.steps.get() + 1);
        self.steps.get()
    }

    // --- events -------------------------------------------------------------------------------

    pub(crate) fn at(&self, time: Duration, event: impl FnOnce() + 'static) -> Moment {
        let moment = (
            time.max(self.now()),
            self.rng.borrow_mut().u32(..),
            self.step(),
        );
        self.events.borrow_mut().insert(moment, Box::new(event));
        moment
    }

    /// Wakes a task, unless the alarm is dropped before.
    pub(crate) fn alarm(self: &Rc<Self>, time: Duration, waker: &Waker) -> Alarm {
        let waker = waker.clone();
        let moment = self.at(time, move || waker.wake());
        Alarm {
            world: self.clone(),
            moment,
        }
    }

    /// Lets the next event happen. False if nothing is left that could.
    pub(crate) fn advance(&self) -> bool {
        let next = self.events.borrow_mut().pop_first();
        let Some(((time, ..), event)) = next else {
            return false;
        };
        self.now.set(time);
        event();
        true
    }

    /// Forgets the events that are left, which own their world.
    pub(crate) fn end(&self) {
        let events = self.events.take();
        drop(events);
    }

    // --- chance -------------------------------------------------------------------------------

    /// True in so many of a hundred cases.
    pub(crate) fn chance(&self, percent: f64) -> bool {
        percent > 0.0 && self.rng.borrow_mut().f64() * 100.0 < percent
    }

    /// From 0 to `limit`, without the limit.
    pub(crate) fn below(&self, limit: usize) -> usize {
        self.rng.borrow_mut().usize(..limit)
    }

    /// From `least` to `most`.
    pub(crate) fn between(&self, least: usize, most: usize) -> usize {
        self.rng.borrow_mut().usize(least..=most)
    }

    pub(crate) fn pick<T: Copy>(&self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Up to so many milliseconds.
    pub(crate) fn millis(&self, most: usize) -> Duration {
        Duration::from_micros(self.between(0, most * 1000) as u64)
    }

    // --- what is said of it -------------------------------------------------------------------

    /// Prints a step, if the seed is repeated.
    pub(crate) fn trace(&self, step: impl FnOnce() -> String) {
        if self.is_traced {
            eprintln!("{:>12.6}  {}", self.now().as_secs_f64(), step());
        }
    }

    /// Something happened that must not.
    pub(crate) fn violates(&self, what: impl FnOnce() -> String) {
        let mut violation = self.violation.borrow_mut();
        violation.get_or_insert_with(what);
    }

    pub(crate) fn violation(&self) -> Option<String> {
        self.violation.borrow().clone()
    }
}

pub(crate) struct Alarm {
    world: Rc<World>,
    moment: Moment,
}

impl Drop for Alarm {
    fn drop(&mut self) {
        // Its waker may own what owns the world.
        let event = self.world.events.borrow_mut().remove(&self.moment);
        drop(event);
    }
}
