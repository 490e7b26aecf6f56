//! A block by itself: to be compared with others, and to become a function.

use std::mem;

use syn::{
    Arm, Block, Expr, ExprForLoop, ExprIf, ExprMethodCall, ExprPath, Ident, Local, PatIdent, Path,
    visit_mut::{self, VisitMut},
};

/// The value that a block lowers, by wit-bindgen's name for it.
const VALUE: &str = "e";

/// Where the block lowers it to, or where that is which it frees, by our name.
const PLACE: &str = "at";

/// A copy, in which variables are numbered by their order; in wit-bindgen's functions they are numbered
/// through.
pub struct Detached {
    pub block: Block,
    /// What it takes from outside.
    pub value: Option<Ident>,
    pub place: Ident,
}

impl Detached {
    /// None if the block takes anything else from outside.
    pub fn of(block: &Block) -> Option<Self> {
        let mut block = block.clone();
        let mut names = Names::default();
        names.visit_block_mut(&mut block);
        let (value, others): (Vec<_>, Vec<_>) =
            names.outer.into_iter().partition(|name| name == VALUE);
        let [place] = <[Ident; 1]>::try_from(others).ok()?;
        names.pointers.contains(&place).then_some(Self {
            block,
            value: value.into_iter().next(),
            place,
        })
    }
}

#[derive(Default)]
struct Names {
    /// What the block has declared, and its new names.
    declared: Vec<(Ident, Ident)>,
    count: usize,
    /// What it has not.
    outer: Vec<Ident>,
    /// What something is added to.
    pointers: Vec<Ident>,
}

impl Names {
    fn scope(&mut self, read: impl FnOnce(&mut Self)) {
        let outside = self.declared.len();
        read(self);
        self.declared.truncate(outside);
    }
}

impl VisitMut for Names {
    fn visit_block_mut(&mut self, block: &mut Block) {
        self.scope(|names| visit_mut::visit_block_mut(names, block));
    }

    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        self.scope(|names| visit_mut::visit_arm_mut(names, arm));
    }

    /// For `if let`.
    fn visit_expr_if_mut(&mut self, branch: &mut ExprIf) {
        self.scope(|names| visit_mut::visit_expr_if_mut(names, branch));
    }

    fn visit_expr_for_loop_mut(&mut self, each: &mut ExprForLoop) {
        self.visit_expr_mut(&mut each.expr);
        self.scope(|names| {
            names.visit_pat_mut(&mut each.pat);
            names.visit_block_mut(&mut each.body);
        });
    }

    /// What is declared is not yet seen where it is computed.
    fn visit_local_mut(&mut self, local: &mut Local) {
        if let Some(init) = &mut local.init {
            self.visit_expr_mut(&mut init.expr);
        }
        self.visit_pat_mut(&mut local.pat);
    }

    fn visit_pat_ident_mut(&mut self, pattern: &mut PatIdent) {
        if !is_variable(&pattern.ident) {
            return;
        }
        let old = pattern.ident.to_string();
        let plain = old.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
        let new = Ident::new(&format!("{plain}_{}", self.count), pattern.ident.span());
        self.count += 1;
        let old = mem::replace(&mut pattern.ident, new.clone());
        self.declared.push((old, new));
    }

    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        if let Expr::Path(receiver) = &*call.receiver
            && call.method == "add"
        {
            self.pointers.extend(receiver.path.get_ident().cloned());
        }
        visit_mut::visit_expr_method_call_mut(self, call);
    }

    fn visit_expr_path_mut(&mut self, path: &mut ExprPath) {
        visit_mut::visit_expr_path_mut(self, path);
        let Some(name) = path.path.get_ident().filter(|name| is_variable(name)) else {
            return;
        };
        let declared = self.declared.iter().rfind(|(old, _)| old == name);
        let new = match declared {
            Some((_, new)) => new.clone(),
            None if name == VALUE => name.clone(),
            None => Ident::new(PLACE, name.span()),
        };
        if declared.is_none() && !self.outer.contains(name) {
            self.outer.push(name.clone());
        }
        path.path = new.into();
    }

    /// Types by their names alone, whichever module the block stands in.
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        let segments = &mut path.segments;
        if segments.first().is_some_and(|first| first.ident == "super") {
            *segments = segments.last().cloned().into_iter().collect();
        }
    }
}

/// Types, variants and constants are not.
fn is_variable(name: &Ident) -> bool {
    name.to_string()
        .starts_with(|first: char| first.is_lowercase() || first == '_')
}
