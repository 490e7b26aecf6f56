//! Strips the section `component-name`: 13 kB that only debuggers read, and that wasm-encoder always writes.
//!
//! `wasm-tools strip --delete component-name` does the same, but has no build of its authors in a registry,
//! and takes minutes to compile.

use anyhow::Result;
use wasm_encoder::{Component, RawSection};
use wasmparser::{KnownCustom, Parser, Payload};

/// Copies every other section of the component unchanged.
pub(crate) fn strip(component: &[u8]) -> Result<Vec<u8>> {
    let mut stripped = Component::new();
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload?;
        match &payload {
            // Modules and components inside are copied whole, as sections.
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::CustomSection(section) if is_names(section.as_known()) => continue,
            _ => {}
        }
        if let Some((id, range)) = payload.as_section().filter(|_| depth == 1) {
            let data = &component[range.start.try_into()?..range.end.try_into()?];
            stripped.section(&RawSection { id, data });
        }
    }
    Ok(stripped.finish())
}

fn is_names(section: KnownCustom) -> bool {
    matches!(section, KnownCustom::ComponentName(_))
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        ComponentNameSection, CustomSection, Module, ModuleSection, NameMap, NestedComponentSection,
    };

    use super::*;

    fn section(name: &str) -> CustomSection<'_> {
        CustomSection {
            name: name.into(),
            data: b"component-name".into(),
        }
    }

    /// With a module and a component inside.
    fn component(names: Option<&ComponentNameSection>) -> Vec<u8> {
        let (mut module, mut nested) = (Module::new(), Component::new());
        module.section(&section("module"));
        nested.section(&section("nested"));
        let mut component = Component::new();
        component.section(&section("before"));
        component.section(&ModuleSection(&module));
        component.section(&NestedComponentSection(&nested));
        if let Some(names) = names {
            component.section(names);
        }
        component.section(&section("after"));
        component.finish()
    }

    #[test]
    fn only_the_names_go() {
        let mut names = ComponentNameSection::new();
        let mut types = NameMap::new();
        types.append(0, "t");
        names.types(&types);
        let named = component(Some(&names));
        assert_eq!(strip(&named).unwrap(), component(None));
    }

    #[test]
    fn half_a_component_is_an_error() {
        let mut component = Component::new();
        component.section(&section("whole"));
        let bytes = component.finish();
        assert!(strip(&bytes[..bytes.len() - 1]).is_err());
    }
}
