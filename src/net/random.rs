//! Randomness from the host.

use zeroize::Zeroizing;

use super::NoRandomness;

/// Answers without a single octet, one after the other, after which the host counts as having none.
const MAX_EMPTY: usize = 8;

/// Fills a buffer from the host's function. A host may return fewer octets than it is asked for: it is asked
/// again for the rest.
pub(super) fn fill(
    mut left: &mut [u8],
    source: impl Fn(u64) -> Vec<u8>,
) -> Result<(), NoRandomness> {
    let mut empty = 0;
    while !left.is_empty() {
        let octets = Zeroizing::new(source(left.len() as u64));
        empty = if octets.is_empty() { empty + 1 } else { 0 };
        if empty == MAX_EMPTY {
            return Err(NoRandomness);
        }
        // A host may return more than it was asked for: the rest is dropped.
        let (filled, rest) = left.split_at_mut(octets.len().min(left.len()));
        filled.copy_from_slice(octets.get(..filled.len()).unwrap_or_default());
        left = rest;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// Answers one call after the other with so many octets, none of which is 0.
    fn host(sizes: &[usize]) -> impl Fn(u64) -> Vec<u8> {
        let asked = Cell::new(0);
        move |_| {
            let size = sizes.get(asked.replace(asked.get() + 1)).copied();
            vec![asked.get() as u8; size.unwrap_or_default()]
        }
    }

    #[test]
    fn short_answers_are_put_together() {
        let mut buffer = [0; 6];
        assert_eq!(fill(&mut buffer, host(&[1, 0, 2, 9])), Ok(()));
        assert_eq!(buffer, [1, 3, 3, 4, 4, 4]);
    }

    #[test]
    fn the_host_is_asked_for_what_is_missing() {
        let asked = Cell::new(Vec::new());
        let mut buffer = [0; 5];
        let source = |octets: u64| {
            let mut all = asked.take();
            all.push(octets);
            asked.set(all);
            vec![1; 2]
        };
        assert_eq!(fill(&mut buffer, source), Ok(()));
        assert_eq!(asked.take(), [5, 3, 1]);
    }

    #[test]
    fn a_host_without_randomness_is_an_error() {
        assert_eq!(fill(&mut [0; 4], host(&[])), Err(NoRandomness));
        assert_eq!(fill(&mut [0; 4], host(&[3])), Err(NoRandomness));
        assert_eq!(fill(&mut [], host(&[])), Ok(()));
    }

    #[test]
    fn a_pause_of_the_host_is_borne() {
        let mut pause = vec![0; MAX_EMPTY - 1];
        pause.push(4);
        assert_eq!(fill(&mut [0; 4], host(&pause)), Ok(()));
    }
}
