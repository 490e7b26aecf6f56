//! How a large message is cut.

/// Octets of a piece: a whole number of lines.
pub const PIECE: usize = 78 * 12_821;
