//! The names of a component's parts: 13 KB that only a debugger reads, and that wit-component always
//! writes.

use anyhow::Result;
use wasmparser::BinaryReader;

/// The component without them.
pub fn remove(component: &[u8]) -> Result<Vec<u8>> {
    let mut reader = BinaryReader::new(component, 0);
    let mut small = reader.read_bytes(PREAMBLE)?.to_vec();
    while !reader.eof() {
        let start = component.len() - reader.bytes_remaining();
        let id = reader.read_u8()?;
        let mut contents = reader.read_reader()?;
        if id != CUSTOM || contents.read_string()? != "component-name" {
            let end = component.len() - reader.bytes_remaining();
            small.extend_from_slice(&component[start..end]);
        }
    }
    Ok(small)
}

/// The magic number and the version, in octets.
const PREAMBLE: usize = 8;
/// A section's id.
const CUSTOM: u8 = 0;

#[cfg(test)]
mod tests {
    use wasm_encoder::{Component, ComponentNameSection, ComponentSection, CustomSection, NameMap};

    use super::*;

    fn section(name: &str) -> CustomSection<'_> {
        CustomSection {
            name: name.into(),
            data: b"component-name".into(),
        }
    }

    #[test]
    fn only_the_names_go() {
        let mut names = ComponentNameSection::new();
        let mut types = NameMap::new();
        types.append(0, "t");
        names.types(&types);
        let (before, after) = (section("before"), section("after"));
        let with = |sections: &[&dyn ComponentSection]| {
            let mut component = Component::new().finish();
            for section in sections {
                section.append_to_component(&mut component);
            }
            component
        };
        let named = with(&[&before, &names, &after]);
        assert_eq!(remove(&named).unwrap(), with(&[&before, &after]));
    }

    #[test]
    fn half_a_component_is_an_error() {
        let mut component = Component::new();
        component.section(&section("whole"));
        let bytes = component.finish();
        assert!(remove(&bytes[..bytes.len() - 1]).is_err());
    }
}
