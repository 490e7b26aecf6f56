//! `smtp-async` says what `smtp` says, word for word, but for what is different under WASI 0.3.

use std::fs;
use std::path::Path;

/// Lines of `smtp` that `smtp-async` says in its own way.
const DIFFERENT: &[&str] = &[
    "/// The server, the settings, and a connection that is kept between messages. Each setting is checked when",
    "/// it is set.",
    "/// Dropping a mailer closes its connection without QUIT.",
    "/// Delivers one message, over the kept connection if that is still usable. If a kept connection turns",
    "/// Delivers several messages, in order, over one connection as long as that lasts. Each message has",
    "/// the result that `send` gives, in the same order. No message is sent twice, and an error of one",
    "/// message does not stop the others. If no connection can be made, or the server refuses the login, all",
    "/// remaining messages have that error.",
    "/// Opens a session: TCP, greeting, EHLO, TLS, and AUTH if credentials are set.",
    "/// Sends QUIT over the kept connection, if there is one, and closes it.",
    "/// The next `send` opens a new one.",
];

/// The lines of an interface, without the word that `smtp-async` adds.
fn lines(file: &str, interface: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("wit").join(file);
    let text = fs::read_to_string(path).unwrap();
    let (_, body) = text
        .split_once(&format!("\ninterface {interface} {{\n"))
        .unwrap();
    let (body, _) = body.split_once("\n}\n").unwrap();
    let lines = body.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| line.replace("async func", "func"))
        .collect()
}

#[test]
fn smtp_async_has_every_line_of_smtp_in_its_order() {
    let all = lines("smtp-async.wit", "smtp-async");
    let mut rest = &all[..];
    let mut missing = Vec::new();
    for line in lines("smtp.wit", "smtp") {
        match rest.iter().position(|other| *other == line) {
            // A short line may come again much later.
            Some(place) if line.len() > 12 || place < 12 => rest = &rest[place + 1..],
            _ => missing.push(line),
        }
    }
    assert_eq!(missing, DIFFERENT);
}
