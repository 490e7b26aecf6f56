//! Parses the addresses of a header field such as To (RFC 5322, section 3.4).

/// The address of each mailbox, those in groups included. The mailer checks them later.
pub(crate) fn addresses(field: &str) -> Vec<String> {
    let mut list = List::default();
    let mut characters = field.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => quoted(&mut characters, list.part()),
            '[' => literal(&mut characters, list.part()),
            '(' => comment(&mut characters),
            '<' => list.address = Some(String::new()),
            '>' => list.inside = false,
            ',' | ';' if !list.inside => list.end_mailbox(),
            // Ends the name of a group.
            ':' if !list.inside => list.text.clear(),
            other => list.part().push(other),
        }
        list.inside = character == '<' || list.inside;
    }
    list.end_mailbox();
    list.addresses
}

#[derive(Default)]
struct List {
    addresses: Vec<String>,
    /// The text of the current mailbox outside angle brackets.
    text: String,
    /// The text inside them.
    address: Option<String>,
    inside: bool,
}

impl List {
    fn part(&mut self) -> &mut String {
        match (&mut self.address, self.inside) {
            (Some(address), true) => address,
            _ => &mut self.text,
        }
    }

    fn end_mailbox(&mut self) {
        let text = std::mem::take(&mut self.text);
        let address = self.address.take().unwrap_or(text);
        self.inside = false;
        if !address.trim().is_empty() {
            self.addresses.push(address.trim().into());
        }
    }
}

/// Keeps the quotes, which are part of a quoted local part.
fn quoted(characters: &mut impl Iterator<Item = char>, part: &mut String) {
    part.push('"');
    while let Some(character) = characters.next() {
        part.push(character);
        match character {
            '"' => return,
            '\\' => part.extend(characters.next()),
            _ => {}
        }
    }
}

/// An address literal, which may contain colons.
fn literal(characters: &mut impl Iterator<Item = char>, part: &mut String) {
    part.push('[');
    for character in characters {
        part.push(character);
        if character == ']' {
            return;
        }
    }
}

/// Skips a comment. Comments nest.
fn comment(characters: &mut impl Iterator<Item = char>) {
    let mut depth = 1;
    while let Some(character) = characters.next() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            '\\' => _ = characters.next(),
            _ => {}
        }
        if depth == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::addresses;

    #[test]
    fn names_comments_and_groups_are_left_out() {
        for (field, found) in [
            ("a@x.test", &["a@x.test"][..]),
            ("a@x.test, B <b@x.test>", &["a@x.test", "b@x.test"]),
            ("\"Doe, Jane <j>\" <jane@x.test>", &["jane@x.test"]),
            ("a@x.test (Ann (the, first) \\) one)", &["a@x.test"]),
            (
                "Friends: a@x.test, <b@x.test>;, c@x.test",
                &["a@x.test", "b@x.test", "c@x.test"],
            ),
            ("undisclosed-recipients:;", &[]),
            ("\"a,b\"@x.test", &["\"a,b\"@x.test"]),
            ("\"q\\\"uote\" <a@x.test>", &["a@x.test"]),
            ("< a@x.test >", &["a@x.test"]),
            ("a@[IPv6:2001:db8::1]", &["a@[IPv6:2001:db8::1]"]),
            ("jöran@x.test", &["jöran@x.test"]),
            ("", &[]),
            (" , ,", &[]),
        ] {
            assert_eq!(addresses(field), found, "{field}");
        }
    }

    #[test]
    fn an_invalid_address_is_left_for_the_mailer_to_refuse() {
        assert_eq!(addresses("Jane Doe j@x.test"), ["Jane Doe j@x.test"]);
        assert_eq!(addresses("<a@x.test, b@x.test"), ["a@x.test, b@x.test"]);
        assert_eq!(addresses("\"unfinished"), ["\"unfinished"]);
        assert_eq!(addresses("(unfinished"), [""; 0]);
    }
}
