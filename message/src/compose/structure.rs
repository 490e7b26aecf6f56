//! The parts of a message (RFC 2046).
//!
//! ```text
//! mixed                        if there are attachments
//!   related                    if the HTML text refers to attachments
//!     alternative              if there is more than one form of the text
//!       text/plain
//!       text/html
//!       text/calendar          and other forms
//!     image/png; inline        and other parts of the HTML text
//!   application/pdf            and other attachments
//! ```

use std::borrow::Cow;

use super::body::Body;
use super::content_id;
use super::content_type::ContentType;
use super::draft::{Alternative, Attached, Draft, Source};

/// A part, with all that is in it.
pub(super) enum Part<'a> {
    Leaf(Leaf<'a>),
    Multipart {
        subtype: &'static str,
        parameters: Vec<String>,
        parts: Vec<Part<'a>>,
    },
}

/// A part without parts.
pub(super) struct Leaf<'a> {
    pub content_type: String,
    pub parameters: Vec<String>,
    /// Readers of an old kind lose an octet of an attachment without one.
    pub disposition: Option<&'static str>,
    pub name: Option<&'a str>,
    pub content_id: Option<&'a str>,
    pub body: Body<'a>,
}

/// The parts of `draft`; none if it is empty.
pub(super) fn structure(draft: &Draft) -> Option<Part<'_>> {
    let html = draft.html.as_deref().unwrap_or_default();
    let referenced: Vec<&str> = content_id::references(html).collect();
    let is_inline = |attached: &&Attached| {
        let id = attached.content_id.as_deref();
        id.is_some_and(|id| referenced.contains(&id))
    };
    let (inline, attached): (Vec<&Attached>, Vec<&Attached>) =
        draft.attached.iter().partition(is_inline);

    let mut text = multipart("alternative", forms(draft));
    if !inline.is_empty() {
        let inline = inline
            .into_iter()
            .map(|attached| Part::Leaf(attached_leaf(attached, "inline")));
        text = text.map(|text| Part::Multipart {
            subtype: "related",
            // RFC 2387, section 3.1.
            parameters: vec![format!("type=\"{}\"", text.content_type())],
            parts: core::iter::once(text).chain(inline).collect(),
        });
    }
    let mut attachments: Vec<_> = attached
        .into_iter()
        .map(|attached| Part::Leaf(attached_leaf(attached, "attachment")))
        .collect();
    attachments.extend(invitations(draft).map(Part::Leaf));
    if attachments.is_empty() {
        return text;
    }
    Some(Part::Multipart {
        subtype: "mixed",
        parameters: Vec::new(),
        parts: text.into_iter().chain(attachments).collect(),
    })
}

impl Part<'_> {
    fn content_type(&self) -> Cow<'_, str> {
        match self {
            Self::Leaf(leaf) => Cow::Borrowed(&leaf.content_type),
            Self::Multipart { subtype, .. } => Cow::Owned(format!("multipart/{subtype}")),
        }
    }

    /// Whether `text` stands in a body that is not in base64.
    pub(super) fn contains(&self, text: &str) -> bool {
        match self {
            Self::Leaf(leaf) => leaf.body.readable().contains(text),
            Self::Multipart { parts, .. } => parts.iter().any(|part| part.contains(text)),
        }
    }

    /// Octets of the bodies, roughly.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Leaf(leaf) => match &leaf.body {
                Body::Base64(octets) => octets.len() / 57 * 78 + 78,
                body => body.readable().len(),
            },
            Self::Multipart { parts, .. } => parts.iter().map(|part| part.size() + 512).sum(),
        }
    }
}

/// One part stands by itself.
fn multipart<'a>(subtype: &'static str, mut parts: Vec<Part<'a>>) -> Option<Part<'a>> {
    if parts.len() < 2 {
        return parts.pop();
    }
    Some(Part::Multipart {
        subtype,
        parameters: Vec::new(),
        parts,
    })
}

/// The forms of the text, the last of which is the best (RFC 2046, section 5.1.4).
fn forms(draft: &Draft) -> Vec<Part<'_>> {
    let before_html = |alternative: &&Alternative| {
        alternative.content_type.is_text() && alternative.content_type.essence() != "text/calendar"
    };
    let (before, after): (Vec<&Alternative>, Vec<&Alternative>) =
        draft.alternatives.iter().partition(before_html);
    let text = draft
        .text
        .as_deref()
        .map(|text| text_leaf("text/plain", text));
    let html = draft
        .html
        .as_deref()
        .map(|html| text_leaf("text/html", html));
    text.into_iter()
        .chain(before.into_iter().map(alternative_leaf))
        .chain(html)
        .chain(after.into_iter().map(alternative_leaf))
        .map(Part::Leaf)
        .collect()
}

fn text_leaf<'a>(content_type: &str, text: &'a str) -> Leaf<'a> {
    Leaf {
        content_type: content_type.into(),
        parameters: vec!["charset=utf-8".into()],
        disposition: None,
        name: None,
        content_id: None,
        body: Body::of_text(text),
    }
}

fn alternative_leaf(alternative: &Alternative) -> Leaf<'_> {
    let content_type = &alternative.content_type;
    Leaf {
        content_type: content_type.essence().into(),
        parameters: parameters(content_type, &alternative.content),
        disposition: (!content_type.is_text()).then_some("inline"),
        name: None,
        content_id: None,
        body: Body::of_content(&alternative.content),
    }
}

fn attached_leaf<'a>(attached: &'a Attached, disposition: &'static str) -> Leaf<'a> {
    let content_type = &attached.content_type;
    let mut leaf = Leaf {
        content_type: content_type.essence().into(),
        parameters: parameters(content_type, &attached.content),
        // Some readers make inline text a part of the text itself, and lose its name.
        disposition: Some(if content_type.is_text() {
            "attachment"
        } else {
            disposition
        }),
        name: attached.name.as_deref(),
        content_id: attached.content_id.as_deref(),
        body: Body::of_content(&attached.content),
    };
    if content_type.essence().starts_with("message/") {
        match Body::of_message(content_type, &attached.content) {
            Some(body) => leaf.body = body,
            None => {
                leaf.content_type = "application/octet-stream".into();
                leaf.parameters.clear();
            }
        }
    }
    leaf
}

/// Invitations as attachments, unless the caller attached a calendar.
fn invitations(draft: &Draft) -> impl Iterator<Item = Leaf<'_>> {
    let is_calendar = |attached: &Attached| {
        matches!(
            attached.content_type.essence(),
            "application/ics" | "text/calendar"
        )
    };
    let wanted = !draft.attached.iter().any(is_calendar);
    let is_invitation = |alternative: &&Alternative| {
        let content_type = &alternative.content_type;
        content_type.essence() == "text/calendar" && content_type.parameter("method").is_some()
    };
    draft
        .alternatives
        .iter()
        .filter(move |alternative| wanted && is_invitation(alternative))
        .map(|alternative| Leaf {
            content_type: "application/ics".into(),
            parameters: Vec::new(),
            disposition: Some("attachment"),
            name: Some("invite.ics"),
            content_id: None,
            body: Body::of_content(&alternative.content),
        })
}

/// Text without a charset would be ASCII (RFC 2046, section 4.1.2).
fn parameters(content_type: &ContentType, content: &Source) -> Vec<String> {
    let mut parameters = content_type.parameters();
    let is_utf8 = || match content {
        Source::Octets(octets) => core::str::from_utf8(octets).is_ok(),
        Source::Stream(_) => false,
    };
    if content_type.is_text() && content_type.parameter("charset").is_none() && is_utf8() {
        parameters.push("charset=utf-8".into());
    }
    parameters
}
