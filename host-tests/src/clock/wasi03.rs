//! The clocks of WASI 0.3.

use wasmtime::component::{Accessor, Linker};
use wasmtime::{Error, StoreContextMut};
use wasmtime_wasi::clocks::{WasiClocks, WasiClocksView as _};
use wasmtime_wasi::p3::bindings::clocks::monotonic_clock;
use wasmtime_wasi::p3::bindings::clocks::system_clock::{self, Instant};

use super::Clock;
use crate::instance::State;

pub(crate) fn add_to_linker(linker: &mut Linker<State>, clock: Clock) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    let (now, timer) = (clock.now, clock.timer);
    let mut monotonic = linker.instance("wasi:clocks/monotonic-clock@0.3.0")?;
    monotonic.func_wrap("now", move |mut store: StoreContextMut<State>, (): ()| {
        let right = monotonic_clock::Host::now(&mut store.data_mut().clocks())?;
        let shown = now(right).ok_or_else(|| Error::msg("this host has no clock"))?;
        Ok((shown,))
    })?;
    monotonic.func_wrap_concurrent(
        "wait-until",
        move |accessor: &Accessor<State>, (when,): (u64,)| {
            let when = timer(when);
            Box::pin(async move {
                let clocks = accessor.with_getter::<WasiClocks>(State::clocks);
                <WasiClocks as monotonic_clock::HostWithStore<State>>::wait_until(&clocks, when)
                    .await?;
                Ok(())
            })
        },
    )?;
    let mut system = linker.instance("wasi:clocks/system-clock@0.3.0")?;
    system.func_wrap("now", move |mut store: StoreContextMut<State>, (): ()| {
        let Some((seconds, nanoseconds)) = clock.date else {
            return Ok((system_clock::Host::now(&mut store.data_mut().clocks())?,));
        };
        Ok((Instant {
            seconds,
            nanoseconds,
        },))
    })
}
