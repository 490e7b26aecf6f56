//! Refuses spam and attacks, without a session, a database or a puzzle for the visitor.
//!
//! - A form of another site is refused: the browser names that site in the request.
//! - A body is read up to a limit, so that it cannot fill the instance's memory.
//! - `website` is a field that only programs see and fill in (`form.html`).
//! - The message goes to one address, which the visitor does not choose. The visitor gets no copy,
//!   because anyone could have written that address. So the form cannot send spam to others.
//!
//! An instance sees one request only, so the proxy in front limits how often a visitor may write
//! (nginx: `limit_req`).

use crate::http::{Body, Request, Response};
use crate::page;

/// A name of 100 characters, a message of 10,000 and an address have 122,000 octets at most: a character
/// has up to four octets, of which a browser makes twelve.
const LARGEST_BODY: u64 = 128 * 1024;

/// The body of a request from this form.
pub fn admit(request: &Request) -> Result<Vec<u8>, Response> {
    if !is_from_here(request) {
        return Err(page::from_elsewhere());
    }
    if !is_form(&request.header("content-type")) {
        return Err(page::no_form());
    }
    match request.body(LARGEST_BODY) {
        Body::Whole(octets) => Ok(octets),
        Body::TooLarge => Err(page::too_large()),
        Body::BrokenOff => Err(page::broken_off()),
    }
}

/// Browsers name the page of a form. The scheme is not compared, because a proxy may end TLS.
fn is_from_here(request: &Request) -> bool {
    let mut source = request.header("origin");
    if source.is_empty() {
        source = request.header("referer");
    }
    let authority = source
        .split_once("://")
        .and_then(|(_, rest)| rest.split('/').next());
    authority.is_some_and(|authority| authority.eq_ignore_ascii_case(&request.authority()))
}

fn is_form(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
