//! Counts how often a component calls its host: functions of WASI, what the component model offers for
//! resources, streams and tasks, and what the compiled code asks of the runtime.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use wasmtime::{CallHook, Store};

/// The calls from now on.
pub fn count<T>(store: &mut Store<T>) -> Arc<AtomicU64> {
    let calls = Arc::<AtomicU64>::default();
    let counted = calls.clone();
    store.call_hook(move |_, hook| {
        if let CallHook::CallingHost = hook {
            counted.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    });
    calls
}
