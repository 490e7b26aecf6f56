//! Drafts: each value is refused, or the message has the same fields and parts as with a harmless one.

use std::collections::BTreeSet;
use std::io::Cursor;

use host_tests::{Address, Attachment, Draft, Invalid};
use mail_parser::MessageParser;

use super::stage::{Stage, expect_one_line};
use super::{Row, Try};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = addresses();
    rows.extend(groups());
    rows.extend(texts());
    rows.extend(files());
    rows.extend(streams());
    rows.extend(fields());
    rows.extend(numbers());
    rows
}

fn address(mailbox: &str) -> Address {
    Address {
        name: None,
        mailbox: mailbox.into(),
    }
}

fn named(name: &str) -> Address {
    Address {
        name: Some(name.into()),
        mailbox: "ada@mail.test".into(),
    }
}

/// Sets a value and composes. `parts` are those of the message, if nothing is refused.
fn composes(stage: &Stage, parts: usize, set: impl FnOnce(&Draft) -> Result<(), Invalid>) {
    let draft = stage.instance.draft();
    draft.set_from(&[address("a@mail.test")]).unwrap();
    draft.set_to(&[address("b@mail.test")]).unwrap();
    draft.set_subject("one").unwrap();
    draft.set_text("Hello.");
    let composed = set(&draft).and_then(|()| draft.compose());
    match composed {
        Ok(composed) => expect_fields(&composed.message, parts),
        Err(invalid) => {
            expect_one_line(&invalid.reason);
            assert!(
                !invalid.field.contains(char::is_control),
                "{:?}",
                invalid.field
            );
        }
    }
}

/// Fields that any of these drafts may have.
const KNOWN: [&str; 18] = [
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "content-id",
    "x-one",
];

fn expect_fields(message: &[u8], parts: usize) {
    let end = memmem(message, b"\r\n\r\n").expect("a header ends");
    let header = String::from_utf8_lossy(&message[..end]);
    let mut names = BTreeSet::new();
    for line in header
        .split("\r\n")
        .filter(|line| !line.starts_with([' ', '\t']))
    {
        let (name, _) = line
            .split_once(':')
            .unwrap_or_else(|| panic!("no field: {line:?}"));
        let name = name.to_ascii_lowercase();
        assert!(KNOWN.contains(&&*name) || is_own(&name), "{name:?}");
        assert!(names.insert(name.clone()), "twice: {name:?}");
    }
    assert!(!header.contains(['\0', '\u{1b}']));
    assert_eq!(
        header.matches(['\r', '\n']).count(),
        2 * header.matches("\r\n").count()
    );
    let parsed = MessageParser::default().parse(message).expect("a message");
    assert_eq!(parsed.parts.len(), parts, "other parts than were asked for");
}

/// A name that the row of `add-header` makes of `X-One`: printable, without a colon.
fn is_own(name: &str) -> bool {
    name.bytes()
        .all(|octet| octet.is_ascii_graphic() && octet != b':')
}

fn memmem(octets: &[u8], what: &[u8]) -> Option<usize> {
    octets.windows(what.len()).position(|window| window == what)
}

macro_rules! address_rows {
    ($($function:literal $argument:literal $set:expr;)*) => {
        vec![$(
            (
                concat!("draft.", $function, "(", $argument, ".name)"),
                Try::Text("Ada", |stage, name| composes(stage, 1, |draft| $set(draft, named(name)))),
            ),
            (
                concat!("draft.", $function, "(", $argument, ".mailbox)"),
                Try::Text("c@mail.test", |stage, mailbox| {
                    composes(stage, 1, |draft| $set(draft, address(mailbox)));
                }),
            ),
        )*]
    };
}

fn addresses() -> Vec<Row> {
    address_rows! {
        "set-from" "authors" |draft: &Draft, one: Address| draft.set_from(&[one]);
        "set-sender" "sender" |draft: &Draft, one: Address| draft.set_sender(&one);
        "set-reply-to" "to" |draft: &Draft, one: Address| draft.set_reply_to(&[one]);
        "set-to" "to" |draft: &Draft, one: Address| draft.set_to(&[one]);
        "set-cc" "cc" |draft: &Draft, one: Address| draft.set_cc(&[one]);
        "set-bcc" "bcc" |draft: &Draft, one: Address| draft.set_bcc(&[one]);
        "add-group" "members" |draft: &Draft, one: Address| draft.add_group("staff", &[one]);
    }
}

fn groups() -> Vec<Row> {
    vec![
        (
            "draft.add-group(name)",
            Try::Text("staff", |stage, name| {
                composes(stage, 1, |draft| {
                    draft.add_group(name, &[address("c@mail.test")])
                });
            }),
        ),
        (
            "draft.set-return-path(mailbox)",
            Try::Text("c@mail.test", |stage, mailbox| {
                composes(stage, 1, |draft| draft.set_return_path(Some(mailbox)));
            }),
        ),
    ]
}

fn texts() -> Vec<Row> {
    vec![
        (
            "draft.set-subject(subject)",
            Try::Text("one", |stage, subject| {
                composes(stage, 1, |draft| draft.set_subject(subject));
            }),
        ),
        (
            "draft.set-text(text)",
            Try::Text("one", |stage, text| {
                composes(stage, 1, |draft| {
                    draft.set_text(text);
                    Ok(())
                });
            }),
        ),
        (
            "draft.set-html(html)",
            Try::Text("<p>one", |stage, html| {
                composes(stage, 3, |draft| {
                    draft.set_html(html);
                    Ok(())
                });
            }),
        ),
        (
            "draft.add-alternative(content-type)",
            Try::Text("text/x-one", |stage, kind| {
                composes(stage, 3, |draft| draft.add_alternative(kind, b"one"));
            }),
        ),
        (
            "draft.add-alternative(content)",
            Try::Octets(b"one", |stage, content| {
                composes(stage, 3, |draft| {
                    draft.add_alternative("text/x-one", content)
                });
            }),
        ),
    ]
}

fn file(name: &str, content_type: &str, content: &[u8], id: Option<&str>) -> Attachment {
    Attachment {
        name: Some(name.into()),
        content_type: content_type.into(),
        content: content.into(),
        content_id: id.map(str::to_owned),
    }
}

const PDF: &str = "application/pdf";

fn files() -> Vec<Row> {
    vec![
        (
            "draft.attach(attachment.name)",
            Try::Text("one.pdf", |stage, name| {
                composes(stage, 3, |draft| {
                    draft.attach(&file(name, PDF, b"one", None))
                });
            }),
        ),
        (
            "draft.attach(attachment.content-type)",
            Try::Text(PDF, |stage, kind| {
                composes(stage, 3, |draft| {
                    draft.attach(&file("one", kind, b"one", None))
                });
            }),
        ),
        (
            "draft.attach(attachment.content)",
            Try::Octets(b"one", |stage, content| {
                composes(stage, 3, |draft| {
                    draft.attach(&file("one.pdf", PDF, content, None))
                });
            }),
        ),
        (
            "draft.attach(attachment.content-id)",
            Try::Text("one@mail.test", |stage, id| {
                composes(stage, 4, |draft| {
                    draft.set_html("<img src=cid:one@mail.test>");
                    draft.attach(&file("one.png", "image/png", b"one", Some(id)))
                });
            }),
        ),
    ]
}

/// A draft whose file is a stream is composed while it is sent.
fn streamed(stage: &Stage, name: &str, kind: &str, id: Option<&str>, content: &[u8]) {
    let draft = stage.instance.draft();
    draft.set_from(&[address("a@mail.test")]).unwrap();
    draft.set_to(&[address("b@mail.test")]).unwrap();
    draft.set_subject("one").unwrap();
    draft.set_text("Hello.");
    let content = Cursor::new(content.to_vec());
    if let Err(invalid) = draft.attach_from_with_id(Some(name), kind, id, content) {
        return expect_one_line(&invalid.reason);
    }
    let mailer = stage.mailer();
    let sent = mailer.send_draft(&draft);
    drop(mailer);
    match sent {
        Ok(_) => {
            let heard = stage.heard_if_any().expect("a connection");
            assert_eq!(heard.messages.len(), 1);
            expect_fields(&heard.messages[0], 3);
        }
        Err(error) => panic!("what can be attached can be sent: {error:?}"),
    }
}

fn streams() -> Vec<Row> {
    vec![
        (
            "attach-from(name)",
            Try::Text("one.pdf", |stage, name| {
                streamed(stage, name, PDF, None, b"one")
            }),
        ),
        (
            "attach-from(content-type)",
            Try::Text(PDF, |stage, kind| {
                streamed(stage, "one", kind, None, b"one")
            }),
        ),
        (
            "attach-from(content-id)",
            Try::Text("one@mail.test", |stage, id| {
                streamed(stage, "one.pdf", PDF, Some(id), b"one");
            }),
        ),
        (
            "attach-from(content)",
            Try::Octets(b"one", |stage, content| {
                streamed(stage, "one.pdf", PDF, None, content);
            }),
        ),
        #[cfg(feature = "p3")]
        ("attach-from(length)", Try::Number(with_length)),
    ]
}

/// A file of another length than was said is not sent.
#[cfg(feature = "p3")]
fn with_length(stage: &Stage, number: i128) {
    let Ok(length) = number.try_into() else {
        return;
    };
    let draft = stage.instance.draft();
    draft.set_from(&[address("a@mail.test")]).unwrap();
    draft.set_to(&[address("b@mail.test")]).unwrap();
    let content = Cursor::new(b"one".to_vec());
    if let Err(invalid) = draft.attach_from_with_length("one.pdf", PDF, content, Some(length)) {
        return expect_one_line(&invalid.reason);
    }
    let mailer = stage.mailer();
    let sent = mailer.send_draft(&draft);
    drop(mailer);
    let arrived = stage.heard_if_any().map_or(0, |heard| heard.messages.len());
    assert_eq!(arrived, usize::from(sent.is_ok()), "{length}: {sent:?}");
    assert_eq!(sent.is_ok(), length == 3, "{length}: {sent:?}");
}

fn fields() -> Vec<Row> {
    vec![
        (
            "draft.set-message-id(id)",
            Try::Text("one@mail.test", |stage, id| {
                composes(stage, 1, |draft| draft.set_message_id(id));
            }),
        ),
        (
            "draft.set-reply(in-reply-to)",
            Try::Text("one@mail.test", |stage, id| {
                composes(stage, 1, |draft| draft.set_reply(id, &[]));
            }),
        ),
        (
            "draft.set-reply(references)",
            Try::Text("one@mail.test", |stage, id| {
                composes(stage, 1, |draft| {
                    draft.set_reply("two@mail.test", &[id.into()])
                });
            }),
        ),
        (
            "draft.set-unsubscribe(urls)",
            Try::Text("https://mail.test/u", |stage, url| {
                composes(stage, 1, |draft| draft.set_unsubscribe(&[url.into()], true));
            }),
        ),
        (
            "draft.add-header(name)",
            Try::Text("X-One", |stage, name| {
                composes(stage, 1, |draft| draft.add_header(name, "one"));
            }),
        ),
        (
            "draft.add-header(text)",
            Try::Text("one", |stage, text| {
                composes(stage, 1, |draft| draft.add_header("X-One", text));
            }),
        ),
    ]
}

fn numbers() -> Vec<Row> {
    vec![
        (
            "draft.set-date(seconds)",
            Try::Number(|stage, number| {
                let Ok(seconds) = number.try_into() else {
                    return;
                };
                composes(stage, 1, |draft| draft.set_date(seconds, 0));
            }),
        ),
        (
            "draft.set-date(offset)",
            Try::Number(|stage, number| {
                let Ok(offset) = number.try_into() else {
                    return;
                };
                composes(stage, 1, |draft| draft.set_date(0, offset));
            }),
        ),
    ]
}
