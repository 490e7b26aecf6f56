//! What the command `wit-bindgen` writes, without that command, which takes minutes to compile.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use wit_bindgen_core::{Files, WorldGenerator};
use wit_parser::Resolve;

/// Writes bindings of the world in `wit/` of an example.
pub fn write(mut generator: Box<dyn WorldGenerator>, wit: &Path, folder: &Path) -> Result<()> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(wit)?;
    let world = resolve.select_world(&[package], None)?;
    let mut files = Files::default();
    generator.generate(&mut resolve, world, &mut files)?;
    for (name, contents) in files.iter() {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().context("no folder")?)?;
        fs::write(&path, contents).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
