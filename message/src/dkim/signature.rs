//! Writes the DKIM-Signature field (RFC 6376, section 3.5).
//!
//! ```text
//! DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org;
//!  s=mail2026; t=1790000000; h=From:From:To:To:Subject:Subject:Date:Date;
//!  bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;
//!  b=...
//! ```

use super::field::Field;

pub(super) const NAME: &str = "DKIM-Signature";

/// Octets of a line, without CRLF (RFC 5322, section 2.1.1, advises 78).
const MAX_LINE: usize = 76;

/// The field, folded where RFC 6376 allows it.
pub(super) struct SignatureField {
    text: String,
    /// Octets of the last line.
    column: usize,
}

impl SignatureField {
    /// `NAME:`.
    pub(super) fn new() -> Self {
        let text = [NAME, ":"].concat();
        Self {
            column: text.len(),
            text,
        }
    }

    /// Without blanks around `=`, which some verifiers reject.
    pub(super) fn tag(&mut self, name: &str, value: &str) {
        self.append(" ", &[name, "=", value, ";"].concat());
    }

    /// Folds before a name, in which nothing can be folded.
    pub(super) fn list(&mut self, tag: &str, names: &[&str]) {
        let last = names.len().saturating_sub(1);
        for (at, name) in names.iter().enumerate() {
            let end = if at == last { ";" } else { ":" };
            if at == 0 {
                self.append(" ", &[tag, "=", name, end].concat());
            } else {
                self.append("", &[name, end].concat());
            }
        }
    }

    /// The relaxed form with an empty `b=`, which the signature covers (section 3.7). Nothing but [`end`]
    /// may follow.
    ///
    /// [`end`]: Self::end
    pub(super) fn begin_signature(&mut self, out: &mut Vec<u8>) {
        self.fold();
        self.append("", "b=");
        let value = self.text.as_bytes().get(NAME.len() + 1..);
        Field::new(NAME, value.unwrap_or_default()).relax(out);
    }

    /// The field with this signature and CRLF.
    pub(super) fn end(mut self, signature: &str) -> String {
        let mut rest = signature;
        loop {
            let room = MAX_LINE.saturating_sub(self.column);
            let (line, behind) = rest.split_at_checked(room).unwrap_or((rest, ""));
            self.text.push_str(line);
            if behind.is_empty() {
                return self.text + "\r\n";
            }
            self.fold();
            rest = behind;
        }
    }

    /// Appends text, after `separator` or on a new line.
    fn append(&mut self, separator: &str, text: &str) {
        if self.column + separator.len() + text.len() > MAX_LINE {
            self.fold();
        } else {
            self.text.push_str(separator);
            self.column += separator.len();
        }
        self.text.push_str(text);
        self.column += text.len();
    }

    fn fold(&mut self) {
        self.text.push_str("\r\n ");
        self.column = 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_of_any_length_is_folded_and_whole() {
        for length in 0..400 {
            let signature = "x".repeat(length);
            let mut field = SignatureField::new();
            field.begin_signature(&mut Vec::new());
            let field = field.end(&signature);
            let (_, value) = field.split_once("b=").unwrap();
            assert_eq!(value.replace("\r\n ", ""), signature + "\r\n");
            assert!(
                field
                    .lines()
                    .all(|line| line.len() <= MAX_LINE && line != " ")
            );
        }
    }

    #[test]
    fn what_is_signed_is_the_relaxed_form_up_to_an_empty_signature() {
        let mut field = SignatureField::new();
        field.tag("v", "1");
        field.list("h", &["From", "To"]);
        let mut signed = b"to:a\r\n".to_vec();
        field.begin_signature(&mut signed);
        assert_eq!(signed, b"to:a\r\ndkim-signature:v=1; h=From:To; b=");
    }
}
