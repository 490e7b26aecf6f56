//! Writes the tables.

use std::fs;

use anyhow::{Context, Result};

fn main() -> Result<()> {
    let tables = unicode::tables();
    let path = unicode::path();
    fs::write(&path, &tables).with_context(|| format!("cannot write {}", path.display()))?;
    println!("src/unicode/tables.bin: {} octets", tables.len());
    Ok(())
}
