//! The network of WASI 0.3: `wasi:sockets`, `wasi:clocks`, `wasi:random`.

mod bindings;
mod lookup;
mod stream;
mod timer;

use core::net::{IpAddr, SocketAddr};
use core::time::Duration;

use super::{Deadline, Error, Network, NoRandomness, random};

pub(crate) use bindings::wasi;
pub use stream::Wasi03Stream;

use wasi::clocks::{monotonic_clock, system_clock};
use wasi::random::random::get_random_bytes;

/// The network of WASI 0.3. Its futures run in a task of the component model: in an `async` export, or in
/// `wit_bindgen::block_on`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wasi03;

impl Network for Wasi03 {
    type Stream = Wasi03Stream;

    async fn lookup(&self, name: &str, deadline: Deadline) -> Result<Vec<IpAddr>, Error> {
        lookup::lookup(name, deadline).await
    }

    async fn connect(&self, address: SocketAddr) -> Result<Wasi03Stream, Error> {
        Wasi03Stream::connect(address).await
    }

    fn now(&self) -> Duration {
        Duration::from_nanos(monotonic_clock::now())
    }

    async fn sleep_until(&self, deadline: Deadline) {
        timer::sleep_until(deadline).await;
    }

    fn random(buffer: &mut [u8]) -> Result<(), NoRandomness> {
        random::fill(buffer, get_random_bytes)
    }

    fn unix_time() -> Duration {
        let now = system_clock::now();
        // A host may return more nanoseconds than a second has.
        let nanoseconds = now.nanoseconds.min(999_999_999);
        Duration::new(u64::try_from(now.seconds).unwrap_or(0), nanoseconds)
    }
}
