//! Builds the header and the body of a message.

pub(super) type Named = (&'static str, Vec<u8>);

/// A message with this subject and body.
pub(super) fn message(subject: &str, body: &str) -> Vec<u8> {
    (header(subject, "") + "\r\n" + body).into_bytes()
}

pub(super) fn with_type(content_type: &str, body: &[u8]) -> Vec<u8> {
    let fields = format!("MIME-Version: 1.0\r\nContent-Type: {content_type}\r\n\r\n");
    [header("typed", &fields).as_bytes(), body].concat()
}

pub(super) fn header(subject: &str, fields: &str) -> String {
    format!(
        "From: Sender <sender@example.test>\r\nTo: User <user@example.test>\r\n\
         Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nMessage-ID: <{}@example.test>\r\n\
         Subject: {subject}\r\n{fields}",
        subject.replace(' ', ".")
    )
}
