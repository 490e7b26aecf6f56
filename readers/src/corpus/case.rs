//! A case: a draft, and beside it what a reader must see.

use envoi_message::compose::{self, Content, Draft};
use sha2::{Digest, Sha256};

use crate::{Address, Attachment, Reading};

pub(crate) struct Case {
    name: String,
    draft: Draft,
    /// What a reader must see, but for its attachments, whose order is known at the end.
    reading: Reading,
    alternatives: Vec<Attachment>,
    inline: Vec<Attachment>,
    attached: Vec<Attachment>,
}

/// A name, which may be empty for none, and a mailbox.
pub(crate) type Pair<'a> = (&'a str, &'a str);

impl Case {
    /// From Ann to Bob, with a subject and a text.
    pub(crate) fn new(name: &str) -> Self {
        Self::without_text(name).text("Hello Bob\n")
    }

    pub(crate) fn without_text(name: &str) -> Self {
        let case = Self {
            name: name.into(),
            draft: Draft::default(),
            reading: Reading::default(),
            alternatives: Vec::new(),
            inline: Vec::new(),
            attached: Vec::new(),
        };
        case.from(&[("Ann", "ann@example.org")])
            .to(&[("Bob", "bob@example.net")])
            .subject("Hello")
    }

    pub(crate) fn from(mut self, authors: &[Pair<'_>]) -> Self {
        self.draft.set_from(addresses(authors)).unwrap();
        self.reading.from = pairs(authors);
        self
    }

    pub(crate) fn to(mut self, to: &[Pair<'_>]) -> Self {
        self.draft.set_to(addresses(to)).unwrap();
        self.reading.to = pairs(to);
        self
    }

    pub(crate) fn cc(mut self, cc: &[Pair<'_>]) -> Self {
        self.draft.set_cc(addresses(cc)).unwrap();
        self.reading.cc = pairs(cc);
        self
    }

    pub(crate) fn subject(mut self, subject: &str) -> Self {
        self.draft.set_subject(subject).unwrap();
        self.reading.subject = Some(subject.into());
        self
    }

    pub(crate) fn text(mut self, text: &str) -> Self {
        self.draft.set_text(text);
        self.reading.text = Some(shown(text));
        self
    }

    pub(crate) fn html(mut self, html: &str) -> Self {
        self.draft.set_html(html);
        self.reading.html = Some(shown(html));
        self
    }

    /// Another form of the text, which readers list as a file without a name.
    pub(crate) fn alternative(mut self, content_type: &str, octets: &[u8]) -> Self {
        self.draft
            .add_alternative(content_type, octets.into())
            .unwrap();
        self.alternatives
            .push(expected("", content_type, octets, None));
        self
    }

    pub(crate) fn attach(self, name: &str, content_type: &str, octets: &[u8]) -> Self {
        self.given(name, content_type, octets)
            .attached(name, content_type, octets)
    }

    /// An attachment that the composer makes into another.
    pub(crate) fn given(mut self, name: &str, content_type: &str, octets: &[u8]) -> Self {
        self.draft
            .attach(attachment(name, content_type, octets, None))
            .unwrap();
        self
    }

    /// A part of the HTML text.
    pub(crate) fn inline(
        mut self,
        name: &str,
        content_type: &str,
        octets: &[u8],
        id: &str,
    ) -> Self {
        self.draft
            .attach(attachment(name, content_type, octets, Some(id)))
            .unwrap();
        self.inline
            .push(expected(name, content_type, octets, Some(id)));
        self
    }

    /// An attachment that the composer makes, or makes into another.
    pub(crate) fn attached(mut self, name: &str, content_type: &str, octets: &[u8]) -> Self {
        self.attached
            .push(expected(name, content_type, octets, None));
        self
    }

    /// What leaves no trace in what is expected.
    pub(crate) fn with(mut self, set: impl FnOnce(&mut Draft)) -> Self {
        set(&mut self.draft);
        self
    }

    /// Addresses beside those of [`Self::to`].
    pub(crate) fn also_to(mut self, members: &[Pair<'_>]) -> Self {
        self.reading.to.extend(pairs(members));
        self
    }

    /// The names that readers show for authors, if it is not what was set.
    pub(crate) fn shown_from(mut self, authors: &[Pair<'_>]) -> Self {
        self.reading.from = pairs(authors);
        self
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn draft(&self) -> &Draft {
        &self.draft
    }

    pub(crate) fn expected(self) -> Reading {
        let inline = self.alternatives.into_iter().chain(self.inline);
        let attachments = inline.chain(self.attached).collect();
        Reading {
            attachments,
            ..self.reading
        }
    }
}

pub(crate) fn addresses(pairs: &[Pair<'_>]) -> Vec<compose::Address> {
    let address = |(name, mailbox): &Pair<'_>| compose::Address {
        name: filled(name),
        mailbox: mailbox.to_string(),
    };
    pairs.iter().map(address).collect()
}

fn pairs(pairs: &[Pair<'_>]) -> Vec<Address> {
    let pair = |(name, mailbox): &Pair<'_>| Address(filled(name), mailbox.to_string());
    pairs.iter().map(pair).collect()
}

fn filled(name: &str) -> Option<String> {
    (!name.is_empty()).then(|| name.into())
}

fn attachment(
    name: &str,
    content_type: &str,
    octets: &[u8],
    id: Option<&str>,
) -> compose::Attachment {
    compose::Attachment {
        name: filled(name),
        content_type: content_type.into(),
        content: Content::Octets(octets.into()),
        content_id: id.map(Into::into),
    }
}

fn expected(name: &str, content_type: &str, octets: &[u8], id: Option<&str>) -> Attachment {
    let digest = Sha256::digest(octets);
    Attachment {
        name: filled(name),
        kind: content_type.into(),
        sha256: digest.iter().map(|octet| format!("{octet:02x}")).collect(),
        size: octets.len() as u64,
        cid: id.map(Into::into),
    }
}

/// Line ends are LF, the last line has one, there is no BOM, and NUL is replaced.
fn shown(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace('\0', "\u{fffd}");
    let mut text = text.replace("\r\n", "\n").replace('\r', "\n");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}
