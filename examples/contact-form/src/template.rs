//! Templates: fills in `{{name}}` in the files of `pages/`.

use wasip2::random::random::get_random_u64;

use crate::http::Response;

const PAGE: &str = include_str!("../pages/page.html");

pub fn page(status: u16, title: &str, main: &str) -> Response {
    // Allows the page's own style sheet only: no other styles, and no scripts.
    let nonce = format!("{:016x}{:016x}", get_random_u64(), get_random_u64());
    let (head, foot) = PAGE.split_once("{{main}}").unwrap_or((PAGE, ""));
    let head = fill(head, &[("title", title), ("nonce", &nonce)]);
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    Response {
        status,
        headers: vec![
            ("content-type", "text/html; charset=utf-8".into()),
            ("content-security-policy", policy),
            ("x-content-type-options", "nosniff".into()),
            // With `no-referrer`, browsers do not name the form's page either.
            ("referrer-policy", "same-origin".into()),
            ("cache-control", "no-store".into()),
        ],
        body: format!("{head}{main}{foot}"),
    }
}

/// Values are escaped, and `{{` in a value is not a placeholder.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut pieces = template.split("{{");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, text) = piece.split_once("}}").unwrap_or((piece, ""));
        let value = values.iter().find(|(known, _)| *known == name);
        filled += &escape(value.map_or("", |(_, value)| value));
        filled += text;
    }
    filled
}

/// Escapes for text, and for attributes in quotes.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
