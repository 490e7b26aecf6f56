//! Reads that bring something.

use super::{Deadline, Error, Network, Read, Source};

/// Octets or the end, until `deadline`. A host may say again and again that there is something to read, and then
/// there is nothing: without a look at the clock, that would have no end.
pub(crate) async fn read_something(
    network: &impl Network,
    source: &mut impl Source,
    deadline: Deadline,
) -> Result<Read, Error> {
    loop {
        match source.read_within(deadline).await? {
            Read::Nothing if deadline.has_passed(network) => return Err(Error::TimedOut),
            Read::Nothing => {}
            read => return Ok(read),
        }
    }
}
