//! The npm package, packed, installed into an empty project, and used by programs there.

mod delivery;
mod failures;
mod project;
mod script;
mod sessions;
mod types;
mod waiting;
