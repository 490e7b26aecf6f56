//! The documentation inside a component, in the section that tools read (`package-docs`).
//!
//! That section documents the component as a whole. It has no place yet for the documentation of an
//! interface of a named package (WebAssembly/component-model, issue 213): readers fail on unexpected
//! entries. So the component carries the documentation of each interface that it exports. The documentation
//! of types and functions is in the WIT package of a release.

use std::{borrow::Cow, path::Path};

use anyhow::{Context, Result, bail};
use wasm_encoder::{ComponentSection, CustomSection};
use wit_component::DecodedWasm;
use wit_parser::{PackageMetadata, Resolve, WorldId, WorldItem};

/// Adds the documentation of the component's exports from `wit`, if there is any.
pub(crate) fn add(component: &mut Vec<u8>, wit: &Path) -> Result<()> {
    let DecodedWasm::Component(mut resolve, world) = wit_component::decode(component)? else {
        bail!("not a component");
    };
    let mut written = Resolve::default();
    written.push_dir(wit)?;
    let docs = docs(&resolve, world, &written);
    if docs.is_empty() {
        return Ok(());
    }
    resolve.worlds[world].docs.contents = Some(docs);
    let package = resolve.worlds[world]
        .package
        .context("a world without a package")?;
    let section = CustomSection {
        name: PackageMetadata::SECTION_NAME.into(),
        data: Cow::Owned(PackageMetadata::extract(&resolve, package).encode()?),
    };
    section.append_to_component(component);
    Ok(())
}

/// A heading and the documentation of each interface that the world exports.
fn docs(resolve: &Resolve, world: WorldId, written: &Resolve) -> String {
    let mut sections = Vec::new();
    for export in resolve.worlds[world].exports.values() {
        let WorldItem::Interface { id, .. } = export else {
            continue;
        };
        let name = resolve.id_of(*id);
        let its_own = written
            .interfaces
            .iter()
            .find(|(id, _)| written.id_of(*id) == name);
        let text = its_own.and_then(|(_, interface)| interface.docs.contents.as_deref());
        if let (Some(name), Some(text)) = (name, text) {
            sections.push(format!("# {name}\n\n{}", text.trim_end()));
        }
    }
    sections.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_documented_export_has_a_section() {
        let wit = "package a:b@1.0.0;
            /// What it does.
            interface c {}
            interface silent {}
            world w { export c; export silent; export d: func(); }";
        let mut resolve = Resolve::default();
        let package = resolve.push_str("a.wit", wit).unwrap();
        let world = resolve.select_world(&[package], None).unwrap();
        assert_eq!(
            docs(&resolve, world, &resolve),
            "# a:b/c@1.0.0\n\nWhat it does."
        );
        assert_eq!(docs(&resolve, world, &Resolve::default()), "");
    }
}
