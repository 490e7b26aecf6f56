//! An authorisation server for OAuth 2.0 (RFC 6749): oidc-provider, in Node.
//!
//! ```no_run
//! use servers::{authority::Authority, real::authorisation::{AuthorisationServer, BASIC, CLIENTS, SEND}};
//!
//! let identity = Authority::new().issue(&["localhost", "127.0.0.1"]);
//! let server = AuthorisationServer::start(&identity, CLIENTS)?;
//! let tokens = server.authorise(&BASIC, "user@example.test", SEND)?;
//! server.revoke(&BASIC, &tokens.access)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It issues access tokens for client credentials, for refresh tokens, for authorisation codes with PKCE
//! (RFC 7636) and for devices (RFC 8628); it revokes them (RFC 7009) and tells mail servers about them
//! (RFC 7662). Each refresh gets a new refresh token, and the old one is refused then.

mod browser;
mod client;
mod configuration;
mod http;
mod request;
mod server;

pub use client::{Device, Refusal, Tokens};
pub use configuration::{
    BASIC, CLIENTS, Client, ClientAuthentication, MAIL_SERVER, OTHER, POST, PUBLIC, READ, SEND,
    SHORT_LIVED,
};
pub use request::Request;
pub use server::AuthorisationServer;
