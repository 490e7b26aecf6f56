//! Empty: Cargo builds only the dependency of this package.
