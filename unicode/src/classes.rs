//! Classes of characters, as far as the rules distinguish them. tables.bin numbers them in this order.

/// Bidi_Class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bidi {
    /// ES, CS, ET, ON and BN; also every class that no character of a domain has.
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
pub(crate) enum Joining {
    None,
    Left,
    Right,
    Dual,
    Transparent,
}
