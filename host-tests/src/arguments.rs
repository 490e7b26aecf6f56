//! Owned arguments, and what the functions of WASI 0.2's bindings take of them. Those of WASI 0.3 take them whole.

/// Lends itself as `To`.
pub(crate) trait Lend<'a, To> {
    fn lend(&'a self) -> To;
}

impl<T: Copy> Lend<'_, T> for T {
    fn lend(&self) -> T {
        *self
    }
}

impl<'a, T> Lend<'a, &'a T> for T {
    fn lend(&'a self) -> &'a T {
        self
    }
}

impl<'a> Lend<'a, &'a str> for String {
    fn lend(&'a self) -> &'a str {
        self
    }
}

impl<'a, T> Lend<'a, &'a [T]> for Vec<T> {
    fn lend(&'a self) -> &'a [T] {
        self
    }
}

impl<'a, T> Lend<'a, Option<&'a T>> for Option<T> {
    fn lend(&'a self) -> Option<&'a T> {
        self.as_ref()
    }
}

impl<'a> Lend<'a, Option<&'a str>> for Option<String> {
    fn lend(&'a self) -> Option<&'a str> {
        self.as_deref()
    }
}

impl<'a, T> Lend<'a, Option<&'a [T]>> for Option<Vec<T>> {
    fn lend(&'a self) -> Option<&'a [T]> {
        self.as_deref()
    }
}
