//! What is not let in: without a session, a database or a puzzle for the visitor.
//!
//! - Another site's page cannot have its visitors' browsers send from here: they name that site.
//! - A body is read up to a limit, so that no one can fill this instance's memory.
//! - `website` is a field that only programs see (`form.html`).
//! - The letter goes to one address, which the visitor does not choose, and no copy to the visitor,
//!   whose address anyone could have written: so there is nothing here to send spam through.
//!
//! How often someone may write has to be counted outside, where more than one request is seen: at
//! the proxy in front (nginx: `limit_req`).

use crate::http::{Body, Request, Response};
use crate::page;

/// A name of 100 characters and a message of 10,000 that are four octets each, of which a browser
/// makes twelve, and an address, have 122,000.
const LARGEST_BODY: u64 = 128 * 1024;

/// The body of what came from this form.
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

/// Browsers say which page a form is from; the scheme is not compared, as a proxy may have ended TLS.
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
