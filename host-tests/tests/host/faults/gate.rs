//! How many cases are busy at the same time. Hundreds may wait for a timeout meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};

pub(crate) struct Gate {
    free: Mutex<usize>,
    changed: Condvar,
}

/// Leaves the gate when the last copy is dropped, or before.
#[derive(Clone)]
pub(crate) struct Permit(Arc<Entry>);

struct Entry {
    gate: Arc<Gate>,
    has_left: AtomicBool,
}

impl Gate {
    pub(crate) fn of(permits: usize) -> Arc<Gate> {
        Arc::new(Gate {
            free: Mutex::new(permits),
            changed: Condvar::new(),
        })
    }

    /// Waits until fewer cases are busy.
    pub(crate) fn enter(self: &Arc<Gate>) -> Permit {
        let free = self.free.lock().unwrap();
        let mut free = self.changed.wait_while(free, |free| *free == 0).unwrap();
        *free -= 1;
        Permit(Arc::new(Entry {
            gate: self.clone(),
            has_left: AtomicBool::new(false),
        }))
    }
}

impl Permit {
    pub(crate) fn leave(&self) {
        self.0.leave();
    }
}

impl Entry {
    fn leave(&self) {
        if !self.has_left.swap(true, Ordering::Relaxed) {
            *self.gate.free.lock().unwrap() += 1;
            self.gate.changed.notify_one();
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.leave();
    }
}
