//! The arguments of the interface, from its WIT files: each string, list of octets, stream and number.

use std::collections::BTreeSet;
use std::path::Path;

use wit_parser::{Function, Handle, Resolve, Type, TypeDefKind, TypeId};

#[cfg(not(feature = "p3"))]
const INTERFACES: [&str; 5] = ["smtp", "compose", "dkim", "smtp-dkim", "smtp-streams"];
#[cfg(feature = "p3")]
const INTERFACES: [&str; 3] = ["smtp-async", "compose", "dkim"];

/// Such as `mailer.send(envelope.sender)`. A list or an option has no name of its own.
pub(crate) fn arguments() -> BTreeSet<String> {
    let mut resolve = Resolve::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    let (package, _) = resolve.push_dir(folder).unwrap();
    let mut arguments = BTreeSet::new();
    for name in INTERFACES {
        let interface = resolve.packages[package].interfaces[name];
        for function in resolve.interfaces[interface].functions.values() {
            let mut found = Vec::new();
            for parameter in &function.params {
                add(&resolve, &parameter.ty, &parameter.name, &mut found);
            }
            let name = name_of(&resolve, function);
            arguments.extend(found.into_iter().map(|path| format!("{name}({path})")));
        }
    }
    arguments
}

fn name_of(resolve: &Resolve, function: &Function) -> String {
    let item = function.item_name();
    match function.kind.resource() {
        Some(resource) => {
            let resource = resolve.types[resource].name.as_deref().unwrap_or_default();
            let item = if item == resource {
                "constructor"
            } else {
                item
            };
            format!("{resource}.{item}")
        }
        None => item.to_owned(),
    }
}

fn add(resolve: &Resolve, ty: &Type, path: &str, found: &mut Vec<String>) {
    match ty {
        Type::Bool => {}
        Type::Id(id) => add_named(resolve, *id, path, found),
        _ => found.push(path.to_owned()),
    }
}

fn add_named(resolve: &Resolve, id: TypeId, path: &str, found: &mut Vec<String>) {
    let mut within = |ty: &Type, name: &str| add(resolve, ty, &format!("{path}.{name}"), found);
    match &resolve.types[id].kind {
        TypeDefKind::Record(record) => {
            for field in &record.fields {
                within(&field.ty, &field.name);
            }
        }
        TypeDefKind::Variant(variant) => {
            for case in &variant.cases {
                if let Some(ty) = &case.ty {
                    within(ty, &case.name);
                }
            }
        }
        TypeDefKind::Tuple(tuple) => {
            for (place, ty) in tuple.types.iter().enumerate() {
                within(ty, &place.to_string());
            }
        }
        TypeDefKind::Option(ty) | TypeDefKind::List(ty) | TypeDefKind::Type(ty) => {
            add(resolve, ty, path, found);
        }
        TypeDefKind::Handle(Handle::Own(resource) | Handle::Borrow(resource)) => {
            let name = resolve.types[*resource].name.as_deref();
            if name.is_some_and(|name| name.ends_with("-stream")) {
                found.push(path.to_owned());
            }
        }
        TypeDefKind::Stream(_) => found.push(path.to_owned()),
        _ => {}
    }
}
