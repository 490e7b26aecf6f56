//! Encoded words in subjects and names.

use envoi_message::compose::{Address, Destination, Draft};
use proptest::prelude::*;

use crate::drafts::{file, hello, octets, read};
use crate::reader::{Entity, as_encoded_word, decode_word};

fn subject(text: &str) -> Entity {
    let mut draft = hello();
    draft.set_subject(text).unwrap();
    read(&draft)
}

fn from(name: &str) -> Entity {
    let mut draft = hello();
    draft
        .set_from(vec![Address::named(name, "ann@example.org")])
        .unwrap();
    read(&draft)
}

/// The words of a value that are encoded words, by runs.
fn runs(value: &str) -> Vec<Vec<&str>> {
    let words: Vec<_> = value.split(' ').collect();
    words
        .split(|word| as_encoded_word(word).is_none())
        .filter(|run| !run.is_empty())
        .map(<[&str]>::to_vec)
        .collect()
}

fn assert_words_are_read_alike(value: &str) {
    for run in runs(value) {
        for (index, word) in run.iter().enumerate() {
            let (encoding, text) = as_encoded_word(word).unwrap();
            // Panics if a character is cut.
            assert!(!decode_word(encoding, text).is_empty());
            let is_last = index + 1 == run.len();
            assert!(
                is_last || encoding == 'Q' || !text.ends_with('='),
                "padding in a run: {value}"
            );
        }
    }
}

/// Texts of characters of every width, with blanks and marks.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ a-zé€😀=?_]{0,200}",
        "[^\\p{C}\u{2028}\u{2029}]{0,200}",
        "[ -~]{0,200}"
    ]
}

proptest! {
    #[test]
    fn every_subject_is_read_as_it_was_set(text in text().prop_filter("not empty", |text| !text.is_empty())) {
        let message = subject(&text);
        prop_assert_eq!(message.decoded("Subject"), text);
        let value = message.field("Subject");
        assert_words_are_read_alike(&value);
        for word in runs(&value).concat() {
            prop_assert!(word.len() <= 75);
        }
        for line in message.folded("Subject").split("\r\n") {
            prop_assert!(line.len() <= 76 || !line.trim().contains(' '), "{}", line);
        }
    }

    #[test]
    fn every_name_is_read_as_it_was_set(name in text().prop_filter("not empty", |text| !text.trim().is_empty())) {
        let value = from(&name).field("From");
        let phrase = value.strip_suffix(" <ann@example.org>").unwrap();
        assert_words_are_read_alike(phrase);
        let read = match phrase.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(quoted) => quoted.replace("\\\"", "\"").replace("\\\\", "\\"),
            None => crate::reader::decode_words(phrase),
        };
        prop_assert_eq!(read, name.trim_matches(' '));
    }

    #[test]
    fn no_two_encoded_words_meet_in_a_name(name in text()) {
        for run in runs(&from(&name).field("From")) {
            prop_assert_eq!(run.len(), 1);
        }
    }

    #[test]
    fn an_encoded_word_in_a_name_holds_letters_digits_and_five_marks(name in text()) {
        let value = from(&name).field("From");
        for word in runs(&value).concat() {
            let (encoding, text) = as_encoded_word(word).unwrap();
            let allowed = |octet: u8| octet.is_ascii_alphanumeric() || b"!*+-/=_".contains(&octet);
            prop_assert!(encoding == 'B' || text.bytes().all(allowed), "{}", word);
        }
    }
}

#[test]
fn a_blank_stands_between_an_encoded_word_and_plain_text() {
    assert_eq!(
        subject("an offer, für dich, (now)").field("Subject"),
        "an offer, =?UTF-8?Q?f=C3=BCr?= dich, (now)"
    );
}

#[test]
fn a_subject_is_folded_at_single_blanks_only() {
    let text = format!("{} {}  {}", "a".repeat(50), "b".repeat(14), "c".repeat(30));
    let message = subject(&text);
    assert_eq!(message.decoded("Subject"), text);
    assert!(
        message
            .folded("Subject")
            .starts_with(&format!("{}\r\n =?", "a".repeat(50)))
    );
}

#[test]
fn an_empty_subject_is_left_out() {
    assert_eq!(subject("").optional("Subject"), None);
}

#[test]
fn no_field_is_folded_directly_after_the_colon() {
    let mut draft = hello();
    let long = "x".repeat(90);
    draft.set_subject(&long).unwrap();
    draft
        .set_message_id(&format!("{long}@example.org"))
        .unwrap();
    draft
        .set_reply(&format!("{long}@example.org"), &[])
        .unwrap();
    draft
        .set_unsubscribe(vec![format!("https://example.org/{long}")], true)
        .unwrap();
    draft.add_header(&"X".repeat(50), &"é".repeat(90)).unwrap();
    draft
        .set_to(vec![Address::named(
            &long,
            format!("b@{}x", "b.".repeat(90)),
        )])
        .unwrap();
    let text = String::from_utf8(octets(&draft)).unwrap();
    assert!(!text.contains(":\r\n") && !text.contains(": \r\n"));
    assert!(
        read(&draft)
            .folded(&"X".repeat(50))
            .split("\r\n")
            .all(|line| line.len() <= 75)
    );
}

#[test]
fn the_same_draft_gives_the_same_message() {
    let draft = hello();
    let again = |draft: &Draft| {
        draft
            .compose(1, [1; 32])
            .unwrap()
            .message()
            .unwrap()
            .to_vec()
    };
    assert_eq!(again(&draft), again(&draft.clone()));
}

#[test]
fn the_longest_of_everything_fits_on_a_line() {
    let mut draft = hello();
    let name = "aé".repeat(166);
    let mailbox = format!("{}@{}x", "a".repeat(64), "b.".repeat(94));
    let long = |start: &str, end: &str| {
        format!("{start}{}{end}", "x".repeat(900 - start.len() - end.len()))
    };
    let address = Address::named(&name, &mailbox);
    draft.set_from(vec![address.clone()]).unwrap();
    draft
        .add_group(Destination::To, &name, vec![address.clone(), address])
        .unwrap();
    draft.set_subject(&"é ".repeat(3333)).unwrap();
    draft.set_message_id(&long("", "@x")).unwrap();
    draft.set_reply(&long("", ""), &[long("y", "")]).unwrap();
    draft
        .set_unsubscribe(vec![long("https://", "")], true)
        .unwrap();
    draft
        .add_header(&"X".repeat(50), &format!("{} é", long("", "")))
        .unwrap();
    let content_type = format!("a/b; x=\"{}\"", "\\\"".repeat(245));
    let (name, id) = ("報".repeat(85), "i".repeat(250));
    draft
        .attach(file(Some(&name), &content_type, b"", Some(&id)))
        .unwrap();
    // The reader refuses a line of more than 998 octets.
    assert_eq!(read(&draft).leaves().len(), 2);
}
