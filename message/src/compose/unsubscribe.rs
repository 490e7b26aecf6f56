//! URLs of List-Unsubscribe (RFC 2369, section 3.2; RFC 8058).

/// Octets of a URL: a line of a message has 998 at most.
const MAX_URL: usize = 900;

/// Checks the URLs; with `one_click`, one of them has to be HTTPS (RFC 8058, section 3.1).
pub(super) fn check(urls: &[String], one_click: bool) -> Result<(), String> {
    for url in urls {
        check_url(url)?;
    }
    if one_click && !urls.iter().any(|url| has_scheme(url, "https:")) {
        return Err("one click needs an https URL that takes a POST: give one".into());
    }
    Ok(())
}

fn check_url(url: &str) -> Result<(), String> {
    let of_url =
        |octet: u8| octet.is_ascii_graphic() && !matches!(octet, b'<' | b'>' | b',' | b'"' | b'\\');
    let reason = if url.len() > MAX_URL {
        "a URL is longer than 900 octets: shorten it"
    } else if !url.bytes().all(of_url) {
        "a URL holds a character that it cannot: write that as %, and two digits for each octet"
    } else if !["https:", "http:", "mailto:"]
        .iter()
        .any(|scheme| has_scheme(url, scheme))
    {
        "a URL begins with https:, http: or mailto:"
    } else {
        return Ok(());
    };
    Err(reason.into())
}

/// Whether something follows the scheme too.
fn has_scheme(url: &str, scheme: &str) -> bool {
    url.split_at_checked(scheme.len())
        .is_some_and(|(start, rest)| start.eq_ignore_ascii_case(scheme) && !rest.is_empty())
}
