//! Plain and HTML texts.

use proptest::prelude::*;

use crate::drafts::{empty, octets, read};
use crate::reader::Entity;

fn text(text: &str) -> Entity {
    let mut draft = empty();
    draft.set_text(text);
    read(&draft)
}

fn encoding(message: &Entity) -> String {
    message.field("Content-Transfer-Encoding")
}

proptest! {
    #[test]
    fn every_text_is_read_as_it_was_set(
        lines in proptest::collection::vec(prop_oneof!["[ -~\t]{0,200}", "[a-zé€😀 \0\u{c}]{0,90}", "From .*"], 0..12),
        end in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")],
    ) {
        let lines: Vec<_> = lines.iter().map(|line| line.replace(['\r', '\n'], "")).collect();
        let message = text(&(lines.join(end) + end));
        let body = message.body.as_str();
        prop_assert!(body.is_ascii() && body.lines().all(|line| line.len() <= 76));
        let text = message.text();
        let text = text.strip_suffix("\r\n").unwrap();
        prop_assert_eq!(text.replace("\r\n", "\n"), lines.join("\n").replace('\0', "\u{fffd}"));
    }
}

#[test]
fn a_text_ends_with_one_crlf() {
    for (set, sent) in [
        ("", "\r\n"),
        ("a", "a\r\n"),
        ("a\n", "a\r\n"),
        ("a\r\rb", "a\r\n\r\nb\r\n"),
    ] {
        assert_eq!(text(set).body, sent);
    }
}

#[test]
fn a_byte_order_mark_is_left_out() {
    let message = text("\u{feff}Hello");
    assert_eq!(message.body, "Hello\r\n");
}

#[test]
fn nul_is_replaced_because_a_reader_ends_the_text_there() {
    assert_eq!(text("a\0b\n").text(), "a\u{fffd}b\r\n");
}

#[test]
fn short_lines_of_ascii_are_sent_as_they_are() {
    let message = text("Hello Bob,\n\n\tas it is.\n.\n-- x\n");
    assert_eq!(encoding(&message), "7bit");
    assert_eq!(
        message.body,
        "Hello Bob,\r\n\r\n\tas it is.\r\n.\r\n-- x\r\n"
    );
}

#[test]
fn white_space_at_the_end_of_a_line_is_encoded() {
    for set in ["a \n", "a\t\n", " \n"] {
        let message = text(set);
        assert_eq!(encoding(&message), "quoted-printable");
        assert!(message.body.contains("=20\r\n") || message.body.contains("=09\r\n"));
    }
}

#[test]
fn a_line_that_a_server_would_change_is_encoded() {
    for set in ["From me\n", &"x".repeat(77), "bell \u{7}\n", "\u{7f}\n"] {
        assert_eq!(encoding(&text(set)), "quoted-printable");
    }
}

#[test]
fn text_is_in_quoted_printable_if_people_can_read_that() {
    assert_eq!(
        encoding(&text("Schöne Grüße aus Köln\n")),
        "quoted-printable"
    );
    assert_eq!(encoding(&text("おはようございます\n")), "base64");
}

#[test]
fn no_text_is_said_to_be_flowed() {
    let mut draft = empty();
    draft.set_text("a \nb\n");
    draft.set_html("<p>a</p>");
    let message = String::from_utf8(octets(&draft)).unwrap();
    assert!(!message.contains("format=") && !message.contains("delsp"));
}
