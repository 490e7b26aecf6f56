//! A header field: its name, and its value in folded lines (RFC 5322, section 2.2.3).
//!
//! A line is never folded directly after the colon: some readers then show a blank before the value.

/// Octets of a line, so that one with encoded words may be as long as any (RFC 2047, section 2).
pub(super) const MAX_LINE: usize = 76;

/// A field that is being written. Dropping it would leave its line open: [`Field::end`] it.
#[must_use]
pub(super) struct Field<'a> {
    message: &'a mut Vec<u8>,
    line_start: usize,
    /// Whether a blank is due before the next word.
    after_word: bool,
}

impl<'a> Field<'a> {
    pub(super) fn new(message: &'a mut Vec<u8>, name: &str) -> Self {
        let line_start = message.len();
        message.extend_from_slice(name.as_bytes());
        message.extend_from_slice(b": ");
        Self {
            message,
            line_start,
            after_word: false,
        }
    }

    /// Writes a word that cannot be folded, on a new line if it does not fit on this one.
    pub(super) fn word(&mut self, word: &str) {
        if self.room() < word.len() {
            self.fold();
        }
        if self.after_word {
            self.message.push(b' ');
        }
        self.message.extend_from_slice(word.as_bytes());
        self.after_word = true;
    }

    /// Writes words that belong together: on one line if that is possible.
    pub(super) fn words(&mut self, words: &[String]) {
        let length = words.iter().map(|word| word.len() + 1).sum::<usize>();
        if self.room() + 1 < length {
            self.fold();
        }
        for word in words {
            self.word(word);
        }
    }

    /// Octets that the next word may have without passing the end of the line.
    pub(super) fn room(&self) -> usize {
        let used = self.message.len() - self.line_start + usize::from(self.after_word);
        MAX_LINE.saturating_sub(used)
    }

    /// Begins a new line, unless this one is empty.
    pub(super) fn fold(&mut self) {
        if self.after_word {
            self.message.extend_from_slice(b"\r\n");
            self.line_start = self.message.len();
            self.message.push(b' ');
            self.after_word = false;
        }
    }

    pub(super) fn end(self) {
        self.message.extend_from_slice(b"\r\n");
    }
}

/// Writes a field whose value is one word.
pub(super) fn write_field(message: &mut Vec<u8>, name: &str, value: &str) {
    for part in [name, ": ", value, "\r\n"] {
        message.extend_from_slice(part.as_bytes());
    }
}

/// Writes a field whose value has parameters (RFC 2045, section 5.1).
pub(super) fn write_parameters(
    message: &mut Vec<u8>,
    name: &str,
    value: &str,
    parameters: &[String],
) {
    let mut field = Field::new(message, name);
    let mut word = value;
    for parameter in parameters {
        field.word(&format!("{word};"));
        word = parameter;
    }
    field.word(word);
    field.end();
}
