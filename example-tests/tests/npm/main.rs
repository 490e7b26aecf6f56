//! The npm package, packed and installed into an empty project, and used by the programs in `programs/`.

mod composing;
mod delivery;
mod failures;
mod project;
mod script;
mod sessions;
mod types;
mod waiting;
