//! The line ends of a message, 64 octets at a time: CRLF, and the CR or LF that lacks its other half.

use super::octet_mask::{Block, first_bits};

/// Finds the line ends of a message that comes block by block.
#[derive(Default)]
pub(super) struct LineEndFinder {
    /// Whether the last octet was a CR.
    after_cr: bool,
}

/// The line ends of one block, as masks.
pub(super) struct LineEnds {
    pub cr: u64,
    pub lf: u64,
    /// Each LF without a CR before it.
    pub lacks_cr: u64,
    /// Each octet behind a CR that is not the LF that has to follow.
    pub lacks_lf: u64,
}

impl LineEndFinder {
    pub fn find(&mut self, block: &Block) -> LineEnds {
        let (cr, lf) = (block.equal(b'\r'), block.equal(b'\n'));
        let follows_cr = cr << 1 | u64::from(self.after_cr);
        self.after_cr = cr >> (block.len() - 1) & 1 == 1;
        LineEnds {
            cr,
            lf,
            lacks_cr: lf & !follows_cr,
            lacks_lf: follows_cr & !lf & first_bits(block.len()),
        }
    }

    /// Whether the last octet was a CR. An LF may still follow.
    pub fn is_after_cr(&self) -> bool {
        self.after_cr
    }
}

impl LineEnds {
    /// The octets that end a line, and those behind a CR that does so alone.
    pub fn ended(&self) -> u64 {
        self.lf | self.lacks_lf
    }
}
