//! Functions of the host that fail as long as a test wants it.

#[cfg(not(feature = "p3"))]
mod wasi02;
#[cfg(feature = "p3")]
mod wasi03;

use std::sync::{Arc, Mutex};

#[cfg(not(feature = "p3"))]
pub use wasi02::Function;
#[cfg(not(feature = "p3"))]
pub(crate) use wasi02::add_to_linker;
#[cfg(feature = "p3")]
pub use wasi03::Function;
#[cfg(feature = "p3")]
pub(crate) use wasi03::add_to_linker;

/// The names of error codes are those of WIT.
pub type Code = &'static str;

/// At most one function fails.
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<Option<Fault>>>);

struct Fault {
    function: Function,
    code: Code,
    /// Calls that still succeed.
    good: usize,
    was_met: bool,
}

impl Faults {
    /// From now on, after so many good calls, the function fails with this code.
    pub fn begin(&self, function: Function, code: Code, good: usize) {
        *self.fault() = Some(Fault {
            function,
            code,
            good,
            was_met: false,
        });
    }

    /// From now on, all functions succeed. Returns whether any call has failed.
    pub fn end(&self) -> bool {
        let ended = self.fault().take();
        ended.is_some_and(|fault| fault.was_met)
    }

    /// The code with which this call fails.
    fn of(&self, function: Function) -> Option<Code> {
        let mut fault = self.fault();
        let fault = fault.as_mut().filter(|fault| fault.function == function)?;
        if fault.good > 0 {
            fault.good -= 1;
            return None;
        }
        fault.was_met = true;
        Some(fault.code)
    }

    fn fault(&self) -> std::sync::MutexGuard<'_, Option<Fault>> {
        self.0.lock().expect("no call panics")
    }
}

/// The error code of this name.
fn named<T: Clone>(codes: &[(Code, T)], name: Code) -> T {
    let found = codes.iter().find(|(code, _)| *code == name);
    found.expect("it is a code of the function").1.clone()
}
