//! The clocks of WASI 0.2.

use wasmtime::component::Linker;
use wasmtime::{Error, StoreContextMut};
use wasmtime_wasi::clocks::WasiClocksView as _;
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock::{self, Host as _};
use wasmtime_wasi::p2::bindings::clocks::wall_clock::{self, Datetime};

use super::Clock;
use crate::instance::State;

pub(crate) fn add_to_linker(linker: &mut Linker<State>, clock: Clock) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    let (now, timer) = (clock.now, clock.timer);
    let mut monotonic = linker.instance("wasi:clocks/monotonic-clock@0.2.12")?;
    monotonic.func_wrap("now", move |mut store: StoreContextMut<State>, (): ()| {
        let right = monotonic_clock::Host::now(&mut store.data_mut().clocks())?;
        let shown = now(right).ok_or_else(|| Error::msg("this host has no clock"))?;
        Ok((shown,))
    })?;
    monotonic.func_wrap(
        "subscribe-instant",
        move |mut store: StoreContextMut<State>, (when,): (u64,)| {
            Ok((store.data_mut().clocks().subscribe_instant(timer(when))?,))
        },
    )?;
    let mut wall = linker.instance("wasi:clocks/wall-clock@0.2.12")?;
    wall.func_wrap("now", move |mut store: StoreContextMut<State>, (): ()| {
        let Some((seconds, nanoseconds)) = clock.date else {
            return Ok((wall_clock::Host::now(&mut store.data_mut().clocks())?,));
        };
        let seconds = seconds.cast_unsigned();
        Ok((Datetime {
            seconds,
            nanoseconds,
        },))
    })
}
