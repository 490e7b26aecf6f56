//! docs/reference.md: the interface in wit/, each type and function under its name.

use std::{collections::HashMap, path::Path};

use anyhow::{Context, Result};
use wit_component::{OutputToString, WitPrinter};
use wit_parser::{Docs, Function, FunctionKind, Interface, Resolve, Type, TypeDefKind, TypeId};

const HEAD: &str = "\
<!-- Made by `cargo xtask docs` of the files in wit/. -->
# Reference

The interfaces of [wit/compose.wit](../wit/compose.wit), [wit/smtp.wit](../wit/smtp.wit),
[wit/smtp-async.wit](../wit/smtp-async.wit) and [wit/oauth.wit](../wit/oauth.wit): types, then functions. A method is
called on its resource, whose name is the first word of the method's.
";

/// The interface that has another one's types and functions, and which one that is.
const VARIANT: (&str, &str) = ("smtp-async", "smtp");

const VARIANT_NOTE: &str = "
What follows is what differs. All else is as in `smtp`, and each function of `smtp` that talks to a server is
`async` here.
";

pub(super) fn page(wit: &Path) -> Result<String> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(wit)?;
    let interfaces = &resolve.packages[package].interfaces;
    let mut page = String::from(HEAD);
    for (name, &id) in interfaces {
        let original = interfaces.get(VARIANT.1).filter(|_| name == VARIANT.0);
        let original = original.map(|&id| &resolve.interfaces[id]);
        page += &show_interface(&resolve, &resolve.interfaces[id], original)?;
    }
    Ok(page)
}

/// A type or function: it gets a heading.
#[derive(Clone)]
struct Item<'a> {
    name: String,
    /// The resource that it is or belongs to.
    resource: Option<TypeId>,
    docs: &'a Docs,
    wit: String,
}

/// All items of an interface, or those that `original` does not have.
fn show_interface(
    resolve: &Resolve,
    interface: &Interface,
    original: Option<&Interface>,
) -> Result<String> {
    let mut items = items(resolve, interface)?;
    let name = interface.name.as_deref().context("a nameless interface")?;
    let mut text = format!("\n## Interface `{name}`\n\n{}\n", prose(&interface.docs));
    if let Some(original) = original {
        keep_different(&mut items, &self::items(resolve, original)?, name);
        text += &format!("{VARIANT_NOTE}\n");
    }
    for group in items.chunk_by(|a, b| a.resource == b.resource) {
        let links = group.iter().map(|item| format!("[{0}](#{0})", item.name));
        text += &format!("- {}\n", links.collect::<Vec<_>>().join(", "));
    }
    for item in items {
        let Item {
            name, docs, wit, ..
        } = item;
        text += &format!("\n### <a id=\"{name}\"></a>`{name}`\n\n```wit\n{wit}\n```\n");
        if !docs.is_empty() {
            text += &format!("\n{}", prose(docs));
        }
    }
    Ok(text)
}

/// Keeps what the original does not have in these words. A name has to be an anchor of its own.
fn keep_different(items: &mut Vec<Item>, originals: &[Item], interface: &str) {
    items.retain(|item| {
        !originals.iter().any(|original| {
            let same_wit = original.wit == item.wit.replace("async func", "func");
            original.name == item.name && same_wit && original.docs == item.docs
        })
    });
    for item in items {
        item.name = format!("{interface}.{}", item.name);
    }
}

/// Types, each resource followed by its functions, then free functions.
fn items<'a>(resolve: &'a Resolve, interface: &'a Interface) -> Result<Vec<Item<'a>>> {
    let mut items = Vec::new();
    for (name, &id) in &interface.types {
        let Some(wit) = declare(resolve, name, id)? else {
            continue;
        };
        let definition = &resolve.types[id];
        items.push(Item {
            name: name.clone(),
            resource: matches!(definition.kind, TypeDefKind::Resource).then_some(id),
            docs: &definition.docs,
            wit,
        });
        let methods = interface.functions.values();
        for function in methods.filter(|function| function.kind.resource() == Some(id)) {
            items.push(item_of(resolve, Some(id), function)?);
        }
    }
    let free = interface.functions.values();
    for function in free.filter(|function| function.kind.resource().is_none()) {
        items.push(item_of(resolve, None, function)?);
    }
    Ok(items)
}

fn item_of<'a>(
    resolve: &Resolve,
    resource: Option<TypeId>,
    function: &'a Function,
) -> Result<Item<'a>> {
    let name = function.item_name();
    let owner = resource.and_then(|id| resolve.types[id].name.as_deref());
    Ok(Item {
        name: owner.map_or(name.into(), |owner| format!("{owner}.{name}")),
        resource,
        docs: &function.docs,
        wit: signature(resolve, function)?,
    })
}

/// A type's declaration, with the documentation of its fields and cases. `None` if the type belongs to another
/// interface.
fn declare(resolve: &Resolve, name: &str, id: TypeId) -> Result<Option<String>> {
    let definition = &resolve.types[id];
    if let TypeDefKind::Type(Type::Id(original)) = definition.kind
        && resolve.types[original].owner != definition.owner
    {
        return Ok(None);
    }
    let mut printer = WitPrinter::default();
    let one = std::iter::once((name, id));
    printer.print_types(resolve, definition.owner, one, &HashMap::new())?;
    let text = String::from(printer.output);
    let its_own = text.lines().skip_while(|line| line.starts_with("///"));
    Ok(Some(its_own.collect::<Vec<_>>().join("\n")))
}

fn signature(resolve: &Resolve, function: &Function) -> Result<String> {
    let this = matches!(
        function.kind,
        FunctionKind::Method(_) | FunctionKind::AsyncMethod(_)
    );
    let mut parameters = Vec::new();
    for parameter in function.params.iter().skip(usize::from(this)) {
        let its_type = type_name(resolve, &parameter.ty)?;
        parameters.push(format!("{}: {its_type}", parameter.name));
    }
    let name = function.item_name();
    let parameters = parameters.join(", ");
    let mut text = match function.kind {
        FunctionKind::Constructor(_) => return Ok(format!("constructor({parameters});")),
        FunctionKind::Static(_) => format!("{name}: static func({parameters})"),
        FunctionKind::AsyncStatic(_) => format!("{name}: static async func({parameters})"),
        FunctionKind::AsyncMethod(_) | FunctionKind::AsyncFreestanding => {
            format!("{name}: async func({parameters})")
        }
        FunctionKind::Method(_) | FunctionKind::Freestanding => {
            format!("{name}: func({parameters})")
        }
    };
    if let Some(result) = &function.result {
        text += &format!(" -> {}", type_name(resolve, result)?);
    }
    Ok(text + ";")
}

fn type_name(resolve: &Resolve, its_type: &Type) -> Result<String> {
    let mut printer = WitPrinter::<OutputToString>::default();
    printer.print_type_name(resolve, its_type)?;
    Ok(printer.output.into())
}

fn prose(docs: &Docs) -> String {
    let text = docs.contents.iter();
    text.map(|text| format!("{}\n", text.trim_end())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_functions_have_their_names_signatures_and_words() {
        let wit = "package a:b; interface c {
            /// All of it.
            record d { /** The field. */ e: u8 }
            resource f {
                constructor(g: string);
                /// Goes.
                go: func(d: d) -> result<_, string>;
                make: static func() -> f;
            }
            h: func();
        }";
        let mut resolve = Resolve::default();
        let package = resolve.push_str("a.wit", wit).unwrap();
        let interface = resolve.packages[package].interfaces["c"];
        let items = items(&resolve, &resolve.interfaces[interface]).unwrap();
        let found: Vec<_> = items
            .iter()
            .map(|item| (&*item.name, &*item.wit, prose(item.docs)))
            .collect();
        let item = |name, wit, docs: &str| (name, wit, docs.to_string());
        assert_eq!(
            found,
            [
                item(
                    "d",
                    "record d {\n  /// The field.\n  e: u8,\n}",
                    "All of it.\n"
                ),
                item("f", "resource f;", ""),
                item("f.constructor", "constructor(g: string);", ""),
                item("f.go", "go: func(d: d) -> result<_, string>;", "Goes.\n"),
                item("f.make", "make: static func() -> f;", ""),
                item("h", "h: func();", ""),
            ]
        );
    }
}
