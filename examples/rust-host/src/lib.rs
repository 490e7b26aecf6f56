//! The parts of this host that other hosts of this repository use too.

pub mod precompiled;
pub mod state;
