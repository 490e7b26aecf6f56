//! The real servers by name, and what each changes in a message that it stores.

use std::fmt;

use super::spec::ServerSpec;
use super::{
    aiosmtpd, chasquid, courier, cyrus_imapd, dovecot, dovecot_submission, exim, haraka, postfix,
    postfix_dovecot, sendmail, smtp_server,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Postfix,
    Exim,
    SmtpServer,
    Aiosmtpd,
    Haraka,
    Chasquid,
    Courier,
    Sendmail,
    /// With Dovecot's SASL.
    PostfixDovecot,
    /// LMTP.
    Dovecot,
    /// Submission, without a mailbox: [`relay_to`](super::relay_to) has its settings.
    DovecotSubmission,
    /// LMTP, and SCRAM with channel binding. STARTTLS on both ports: TLS 1.3 on the first, 1.2 on the
    /// second.
    Cyrus,
}

impl Kind {
    /// The kinds that speak SMTP.
    pub const SMTP: [Kind; 9] = [
        Kind::Postfix,
        Kind::PostfixDovecot,
        Kind::Exim,
        Kind::SmtpServer,
        Kind::Aiosmtpd,
        Kind::Haraka,
        Kind::Chasquid,
        Kind::Courier,
        Kind::Sendmail,
    ];

    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// `None` until `prepare` has installed it.
    pub fn version(self) -> Option<String> {
        setup::version(self.name())
    }

    /// The SASL mechanisms for a password.
    pub fn mechanisms(self) -> &'static [&'static str] {
        self.spec().mechanisms
    }

    /// The SASL mechanisms for an OAuth 2.0 token.
    pub fn token_mechanisms(self) -> &'static [&'static str] {
        self.spec().token_mechanisms
    }

    /// The message as it is stored, without the trace header (see [`Kind::without_trace`]). `sent` is in
    /// canonical form: all lines end with CRLF.
    pub fn stored_form(self, sent: &[u8]) -> Vec<u8> {
        let spec = self.spec();
        let mut stored = if spec.stores_lf {
            with_lf(sent)
        } else {
            sent.to_vec()
        };
        if spec.adds_blank_line && !has_body(sent) {
            let end: &[u8] = if spec.stores_lf { b"\n" } else { b"\r\n" };
            stored.extend(end);
        }
        stored
    }

    /// A stored message without the trace header that this server adds: exactly these fields in this
    /// order, even if the message itself begins with such a field. `None` if they are missing.
    pub fn without_trace(self, stored: &[u8]) -> Option<&[u8]> {
        let trace = self.spec().trace_fields;
        trace
            .iter()
            .try_fold(stored, |rest, name| without_field(rest, name))
    }

    /// Whether [`DEFERRED`](super::DEFERRED) is refused temporarily; otherwise there is no such
    /// recipient.
    pub fn has_deferred_recipient(self) -> bool {
        self != Kind::Chasquid
    }

    /// Whether the implicit TLS port accepts mail only after authentication.
    pub fn needs_auth_over_implicit_tls(self) -> bool {
        self == Kind::Chasquid
    }

    /// The code by which it refuses this message. The message is valid and in canonical form.
    pub fn refusal_code(self, sent: &[u8]) -> Option<u16> {
        match self {
            // Go 1.19 cannot parse a header that ends without an empty line.
            Kind::Chasquid => (!has_body(sent)).then_some(554),
            // It accepts at most 499 header fields; there is no setting.
            Kind::Courier => (fields(sent) >= 500).then_some(534),
            _ => None,
        }
    }

    pub(super) fn spec(self) -> &'static ServerSpec {
        match self {
            Kind::Postfix => &postfix::SPEC,
            Kind::Exim => &exim::SPEC,
            Kind::SmtpServer => &smtp_server::SPEC,
            Kind::Aiosmtpd => &aiosmtpd::SPEC,
            Kind::PostfixDovecot => &postfix_dovecot::SPEC,
            Kind::Dovecot => &dovecot::SPEC,
            Kind::DovecotSubmission => &dovecot_submission::SPEC,
            Kind::Cyrus => &cyrus_imapd::SPEC,
            Kind::Haraka => &haraka::SPEC,
            Kind::Chasquid => &chasquid::SPEC,
            Kind::Courier => &courier::SPEC,
            Kind::Sendmail => &sendmail::SPEC,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Whether a message in canonical form has the empty line that separates header and body.
fn has_body(message: &[u8]) -> bool {
    message.windows(4).any(|octets| octets == b"\r\n\r\n")
}

/// The number of header fields.
fn fields(message: &[u8]) -> usize {
    let lines = message.split_inclusive(|&byte| byte == b'\n');
    let header = lines.take_while(|line| *line != b"\r\n");
    header
        .filter(|line| !line.starts_with(b" ") && !line.starts_with(b"\t"))
        .count()
}

fn with_lf(sent: &[u8]) -> Vec<u8> {
    let mut stored = Vec::with_capacity(sent.len());
    for line in sent.split_inclusive(|&byte| byte == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(text) => {
                stored.extend(text);
                stored.push(b'\n');
            }
            None => stored.extend(line),
        }
    }
    stored
}

/// The message after its first field, with folded lines; `None` if the first field has another name.
fn without_field<'a>(message: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let rest = message.strip_prefix(name.as_bytes())?.strip_prefix(b":")?;
    let mut lines = rest.split_inclusive(|&byte| byte == b'\n');
    let mut length = lines.next()?.len();
    for line in lines.take_while(|line| line.starts_with(b" ") || line.starts_with(b"\t")) {
        length += line.len();
    }
    rest.get(length..)
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn trace_fields_are_removed_with_their_folded_lines_and_no_other_field_is() {
        let stored = b"Return-Path: <a@b>\nX-Original-To: c\nDelivered-To: c\n\
            Received: from x\n\tby y;\n now\nReceived: its own\n\nbody\n";
        assert_eq!(
            Kind::Postfix.without_trace(stored),
            Some(&b"Received: its own\n\nbody\n"[..])
        );
    }

    #[test]
    fn a_message_without_its_trace_is_not_accepted() {
        assert_eq!(Kind::Exim.without_trace(b"From: a@b\n\nbody\n"), None);
    }

    #[test]
    fn only_servers_that_store_lf_convert_line_ends() {
        assert_eq!(Kind::Postfix.stored_form(b"a\r\n\r\nb\r\n"), b"a\n\nb\n");
        assert_eq!(
            Kind::SmtpServer.stored_form(b"a\r\n\r\nb\r\n"),
            b"a\r\n\r\nb\r\n"
        );
    }

    #[test]
    fn a_header_without_a_body_is_ended_in_the_line_ends_of_the_server() {
        assert_eq!(Kind::Exim.stored_form(b"a\r\n"), b"a\n\n");
        assert_eq!(Kind::Haraka.stored_form(b"a\r\n"), b"a\r\n\r\n");
        assert_eq!(Kind::Haraka.stored_form(b"a\r\n\r\n"), b"a\r\n\r\n");
    }

    #[test]
    fn refusals_depend_on_the_header_alone() {
        assert_eq!(Kind::Chasquid.refusal_code(b"a: b\r\n"), Some(554));
        assert_eq!(Kind::Chasquid.refusal_code(b"a: b\r\n\r\n"), None);
        let header = b"a: b\r\n\tfolded\r\n".repeat(499);
        assert_eq!(Kind::Courier.refusal_code(&header), None);
        let body = [&header[..], b"\r\nc: d\r\n"].concat();
        assert_eq!(Kind::Courier.refusal_code(&body), None);
        let more = [b"c: d\r\n", &header[..]].concat();
        assert_eq!(Kind::Courier.refusal_code(&more), Some(534));
    }
}
