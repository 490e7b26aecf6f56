//! What other hosts of this repository have in common with this one.

pub mod precompiled;
pub mod state;
