//! One function for what many of the bindings do alike.
//!
//! Into each export, wit-bindgen writes how its result is laid out in memory, and into each post-return
//! how that is freed: two kilobytes of code for each `error`. But a block such as
//!
//! ```text
//! Err(e) => {
//!     *ptr1.add(0).cast::<u8>() = 1;
//!     match e { Error::InvalidArgument(e) => … }
//! }
//! ```
//!
//! takes nothing from outside but the value and where it goes. So it becomes a function, and equal ones
//! become one:
//!
//! ```text
//! Err(e) => { crate::component::bindings::shared::lower_error_5(e, ptr1); }
//! ```
//!
//! The code stays wit-bindgen's, and is as safe as it was: called from where it stood, with what it had
//! there. What a block takes from outside and was overlooked here does not compile, as a function sees no
//! variable of its caller.

use std::collections::HashMap;

use syn::{
    Block, Expr, File, Ident, Item, ItemFn, ItemImpl, Local, Pat, Path, Stmt, UseTree, parse_quote,
    visit_mut::{self, VisitMut},
};

use crate::detached::Detached;

/// Moves them to a module of their own.
pub fn share(bindings: &mut File) -> Result<(), String> {
    let mut shared = Shared::default();
    shared.visit_file_mut(bindings);
    let values = shared.functions.iter().flat_map(|shared| &shared.value);
    let errors = values.filter(|value| value.is_ident("Error")).count();
    if errors != 1 {
        return Err(format!(
            "an `error` is lowered by {errors} functions instead of one: this wit-bindgen writes what \
             build/shared.rs does not know"
        ));
    }
    bindings.items.push(shared.module());
    Ok(())
}

#[derive(Default)]
struct Shared {
    functions: Vec<Function>,
}

/// What was a block.
#[derive(PartialEq)]
struct Function {
    /// The type of `e`; none where something is freed.
    value: Option<Path>,
    /// `at` is where the value goes to, or is.
    body: Block,
}

impl VisitMut for Shared {
    fn visit_item_impl_mut(&mut self, _: &mut ItemImpl) {}

    /// Only what is exported.
    fn visit_item_fn_mut(&mut self, function: &mut ItemFn) {
        let name = function.sig.ident.to_string();
        if name.starts_with("_export_") || name.starts_with("__post_return_") {
            visit_mut::visit_item_fn_mut(self, function);
        }
    }

    /// From the inside out, so that blocks around equal ones are equal too.
    fn visit_block_mut(&mut self, block: &mut Block) {
        spell_out(block);
        visit_mut::visit_block_mut(self, block);
        if let Some(call) = self.call(block) {
            *block = call;
        }
    }

    /// Here arguments are lifted, by each export in its own way.
    fn visit_local_mut(&mut self, _: &mut Local) {}
}

impl Shared {
    /// What stands for the block from now on; none where the block has to stay.
    fn call(&mut self, block: &Block) -> Option<Block> {
        if block.stmts.len() < 2 || has_value(block) {
            return None;
        }
        let Detached {
            block: body,
            value: name,
            place,
        } = Detached::of(block)?;
        let value = match &name {
            Some(_) => Some(lowered(&body)?),
            None => None,
        };
        let index = self.index(Function { value, body });
        let (function, value) = (self.functions[index].name(index), name.iter());
        Some(parse_quote!({ crate::component::bindings::shared::#function(#(#value,)* #place); }))
    }

    /// Where the function is, which is new if none is equal.
    fn index(&mut self, function: Function) -> usize {
        let known = self.functions.iter().position(|known| *known == function);
        known.unwrap_or_else(|| {
            self.functions.push(function);
            self.functions.len() - 1
        })
    }

    fn module(&self) -> Item {
        let functions = self.functions.iter().enumerate();
        let functions = functions.map(|(index, function)| function.item(index));
        parse_quote! {
            #[allow(clippy::all)]
            mod shared {
                use super::_rt;
                use super::exports::envoi::mail::smtp::*;

                #(#functions)*
            }
        }
    }
}

impl Function {
    fn name(&self, index: usize) -> Ident {
        let last = self.value.as_ref().and_then(|value| value.segments.last());
        let name = match last {
            Some(value) => format!("lower_{}_{index}", value.ident).to_lowercase(),
            None => format!("free_{index}"),
        };
        Ident::new(&name, self.body.brace_token.span.open())
    }

    fn item(&self, index: usize) -> ItemFn {
        let (name, value, body) = (self.name(index), self.value.iter(), &self.body);
        parse_quote! {
            pub unsafe fn #name(#(e: #value,)* at: *mut u8) {
                unsafe #body
            }
        }
    }
}

/// Whether what the block computes is for its surroundings.
fn has_value(block: &Block) -> bool {
    let Some(Stmt::Expr(last, None)) = block.stmts.last() else {
        return false;
    };
    !matches!(last, Expr::Match(_) | Expr::ForLoop(_) | Expr::Block(_))
}

/// The type of `e`, where the block takes it apart as a record or a variant.
fn lowered(block: &Block) -> Option<Path> {
    block.stmts.iter().find_map(|statement| match statement {
        Stmt::Local(local) if is_e(&local.init.as_ref()?.expr) => match &local.pat {
            Pat::Struct(record) => Some(record.path.clone()),
            _ => None,
        },
        Stmt::Expr(Expr::Match(variant), _) if is_e(&variant.expr) => {
            let mut case = match &variant.arms.first()?.pat {
                Pat::TupleStruct(case) => case.path.clone(),
                Pat::Path(case) => case.path.clone(),
                _ => return None,
            };
            case.segments.pop()?;
            case.segments.pop_punct();
            (!case.segments.is_empty()).then_some(case)
        }
        _ => None,
    })
}

fn is_e(expression: &Expr) -> bool {
    matches!(expression, Expr::Path(path) if path.path.is_ident("e"))
}

/// Where a block begins with `use super::smtp::Error as V26`, `Error` will do: its module has that name.
fn spell_out(block: &mut Block) {
    let mut names = HashMap::new();
    block.stmts.retain(|statement| {
        let alias = match statement {
            Stmt::Item(Item::Use(item)) => alias(&item.tree),
            _ => None,
        };
        let stays = alias.is_none();
        names.extend(alias);
        stays
    });
    Renaming(names).visit_block_mut(block);
}

fn alias(tree: &UseTree) -> Option<(Ident, Ident)> {
    match tree {
        UseTree::Path(path) => alias(&path.tree),
        UseTree::Rename(use_) => Some((use_.rename.clone(), use_.ident.clone())),
        _ => None,
    }
}

struct Renaming(HashMap<Ident, Ident>);

impl VisitMut for Renaming {
    fn visit_ident_mut(&mut self, name: &mut Ident) {
        if let Some(new) = self.0.get(name) {
            *name = new.clone();
        }
    }
}
