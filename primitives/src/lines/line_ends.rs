//! The line ends of a message: CRLF, and the CR or LF that lacks its other half.

use super::octet_mask::{Block, first_bits};

/// Finds the line ends of a message that comes block by block.
#[derive(Default)]
pub(super) struct LineEndFinder {
    /// Whether the last octet was a CR.
    after_cr: bool,
}

/// The line ends of one block, as masks.
pub(super) struct LineEnds {
    pub(super) cr: u64,
    pub(super) lf: u64,
    /// Each LF without a CR before it.
    pub(super) lacks_cr: u64,
    /// Each octet behind a CR, unless it is an LF.
    pub(super) lacks_lf: u64,
}

impl LineEndFinder {
    pub(super) fn find(&mut self, block: &Block) -> LineEnds {
        let (cr, lf) = (block.equal(b'\r'), block.equal(b'\n'));
        let follows_cr = cr << 1 | u64::from(self.after_cr);
        self.after_cr = block.ends_in(cr);
        LineEnds {
            cr,
            lf,
            lacks_cr: lf & !follows_cr,
            lacks_lf: follows_cr & !lf & first_bits(block.len()),
        }
    }

    /// Whether the last octet was a CR. An LF may still follow.
    pub(super) fn is_after_cr(&self) -> bool {
        self.after_cr
    }
}

impl LineEnds {
    /// One octet for each line that has ended: its LF, or the octet behind its CR.
    pub(super) fn ended(&self) -> u64 {
        self.lf | self.lacks_lf
    }
}
