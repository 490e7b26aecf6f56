//! Message-IDs (RFC 5322, section 3.6.4).

/// Octets of an id: a line of a message has 998 at most.
const MAX_ID: usize = 900;

/// The id without its angle brackets, which the caller may leave out.
///
/// Ids of other programs break the grammar in many ways, and an answer has to name them as they are. So all
/// is taken that cannot be taken apart.
pub(super) fn id(text: &str) -> Result<String, String> {
    let bare = text
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'))
        .unwrap_or(text);
    let of_id = |octet: u8| octet.is_ascii_graphic() && !matches!(octet, b'<' | b'>');
    if bare.is_empty() {
        return Err("the id is empty: give one such as 1234@example.org".into());
    }
    if bare.len() > MAX_ID {
        return Err(format!("the id is longer than {MAX_ID} octets: shorten it"));
    }
    if !bare.bytes().all(of_id) {
        return Err(
            "an id holds ASCII without blanks and control characters, such as 1234@example.org"
                .into(),
        );
    }
    Ok(bare.into())
}

/// An id for a message of one's own, with the `@` that makes it unique.
pub(super) fn own_id(text: &str) -> Result<String, String> {
    let id = id(text)?;
    let parts = id.split_once('@');
    let well_formed =
        |part: &str| !part.is_empty() && !part.contains(['@', ',', ';', '(', ')', '"', '\\']);
    if parts.is_some_and(|(left, right)| well_formed(left) && well_formed(right)) {
        Ok(id)
    } else {
        Err("give it as a unique text, an `@` and your domain: 1234@example.org".into())
    }
}
