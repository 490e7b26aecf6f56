//! The callers for WASI 0.3: guests that are composed with the component, a program for Node, and an HTTP handler.

mod guests;
mod http;
mod node;
mod page;
mod support;
