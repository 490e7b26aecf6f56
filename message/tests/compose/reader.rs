//! A reader that takes messages apart and panics at whatever readers disagree about.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A message or a part of one.
pub(crate) struct Entity {
    /// Names, and values with their folds.
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Entity {
    pub(crate) fn of_message(octets: &[u8]) -> Self {
        let text = core::str::from_utf8(octets).expect("a message is ASCII or UTF-8");
        assert!(
            !text.replace("\r\n", "").contains(['\r', '\n']),
            "bare line end"
        );
        assert!(text.ends_with("\r\n"));
        for line in text.split("\r\n") {
            assert!(line.len() <= 998, "a line of {} octets", line.len());
        }
        let entity = Self::parse(text);
        assert!(entity.body.is_ascii());
        entity
    }

    fn parse(text: &str) -> Self {
        let (header, body) = text.split_once("\r\n\r\n").expect("a blank line");
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in header.split("\r\n") {
            assert!(
                !line.ends_with([' ', '\t']),
                "white space at the end: {line:?}"
            );
            assert!(
                !line.contains(|character: char| character.is_control()),
                "{line:?}"
            );
            if let Some(rest) = line.strip_prefix(' ') {
                assert!(!rest.starts_with([' ', '\t']), "a run of blanks: {line:?}");
                let (_, value) = fields.last_mut().expect("a field before the fold");
                value.push_str("\r\n ");
                value.push_str(rest);
            } else {
                let (name, value) = line.split_once(": ").expect("a colon and a blank");
                assert!(!name.is_empty() && !value.is_empty(), "{line:?}");
                assert!(
                    name.bytes().all(|octet| octet.is_ascii_graphic()),
                    "{line:?}"
                );
                fields.push((name.into(), value.into()));
            }
        }
        Self {
            fields,
            body: body.into(),
        }
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.fields.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The value of the only field of that name, with its folds.
    pub(crate) fn folded(&self, name: &str) -> &str {
        let values: Vec<_> = self
            .fields
            .iter()
            .filter(|(other, _)| other == name)
            .collect();
        assert_eq!(values.len(), 1, "{name} in {:?}", self.names());
        &values[0].1
    }

    /// The value of the only field of that name on one line.
    pub(crate) fn field(&self, name: &str) -> String {
        self.folded(name).replace("\r\n", "")
    }

    /// The value of the only field of that name, or nothing.
    pub(crate) fn optional(&self, name: &str) -> Option<String> {
        self.names().contains(&name).then(|| self.field(name))
    }

    pub(crate) fn decoded(&self, name: &str) -> String {
        decode_words(&self.field(name))
    }

    /// Without parameters.
    pub(crate) fn content_type(&self) -> String {
        let value = self.field("Content-Type");
        value.split(';').next().unwrap_or_default().into()
    }

    pub(crate) fn boundary(&self) -> String {
        let value = self.field("Content-Type");
        let (_, rest) = value
            .split_once("; boundary=\"")
            .expect("a boundary in quotes");
        rest.strip_suffix('"').expect("the boundary is last").into()
    }

    /// The parts between the boundaries: nothing stands before the first and after the last.
    pub(crate) fn parts(&self) -> Vec<Self> {
        let boundary = self.boundary();
        let delimiter = format!("\r\n--{boundary}\r\n");
        let close = format!("\r\n--{boundary}--\r\n");
        let body = format!("\r\n{}", self.body);
        let inside = body
            .strip_prefix(&delimiter)
            .and_then(|rest| rest.strip_suffix(&close))
            .expect("delimiters around the parts");
        assert!(!inside.contains(&close));
        inside.split(&delimiter).map(Self::parse).collect()
    }

    /// The content types of the parts, and of theirs.
    pub(crate) fn outline(&self) -> String {
        let content_type = self.content_type();
        if !content_type.starts_with("multipart/") {
            return content_type;
        }
        let parts: Vec<_> = self.parts().iter().map(Self::outline).collect();
        format!(
            "{}({})",
            content_type.replace("multipart/", ""),
            parts.join(", ")
        )
    }

    /// All parts without parts.
    pub(crate) fn leaves(self) -> Vec<Self> {
        if self.content_type().starts_with("multipart/") {
            self.parts().into_iter().flat_map(Self::leaves).collect()
        } else {
            vec![self]
        }
    }

    pub(crate) fn content(&self) -> Vec<u8> {
        match self.field("Content-Transfer-Encoding").as_str() {
            "7bit" => self.body.clone().into_bytes(),
            "base64" => decode_base64(&self.body),
            "quoted-printable" => decode_quoted_printable(&self.body),
            other => panic!("{other}"),
        }
    }

    pub(crate) fn text(&self) -> String {
        assert!(self.field("Content-Type").ends_with("; charset=utf-8"));
        String::from_utf8(self.content()).unwrap()
    }
}

fn decode_base64(body: &str) -> Vec<u8> {
    let lines: Vec<_> = body.split_terminator("\r\n").collect();
    if let Some((last, whole)) = lines.split_last() {
        assert!(whole.iter().all(|line| line.len() == 76));
        assert!(!last.is_empty() && last.len() <= 76);
    }
    STANDARD.decode(lines.concat()).expect("base64")
}

fn decode_quoted_printable(body: &str) -> Vec<u8> {
    let mut octets = Vec::new();
    for line in body.split_inclusive("\r\n") {
        let line = line.strip_suffix("\r\n").expect("CRLF at the end");
        assert!(line.len() <= 76, "{line}");
        assert!(!line.ends_with([' ', '\t']), "{line}");
        assert!(!line.starts_with("From "), "{line}");
        let (line, end) = line
            .strip_suffix('=')
            .map_or((line, "\r\n"), |line| (line, ""));
        octets.extend(decode_hex(line, b'='));
        octets.extend_from_slice(end.as_bytes());
    }
    octets
}

/// Decodes `mark` and two digits, as in quoted-printable and in URLs.
pub(crate) fn decode_hex(text: &str, mark: u8) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((octet, after)) = rest.split_first() {
        rest = after;
        if *octet == mark {
            let (digits, after) = rest.split_at(2);
            assert!(!digits.iter().any(u8::is_ascii_lowercase));
            let digits = core::str::from_utf8(digits).unwrap();
            octets.push(u8::from_str_radix(digits, 16).unwrap());
            rest = after;
        } else {
            octets.push(*octet);
        }
    }
    octets
}

/// An encoded word: its encoding, and its text still encoded.
pub(crate) fn as_encoded_word(word: &str) -> Option<(char, &str)> {
    let inside = word.strip_prefix("=?UTF-8?")?.strip_suffix("?=")?;
    let (encoding, text) = inside.split_once('?')?;
    Some((encoding.chars().next()?, text))
}

/// One encoded word's text, which is whole characters.
pub(crate) fn decode_word(encoding: char, text: &str) -> String {
    let octets = match encoding {
        'B' => STANDARD.decode(text).unwrap(),
        'Q' => decode_hex(&text.replace('_', " "), b'='),
        _ => panic!("{encoding}"),
    };
    String::from_utf8(octets).expect("a word ends with a whole character")
}

/// The text of a value on one line. The blank between two encoded words does not count.
pub(crate) fn decode_words(value: &str) -> String {
    let mut text = String::new();
    let mut after_encoded = true;
    for (index, word) in value.split(' ').enumerate() {
        let encoded = as_encoded_word(word);
        if index > 0 && !(encoded.is_some() && after_encoded) {
            text.push(' ');
        }
        after_encoded = encoded.is_some();
        match encoded {
            Some((encoding, encoded)) => text.push_str(&decode_word(encoding, encoded)),
            None => {
                assert!(!word.contains("=?"), "{word}");
                text.push_str(word);
            }
        }
    }
    text
}
