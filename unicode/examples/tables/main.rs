//! Writes `src/tables.bin` from the data of `icu_normalizer`, `icu_properties` and `stringprep`: asks them for
//! every character.
//!
//! ```text
//! cargo run --package envoi-unicode --example tables
//! ```

#[path = "../../src/classes.rs"]
mod classes;
#[path = "../../src/coding.rs"]
mod coding;
mod encoder;
mod library;
mod mappings;
mod runs;

use std::fs;
use std::io;

use encoder::Encoder;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tables.bin");

fn main() -> io::Result<()> {
    let tables = tables();
    fs::write(FILE, &tables)?;
    println!("{FILE}: {} octets", tables.len());
    Ok(())
}

/// The file that `Tables::read` reads.
fn tables() -> Vec<u8> {
    let mut file = Encoder::new();
    runs::write(&mut file);
    for mapping in mappings::all() {
        mappings::write(&mut file, &mapping);
    }
    file.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_current() {
        let file = fs::read(FILE).unwrap();
        assert!(file == tables(), "`cargo xtask unicode` writes it");
    }
}
