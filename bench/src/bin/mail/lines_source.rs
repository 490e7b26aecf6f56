//! A stream of the host's: the lines of a large message, as a component's `stream<u8>`.

use std::pin::Pin;
use std::task::{Context, Poll};

use bench::lines::lines;
use wasmtime::component::{Destination, StreamProducer, StreamResult, VecBuffer};
use wasmtime::{Result, StoreContextMut};

use crate::task::PIECE;

/// The octets of a read by the host, which does not read here.
const HOST_READ: usize = 64 * 1024;

/// Writes the lines into the memory of the component that reads.
pub(crate) struct Lines {
    /// It is repeated.
    piece: Vec<u8>,
    position: usize,
    left: usize,
}

impl Lines {
    pub(crate) fn new(octets: usize) -> Lines {
        Lines {
            piece: lines(PIECE),
            position: 0,
            left: octets / PIECE * PIECE,
        }
    }

    /// Fills what it can of `buffer`; returns the number of octets.
    fn fill(&mut self, buffer: &mut [u8]) -> usize {
        let mut filled = 0;
        while filled < buffer.len() && self.left > 0 {
            let here = (self.piece.len() - self.position).min(buffer.len() - filled);
            let from = &self.piece[self.position..][..here];
            buffer[filled..][..here].copy_from_slice(from);
            filled += here;
            self.left -= here;
            self.position = (self.position + here) % self.piece.len();
        }
        filled
    }
}

impl<D: 'static> StreamProducer<D> for Lines {
    type Item = u8;
    type Buffer = VecBuffer<u8>;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        store: StoreContextMut<'a, D>,
        destination: Destination<'a, u8, VecBuffer<u8>>,
        _: bool,
    ) -> Poll<Result<StreamResult>> {
        let mut direct = destination.as_direct(store, HOST_READ);
        let filled = self.fill(direct.remaining());
        direct.mark_written(filled);
        Poll::Ready(Ok(match self.left {
            0 => StreamResult::Dropped,
            _ => StreamResult::Completed,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_go_on_from_read_to_read() {
        let mut source = Lines::new(2 * PIECE);
        let mut read: Vec<u8> = Vec::new();
        let mut buffer = vec![0; PIECE / 3];
        loop {
            match source.fill(&mut buffer) {
                0 => break,
                octets => read.extend(&buffer[..octets]),
            }
        }
        assert_eq!(read, lines(PIECE).repeat(2));
    }
}
