//! A count and a digest of octets that are too many to keep.

use ring::digest::{Context, SHA256};

/// A sequence of octets.
#[derive(Clone, Debug, PartialEq)]
pub struct Digest {
    pub octets: u64,
    pub sha256: Vec<u8>,
}

impl Digest {
    pub fn of<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Digest {
        let mut digester = Digester::new();
        pieces.into_iter().for_each(|piece| digester.add(piece));
        digester.finish()
    }
}

pub(super) struct Digester {
    octets: u64,
    context: Context,
}

impl Digester {
    pub(super) fn new() -> Digester {
        Digester {
            octets: 0,
            context: Context::new(&SHA256),
        }
    }

    pub(super) fn add(&mut self, octets: &[u8]) {
        self.octets += octets.len() as u64;
        self.context.update(octets);
    }

    pub(super) fn finish(self) -> Digest {
        Digest {
            octets: self.octets,
            sha256: self.context.finish().as_ref().to_vec(),
        }
    }
}
