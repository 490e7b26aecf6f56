//! The network of WASI 0.2: `wasi:sockets`, `wasi:io`, `wasi:clocks`, `wasi:random`.

mod executor;
mod lookup;
mod stream;
mod timer;

use core::net::{IpAddr, SocketAddr};
use core::time::Duration;

use wasi::clocks::{monotonic_clock, wall_clock};

use super::{Deadline, Error, Network, NoRandomness, random};

pub use executor::block_on;
pub use stream::WasiStream;

/// The network of WASI 0.2. Run the futures that use it with [`block_on`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Wasi;

impl Network for Wasi {
    type Stream = WasiStream;

    async fn lookup(&self, name: &str, deadline: Deadline) -> Result<Vec<IpAddr>, Error> {
        lookup::lookup(name, deadline).await
    }

    async fn connect(&self, address: SocketAddr) -> Result<WasiStream, Error> {
        WasiStream::connect(address).await
    }

    fn now(&self) -> Duration {
        Duration::from_nanos(monotonic_clock::now())
    }

    async fn sleep_until(&self, deadline: Deadline) {
        executor::first(&[&timer::subscribe(deadline)]).await;
    }

    fn random(buffer: &mut [u8]) -> Result<(), NoRandomness> {
        random::fill(buffer, wasi::random::random::get_random_bytes)
    }

    fn unix_time() -> Duration {
        let now = wall_clock::now();
        // A host may return more nanoseconds than a second has, and their sum with the seconds may overflow.
        Duration::new(now.seconds, now.nanoseconds.min(999_999_999))
    }
}
