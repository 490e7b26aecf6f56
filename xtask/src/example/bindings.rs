//! The output of the command `wit-bindgen`, from its libraries: the command takes minutes to compile.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use wit_bindgen_core::{Files, WorldGenerator};

use super::wit;

/// Writes bindings of an example's world into its `folder`.
pub(super) fn write(
    mut generator: Box<dyn WorldGenerator>,
    example: &Path,
    folder: &str,
) -> Result<()> {
    let (mut resolve, world) = wit::world(example)?;
    let mut files = Files::default();
    generator.generate(&mut resolve, world, &mut files)?;
    for (name, contents) in files.iter() {
        let path = example.join(folder).join(name);
        fs::create_dir_all(path.parent().context("no folder")?)?;
        fs::write(&path, contents).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
