//! Conversations with an authorization server, without a socket: what is requested, and what each answer leads to.

mod consent;
mod keeping;
mod refusing;
mod requesting;
mod secrets;
mod service_account;
mod support;
