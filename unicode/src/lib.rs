//! Makes `src/unicode/tables.bin` of the crates that the tests of envoi compare with: they are asked for
//! every character.
//!
//! Apart from `xtask`, which would make everyone wait for them.

#[path = "../../src/unicode/classes.rs"]
mod classes;
#[path = "../../src/unicode/coding.rs"]
mod coding;
mod encoder;
mod library;
mod mappings;
mod runs;

use std::path::{Path, PathBuf};

use encoder::Encoder;

/// What `Tables::read` reads.
pub fn tables() -> Vec<u8> {
    let mut file = Encoder::new();
    runs::write(&mut file);
    for mapping in mappings::all() {
        mappings::write(&mut file, &mapping);
    }
    file.finish()
}

/// Where they belong.
pub fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/unicode/tables.bin")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_what_would_be_made_now() {
        let file = std::fs::read(path()).unwrap();
        assert!(file == tables(), "`cargo xtask unicode` makes it anew");
    }
}
