//! The letter that a form becomes (RFC 5322).
//!
//! What a visitor writes appears in it in base64 alone, or, the address, in letters that
//! `form.rs` has checked: it can hold no line end, and so no header of its own.

use std::time::{Duration, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::STANDARD};
use wasip2::clocks::wall_clock;
use wasip2::random::random::get_random_u64;

use crate::configuration::Configuration;
use crate::form::Form;

/// Characters of an encoded word, which has room for 45 octets (RFC 2047, section 2).
const WORD: usize = 11;
/// Octets of a line in base64 (RFC 2045, section 6.8).
const LINE: usize = 76;

pub struct Letter {
    /// The Message-ID.
    pub id: String,
    pub text: String,
}

/// From is the form's own address: a visitor's would fail DMARC, as this server is not the
/// visitor's. An answer goes to the visitor by Reply-To.
pub fn write(form: &Form, configuration: &Configuration) -> Letter {
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
    Letter { id, text }
}

/// One word has no room for a long text: several, a line each.
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

/// As HTTP writes it, but for the name of its zone.
fn date() -> String {
    let now = UNIX_EPOCH + Duration::from_secs(wall_clock::now().seconds);
    httpdate::fmt_http_date(now).replace("GMT", "+0000")
}
