//! SMTP servers on loopback for tests, and the messages that tests send to them.
//!
//! | to add | go to |
//! | --- | --- |
//! | a conversation with a scripted server | [`scripted::Script`], in the test itself |
//! | a real server | a `ServerSpec` in `real/<server>.rs`, and a [`real::Kind`] |
//! | an authorisation server | [`real::authorisation::AuthorisationServer`] |
//! | a message for every real server | [`messages::corpus`] |
//! | a server without a script, for demonstrations | [`sink::Sink`] |
//! | a server that sees whether messages come at the same time | [`crowd::Crowd`] |
//! | a scripted HTTP server | [`http::HttpServer`] |
//! | a server for a hundred thousand messages | [`tally::Tally`] |
//! | a conversation about an OAuth 2.0 token | [`tokens`] |

pub mod authority;
pub mod crowd;
pub mod http;
pub mod hunt;
pub mod messages;
pub mod ports;
pub mod real;
pub mod report;
pub mod scripted;
mod shutdown;
pub mod sink;
pub mod tally;
pub mod tokens;
mod wire;
