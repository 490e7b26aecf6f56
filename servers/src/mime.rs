//! Composes MIME messages (RFC 2045, RFC 2046) for tests and the demo, and takes them apart.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Octets of a line of base64 (RFC 2045, section 6.8).
const LINE: usize = 76;
const BOUNDARY: &str = "=_envoi";

/// A message of a text and an attached text file; `headers` are lines that end with CRLF.
pub fn with_attachment(headers: &str, text: &str, name: &str, file: &[u8]) -> Vec<u8> {
    let encoded = STANDARD.encode(file).into_bytes();
    let lines: Vec<&[u8]> = encoded.chunks(LINE).collect();
    let lines = String::from_utf8(lines.join(&b"\r\n"[..])).expect("base64 is ASCII");
    let text = format!(
        "Content-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 8bit\r\n\
         \r\n\
         {text}"
    );
    let attachment = format!(
        "Content-Type: text/plain; charset=utf-8; name=\"{name}\"\r\n\
         Content-Disposition: attachment; filename=\"{name}\"\r\n\
         Content-Transfer-Encoding: base64\r\n\
         \r\n\
         {lines}"
    );
    let body = multipart(BOUNDARY, &[text, attachment]);
    let fields = format!(
        "MIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"{BOUNDARY}\"\r\n"
    );
    format!("{headers}{fields}\r\n{body}").into_bytes()
}

/// The body of a multipart entity (RFC 2046, section 5.1.1). The CRLF before a boundary belongs to the
/// boundary, so the parts end without one.
pub fn multipart(boundary: &str, parts: &[String]) -> String {
    let parts = parts
        .iter()
        .map(|part| format!("--{boundary}\r\n{part}\r\n"));
    parts.collect::<String>() + &format!("--{boundary}--\r\n")
}

/// A message, taken apart.
pub struct Parsed {
    pub headers: Vec<String>,
    pub parts: Vec<Part>,
}

/// One part, decoded.
pub struct Part {
    pub kind: String,
    pub content: Vec<u8>,
}

/// A message without a boundary is one part.
pub fn parse(message: &[u8]) -> Parsed {
    let message = String::from_utf8_lossy(message);
    let (headers, body) = message.split_once("\r\n\r\n").unwrap_or((&message, ""));
    let headers: Vec<String> = headers.split("\r\n").map(str::to_owned).collect();
    let parts = match header(&headers, "Content-Type").and_then(boundary) {
        Some(boundary) => parts(body, boundary).map(part).collect(),
        None => vec![part(&message)],
    };
    Parsed { headers, parts }
}

fn parts<'a>(body: &'a str, boundary: &str) -> impl Iterator<Item = &'a str> {
    let (start, end) = (format!("--{boundary}\r\n"), format!("\r\n--{boundary}--"));
    let body = body.split_once(&start).map_or("", |(_, rest)| rest);
    let body = body.split_once(&end).map_or(body, |(parts, _)| parts);
    let parts: Vec<&str> = body.split(&format!("\r\n{start}")).collect();
    parts.into_iter()
}

fn part(part: &str) -> Part {
    let (headers, content) = part.split_once("\r\n\r\n").unwrap_or(("", part));
    let headers: Vec<String> = headers.split("\r\n").map(str::to_owned).collect();
    let kind = header(&headers, "Content-Type")
        .unwrap_or("text/plain")
        .to_owned();
    let base64 = header(&headers, "Content-Transfer-Encoding") == Some("base64");
    let decoded = base64
        .then(|| STANDARD.decode(content.replace("\r\n", "")).ok())
        .flatten();
    Part {
        kind,
        content: decoded.unwrap_or_else(|| content.into()),
    }
}

fn header<'a>(headers: &'a [String], name: &str) -> Option<&'a str> {
    let mut headers = headers.iter().filter_map(|line| line.split_once(": "));
    headers
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn boundary(content_type: &str) -> Option<&str> {
    content_type.split_once("boundary=\"")?.1.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_composed_message_is_taken_apart_into_its_parts() {
        let file: Vec<u8> = (0..=255).cycle().take(1000).collect();
        let message = with_attachment("Subject: x\r\n", "Grüße\r\n", "numbers", &file);
        let parsed = parse(&message);
        assert_eq!(parsed.headers[0], "Subject: x");
        let [text, attachment] = &parsed.parts[..] else {
            panic!("not two parts")
        };
        assert_eq!(text.content, "Grüße\r\n".as_bytes());
        assert_eq!(attachment.content, file);
        assert!(attachment.kind.contains("name=\"numbers\""));
    }
}
