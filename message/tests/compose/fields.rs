//! Fields other than addresses and the subject.

use crate::drafts::{compose, hello, read};

#[test]
fn date_and_id_are_made_from_what_is_passed_in() {
    let message = read(&hello());
    assert_eq!(message.field("Date"), "Sun, 29 Nov 2026 09:00:00 +0000");
    assert_eq!(
        message.field("Message-ID"),
        format!("<{}@example.org>", "5a".repeat(16))
    );
    assert_eq!(compose(&hello()).message_id, message.field("Message-ID"));
}

#[test]
fn date_and_id_may_be_set() {
    let mut draft = hello();
    draft.set_date(crate::drafts::NOW, 60).unwrap();
    for id in ["1@example.org", "<1@example.org>"] {
        draft.set_message_id(id).unwrap();
        let message = read(&draft);
        assert_eq!(message.field("Date"), "Sun, 29 Nov 2026 10:00:00 +0100");
        assert_eq!(message.field("Message-ID"), "<1@example.org>");
    }
}

#[test]
fn an_answer_names_the_thread() {
    let mut draft = hello();
    let ids: Vec<_> = (0..9)
        .map(|number| format!("<{number}-in-a-thread@example.net>"))
        .collect();
    draft.set_reply("last@example.net", &ids).unwrap();
    let message = read(&draft);
    assert_eq!(message.field("In-Reply-To"), "<last@example.net>");
    assert_eq!(
        message.field("References"),
        format!("{} <last@example.net>", ids.join(" "))
    );
    assert!(
        message
            .folded("References")
            .split("\r\n")
            .all(|line| line.len() <= 76)
    );
}

#[test]
fn an_id_answered_to_stands_last_and_once() {
    let mut draft = hello();
    let ids = ["<b@x>", "a@x"].map(String::from);
    draft.set_reply("<b@x>", &ids).unwrap();
    assert_eq!(read(&draft).field("References"), "<a@x> <b@x>");
}

#[test]
fn unsubscribing_takes_one_click_or_more() {
    let mut draft = hello();
    let urls = ["https://example.org/u?1", "mailto:u@example.org"].map(String::from);
    draft.set_unsubscribe(urls.to_vec(), false).unwrap();
    let message = read(&draft);
    assert_eq!(
        message.field("List-Unsubscribe"),
        "<https://example.org/u?1>, <mailto:u@example.org>"
    );
    assert_eq!(message.optional("List-Unsubscribe-Post"), None);
    draft.set_unsubscribe(urls.to_vec(), true).unwrap();
    assert_eq!(
        read(&draft).field("List-Unsubscribe-Post"),
        "List-Unsubscribe=One-Click"
    );
}

#[test]
fn fields_of_the_callers_own_keep_what_ascii_can_say() {
    let mut draft = hello();
    draft
        .add_header("List-Id", "Neues für alle <news.example.org>")
        .unwrap();
    draft.add_header("X-Tag", "one").unwrap();
    draft.add_header("X-Tag", "two").unwrap();
    let message = read(&draft);
    assert_eq!(
        message.field("List-Id"),
        "Neues =?UTF-8?Q?f=C3=BCr?= alle <news.example.org>"
    );
    let tags: Vec<_> = message
        .fields
        .iter()
        .filter(|(name, _)| name == "X-Tag")
        .collect();
    assert_eq!(tags.len(), 2);
}
