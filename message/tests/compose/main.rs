//! What leaves the composer, as a strict reader takes it apart.

mod addresses;
mod attachments;
mod boundaries;
mod drafts;
mod envelope;
mod fields;
mod invalid;
mod reader;
mod smuggling;
mod streams;
mod structure;
mod texts;
mod words;
