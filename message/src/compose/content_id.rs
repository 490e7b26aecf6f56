//! Content-IDs, and the places of an HTML text that refer to them (RFC 2392).

/// Octets of an id: a line of a message has 998 at most.
const MAX_ID: usize = 250;

/// Checks an id without angle brackets.
///
/// In a URL, `+` and `%` need an escape, with which some readers do not find the part.
pub(super) fn check(id: &str) -> Result<(), String> {
    let of_id = |octet: u8| octet.is_ascii_alphanumeric() || b".-_@~$!*".contains(&octet);
    let reason = if id.is_empty() {
        "it is empty: give one such as logo@example.org"
    } else if id.len() > MAX_ID {
        "it is longer than 250 octets: shorten it"
    } else if id.contains(['<', '>']) {
        "give it without angle brackets, as in the HTML text after `cid:`"
    } else if !id.bytes().all(of_id) {
        "it may hold letters of ASCII, digits and . - _ @ ~ $ ! * only, so that every reader finds it"
    } else {
        return Ok(());
    };
    Err(reason.into())
}

/// The ids that `html` refers to, in attributes (`src="cid:id"`) and style sheets (`url(cid:id)`).
pub(super) fn references(html: &str) -> impl Iterator<Item = &str> {
    html.match_indices(':').filter_map(|(colon, _)| {
        let (before, after) = html.split_at_checked(colon)?;
        let scheme_start = before.len().checked_sub(3)?;
        let scheme = before.get(scheme_start..)?;
        if !scheme.eq_ignore_ascii_case("cid") || !begins_url(before.get(..scheme_start)?) {
            return None;
        }
        let id = after.get(1..)?;
        let end = id.find(['"', '\'', ')', '>', '&', ';', ',', ' ', '\t', '\r', '\n']);
        id.get(..end.unwrap_or(id.len()))
            .filter(|id| !id.is_empty())
    })
}

/// In the text itself, `cid:` is but a word.
fn begins_url(before: &str) -> bool {
    let before = before.trim_ascii_end();
    before.ends_with(['"', '\'', '(', '='])
        || before.ends_with("&quot;")
        || before.ends_with("&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_in_attributes_and_style_sheets() {
        let html = "<img src=\"cid:a@b\"> <img src='CID:c'> <p style=\"background: url(cid:d)\"> \
                    <img src=cid:e > <img src = \" cid:f\"> <p style=\"background: url(&quot;cid:g&quot;)\"> \
                    acid:x cid:y (cid: z) http://x ü:cid:\u{e9}";
        assert_eq!(
            references(html).collect::<Vec<_>>(),
            ["a@b", "c", "d", "e", "f", "g"]
        );
    }

    #[test]
    fn an_id_that_a_reader_might_not_find_is_refused() {
        for id in ["logo", "logo@example.org", "a.b-c_d~e$f!g*h@1"] {
            assert_eq!(check(id), Ok(()), "{id}");
        }
        for id in [
            "", "a+b@c", "a%2Bb@c", "<a@b>", "a b", "a\r\nb", "ä@b", "a/b", "a&b", "a'b",
        ] {
            assert!(check(id).is_err(), "{id}");
        }
    }
}
