//! Composing: each text is refused, or two readers read back what was set and nothing else.
//!
//! An input is pieces of a letter and a text, such as `s` and a subject; `SETTERS` has the letters.
#![no_main]

#[path = "../../message/tests/compose/reader.rs"]
#[expect(dead_code, reason = "the tests use all of it")]
mod reader;

use envoi_fuzz::pieces::pieces;
use envoi_message::compose::{Address, Attachment, Composed, Content, Destination, Draft, Invalid};
use libfuzzer_sys::fuzz_target;
use mailparse::{DispositionType, MailAddr, MailHeaderMap, ParsedMail, addrparse_header};
use reader::Entity;

/// Sun, 29 Nov 2026 09:00:00 UTC.
const NOW: i64 = 1_795_942_800;
const ANN: &str = "ann@example.org";
const FILE: &str = "application/pdf";
const BOB: &str = "bob@example.net";

/// What was set, if the setter took it.
#[derive(Default)]
struct Set {
    draft: Draft,
    /// Names of fields besides those that each message has.
    fields: Vec<String>,
    author: Option<String>,
    subject: String,
    text: Option<String>,
    files: Vec<(String, Vec<u8>)>,
}

type Setter = fn(&mut Set, String) -> Result<(), Invalid>;

const SETTERS: &[(u8, Setter)] = &[
    (b'f', Set::author),
    (b't', |set, name| set.draft.set_to(to(&name))),
    (b'M', |set, mailbox| {
        set.draft.set_to(vec![Address::bare(mailbox)])
    }),
    (b'c', |set, name| {
        set.draft.set_cc(to(&name))?;
        set.adds("Cc")
    }),
    (b'g', |set, name| {
        set.draft.add_group(Destination::To, &name, to(&name))
    }),
    (b's', Set::subject),
    (b'b', |set, text| {
        set.draft.set_text(text.clone());
        set.text = Some(text);
        Ok(())
    }),
    (b'h', |set, html| {
        set.draft.set_html(html);
        Ok(())
    }),
    (b'a', Set::attach),
    (b'y', |set, content_type| {
        set.draft.add_alternative(&content_type, b"1".to_vec())
    }),
    (b'm', |set, id| set.draft.set_message_id(&id)),
    (b'r', |set, id| {
        set.draft.set_reply(&id, std::slice::from_ref(&id))?;
        set.adds("In-Reply-To")?;
        set.adds("References")
    }),
    (b'u', |set, url| {
        let is_one_click = url.starts_with("https:");
        set.draft.set_unsubscribe(vec![url], is_one_click)?;
        set.adds("List-Unsubscribe")
    }),
    (b'x', |set, text| {
        set.draft.add_header("X-Own", &text)?;
        set.fields.push("X-Own".into());
        Ok(())
    }),
    (b'n', |set, name| {
        set.draft.add_header(&name, "value")?;
        set.fields.push(name);
        Ok(())
    }),
    (b'p', |set, mailbox| {
        set.draft.set_return_path(Some(&mailbox))
    }),
];

fuzz_target!(|input: &[u8]| {
    let mut set = Set::default();
    set.draft.set_from(vec![Address::bare(ANN)]).unwrap();
    set.draft.set_to(vec![Address::bare(BOB)]).unwrap();
    for piece in pieces(input).take(30) {
        let Some((letter, text)) = piece.split_first() else {
            continue;
        };
        let setter = SETTERS.iter().find(|(name, _)| name == letter);
        // A refusal leaves the draft as it was.
        let _ = setter.map(|(_, setter)| setter(&mut set, lossy(text)));
    }
    let Ok(composed) = set.draft.compose(NOW, [0x5a; 32]) else {
        return;
    };
    set.check_envelope(&composed);
    let message = composed.message().expect("nothing is streamed");
    set.check_structure(message);
    set.check_reading(&mailparse::parse_mail(message).expect("a message"));
});

impl Set {
    /// For setters that replace what was set before.
    fn adds(&mut self, field: &str) -> Result<(), Invalid> {
        if !self.fields.iter().any(|known| known == field) {
            self.fields.push(field.into());
        }
        Ok(())
    }

    fn author(&mut self, name: String) -> Result<(), Invalid> {
        let author = Address::named(name.clone(), ANN);
        self.draft.set_from(vec![author])?;
        self.author = Some(name);
        Ok(())
    }

    fn subject(&mut self, subject: String) -> Result<(), Invalid> {
        self.draft.set_subject(&subject)?;
        self.subject = subject;
        Ok(())
    }

    /// `name=content`.
    fn attach(&mut self, text: String) -> Result<(), Invalid> {
        let (name, content) = text.split_once('=').unwrap_or((&text, ""));
        self.draft.attach(Attachment {
            name: Some(name.into()),
            content_type: FILE.into(),
            content: Content::Octets(content.into()),
            content_id: None,
        })?;
        self.files
            .push((name.trim_matches(' ').into(), content.into()));
        Ok(())
    }

    fn check_envelope(&self, composed: &Composed) {
        let all = composed.recipients.iter().chain(&composed.return_path);
        for mailbox in all.chain([&composed.message_id]) {
            assert!(!mailbox.contains(|c: char| c.is_control() || "\u{2028}\u{2029}".contains(c)));
            assert!(mailbox.contains('@'));
        }
    }

    /// The header has the fields that were set, each once, and the reader of the tests takes every part.
    fn check_structure(&self, message: &[u8]) {
        let message = Entity::of_message(message);
        let every = ["From", "To", "Date", "Message-ID", "MIME-Version"];
        let mut expected: Vec<&str> = self.fields.iter().map(String::as_str).collect();
        expected.extend(every);
        expected.extend((!self.subject.is_empty()).then_some("Subject"));
        let of_parts = |name: &&str| !name.starts_with("Content-");
        let mut names: Vec<&str> = message.names().into_iter().filter(of_parts).collect();
        names.retain(|name| *name != "List-Unsubscribe-Post");
        names.sort_unstable();
        expected.sort_unstable();
        assert_eq!(names, expected);
        if !self.subject.is_empty() {
            assert_eq!(message.decoded("Subject"), self.subject);
        }
        for part in message.leaves() {
            part.content();
        }
    }

    fn check_reading(&self, message: &ParsedMail<'_>) {
        let subject = message.headers.get_first_value("Subject");
        assert_eq!(subject.unwrap_or_default(), self.subject);
        let from = message.headers.get_first_header("From").unwrap();
        let authors = addrparse_header(from).unwrap().into_inner();
        let [MailAddr::Single(author)] = &authors[..] else {
            panic!("{authors:?}");
        };
        assert_eq!(author.addr, ANN);
        if let Some(name) = &self.author {
            let name = name.trim_matches(' ');
            let shown = (!name.is_empty() && name != ANN).then_some(name);
            // mailparse cuts off white space of other kinds too.
            let read = author.display_name.as_deref();
            assert_eq!(read.map(str::trim), shown.map(str::trim));
        }
        let leaves = message.parts().filter(|part| part.subparts.is_empty());
        let (files, texts): (Vec<_>, Vec<_>) = leaves.partition(|part| is_attachment(part));
        // An invitation is attached too.
        let files = files.iter().filter(|file| file.ctype.mimetype == FILE);
        if let Some(text) = &self.text {
            let mut texts = texts.iter().filter(|t| t.ctype.mimetype == "text/plain");
            assert_eq!(texts.next().unwrap().get_body().unwrap(), lines(text));
        }
        let files = files.map(|part| {
            let name = part.get_content_disposition().params.remove("filename");
            (name.unwrap_or_default(), part.get_body_raw().unwrap())
        });
        assert_eq!(files.collect::<Vec<_>>(), self.files);
    }
}

fn to(name: &str) -> Vec<Address> {
    vec![Address::named(name, BOB)]
}

fn lossy(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

fn is_attachment(part: &ParsedMail<'_>) -> bool {
    part.get_content_disposition().disposition == DispositionType::Attachment
}

/// The text as a message carries it.
fn lines(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.replace('\0', "\u{fffd}").replace('\n', "\r\n");
    let end = if text.ends_with("\r\n") { "" } else { "\r\n" };
    text + end
}
