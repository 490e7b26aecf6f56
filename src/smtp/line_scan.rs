//! What a message's lines tell: its size, the first line that needs 8BITMIME, and what DATA cannot carry.

use super::line_ends::{LineEndFinder, LineEnds};
use super::octet_mask::{Block, first_bits};

/// Octets of a line without its CRLF (RFC 5321, section 4.5.3.1.6). A doubled dot does not count.
pub const MAX_LINE: usize = 998;

/// Scans the lines of a message that comes in pieces. CR, LF and CRLF each end a line.
#[derive(Default)]
pub(super) struct LineScanner {
    ends: LineEndFinder,
    /// Octets, with both halves of each line end.
    size: u64,
    /// Lines that have ended.
    lines: u64,
    /// Octets of the line that has not ended.
    length: usize,
    first_not_ascii: Option<u64>,
}

impl LineScanner {
    /// Refuses NUL and a line of more than [`MAX_LINE`] octets, and names the line.
    pub fn read(&mut self, piece: &[u8]) -> Result<(), String> {
        Block::try_each(piece, |_, block| self.read_block(&block))
    }

    fn read_block(&mut self, block: &Block) -> Result<(), String> {
        let ends = self.ends.find(block);
        let breaks = ends.cr | ends.lf;
        let nul = block.equal(0);
        // Only the block's first line can be too long: the others are shorter than the block.
        let first_line = block.len().min(breaks.trailing_zeros() as usize);
        let is_too_long = self.length + first_line > MAX_LINE;
        if is_too_long || nul != 0 {
            return Err(self.refusal(nul, is_too_long, &ends));
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

    /// Names what comes first.
    fn refusal(&self, nul: u64, is_too_long: bool, ends: &LineEnds) -> String {
        let nul = nul.trailing_zeros() as usize;
        let excess = MAX_LINE - self.length;
        if is_too_long && excess < nul {
            let number = self.line_of(excess, ends);
            return format!(
                "line {number} of the message is longer than {MAX_LINE} octets: encode the part \
                 that it is in as quoted-printable or base64"
            );
        }
        let number = self.line_of(nul, ends);
        format!("line {number} of the message holds NUL: encode the part that it is in as base64")
    }

    /// The number of the line of this octet of a block.
    fn line_of(&self, octet: usize, ends: &LineEnds) -> u64 {
        let ended = ends.ended() & first_bits(octet + 1);
        1 + self.lines + u64::from(ended.count_ones())
    }

    /// Octets as SIZE counts them (RFC 1870, section 6), as if the message ended here.
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
