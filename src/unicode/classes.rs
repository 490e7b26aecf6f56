//! Unicode's classes of characters, as far as the rules tell them apart. By their order they are numbered in
//! the file.

/// Bidi_Class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bidi {
    /// ES, CS, ET, ON and BN; also the classes that no character of a domain has.
    Neutral,
    /// L.
    Left,
    /// R and AL.
    Right,
    EuropeanNumber,
    ArabicNumber,
    NonspacingMark,
}

/// Joining_Type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joining {
    None,
    Left,
    Right,
    Dual,
    Transparent,
}
