//! The scan of a message's lines: its size, the first line that is not ASCII, NUL, lines that are too long.

use super::line_ends::{LineEndFinder, LineEnds};
use super::octet_mask::{Block, WIDTH, first_bits};

/// Scans the lines of a message that comes in pieces. CR, LF and CRLF each end a line.
pub struct LineScanner {
    max_line: usize,
    ends: LineEndFinder,
    /// Octets, with both halves of each line end.
    size: u64,
    /// Lines that have ended.
    lines: u64,
    /// Octets of the line that has not ended.
    length: usize,
    first_not_ascii: Option<u64>,
}

/// A line that must not be sent, by its number, counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineFault {
    /// The line holds a NUL, which neither 7bit nor 8bit content may have (RFC 2045, sections 2.7 and 2.8).
    Nul(u64),
    /// The line has more octets than the scanner's `max_line`, without its end.
    TooLong(u64),
}

impl LineScanner {
    /// `max_line`, the octets that a line may have without its end, is more than a block has.
    pub fn new(max_line: usize) -> Self {
        debug_assert!(max_line > WIDTH);
        Self {
            max_line,
            ends: LineEndFinder::default(),
            size: 0,
            lines: 0,
            length: 0,
            first_not_ascii: None,
        }
    }

    /// Fails at the first octet that is NUL or makes its line too long.
    #[inline(never)]
    pub fn read(&mut self, piece: &[u8]) -> Result<(), LineFault> {
        Block::try_each(piece, |_, block| self.read_block(&block))
    }

    #[inline(always)]
    fn read_block(&mut self, block: &Block) -> Result<(), LineFault> {
        let ends = self.ends.find(block);
        let breaks = ends.cr | ends.lf;
        let nul = block.equal(0);
        // Only the block's first line can be too long: the others are shorter than the block.
        let first_line = block.len().min(breaks.trailing_zeros() as usize);
        let is_too_long = self.length + first_line > self.max_line;
        if is_too_long || nul != 0 {
            return Err(self.fault(nul, is_too_long, &ends));
        }
        if self.first_not_ascii.is_none() && block.not_ascii() != 0 {
            let octet = block.not_ascii().trailing_zeros() as usize;
            self.first_not_ascii = Some(self.line_of(octet, &ends));
        }
        self.length = match breaks.checked_ilog2() {
            Some(last) => block.len() - 1 - last as usize,
            None => self.length + block.len(),
        };
        self.lines += u64::from(ends.ended().count_ones());
        let inserted = (ends.lacks_cr | ends.lacks_lf).count_ones();
        self.size += block.len() as u64 + u64::from(inserted);
        Ok(())
    }

    #[cold]
    fn fault(&self, nul: u64, is_too_long: bool, ends: &LineEnds) -> LineFault {
        let nul = nul.trailing_zeros() as usize;
        let excess = self.max_line - self.length;
        if is_too_long && excess < nul {
            LineFault::TooLong(self.line_of(excess, ends))
        } else {
            LineFault::Nul(self.line_of(nul, ends))
        }
    }

    /// The number of the line of this octet of a block.
    fn line_of(&self, octet: usize, ends: &LineEnds) -> u64 {
        let ended = ends.ended() & first_bits(octet + 1);
        1 + self.lines + u64::from(ended.count_ones())
    }

    /// Octets of the message with both halves of each line end, as if it ended here.
    pub fn size(&self) -> u64 {
        let missing = if self.ends.is_after_cr() {
            1
        } else if self.length > 0 {
            2
        } else {
            0
        };
        self.size + missing
    }

    /// The number of the first line with an octet above 127.
    pub fn first_not_ascii(&self) -> Option<u64> {
        self.first_not_ascii
    }
}
