//! Composes the message (RFC 5322) from the form.
//!
//! The visitor's name and text are in base64, and `form.rs` has checked the address. So they contain no
//! line end, and cannot add a header field.

use std::time::{Duration, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::STANDARD};
use wasip2::clocks::wall_clock;
use wasip2::random::random::get_random_u64;

use crate::configuration::Configuration;
use crate::form::Form;

/// Characters of an encoded word, which has room for 45 octets: up to four each (RFC 2047, section 2).
const WORD: usize = 11;
/// Octets of a line of base64 (RFC 2045, section 6.8).
const LINE: usize = 76;

pub struct Message {
    /// The Message-ID.
    pub id: String,
    pub text: String,
}

/// From is the form's own address. The visitor's address fails DMARC, because this server may not
/// send for its domain. Reply-To directs answers to the visitor.
pub fn compose(form: &Form, configuration: &Configuration) -> Message {
    let Configuration { from, to, .. } = configuration;
    let domain = from.rsplit('@').next().unwrap_or_default();
    let id = format!(
        "<{:016x}{:016x}@{domain}>",
        get_random_u64(),
        get_random_u64()
    );
    let headers = [
        format!("From: {} <{from}>", encoded_words("Contact form")),
        format!("Reply-To: {} <{}>", encoded_words(&form.name), form.address),
        format!("To: <{to}>"),
        format!(
            "Subject: {}",
            encoded_words(&format!("Message from {}", form.name))
        ),
        format!("Date: {}", date()),
        format!("Message-ID: {id}"),
        "MIME-Version: 1.0".into(),
        "Content-Type: text/plain; charset=utf-8".into(),
        "Content-Transfer-Encoding: base64".into(),
    ];
    let text = format!(
        "{}\r\n\r\n{}\r\n",
        headers.join("\r\n"),
        body(form).join("\r\n")
    );
    Message { id, text }
}

/// Makes several encoded words of a long text, one a line, because the length of each is limited.
fn encoded_words(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let words: Vec<String> = characters
        .chunks(WORD)
        .map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(String::from_iter(word))))
        .collect();
    words.join("\r\n ")
}

fn body(form: &Form) -> Vec<String> {
    let Form {
        name,
        address,
        message,
        ..
    } = form;
    let text = format!("{message}\n\n-- \n{name} <{address}>, by the contact form\n");
    let encoded = STANDARD.encode(text.replace('\n', "\r\n"));
    let mut lines = Vec::new();
    let mut rest = encoded.as_str();
    while rest.len() > LINE {
        let (line, after) = rest.split_at(LINE);
        lines.push(line.into());
        rest = after;
    }
    lines.push(rest.into());
    lines
}

/// HTTP's form of a date, but with a numeric zone.
fn date() -> String {
    let now = UNIX_EPOCH + Duration::from_secs(wall_clock::now().seconds);
    httpdate::fmt_http_date(now).replace("GMT", "+0000")
}
