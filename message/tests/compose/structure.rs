//! How the parts of a message are arranged.

use envoi_message::compose::Draft;

use crate::drafts::{empty, file, hello, read};

fn html(html: &str) -> Draft {
    let mut draft = empty();
    draft.set_html(html);
    draft
}

fn with_image(mut draft: Draft) -> Draft {
    draft.set_html("<img src=\"cid:logo@example.org\">");
    let image = file(
        Some("logo.png"),
        "image/png",
        b"image",
        Some("logo@example.org"),
    );
    draft.attach(image).unwrap();
    draft
}

fn with_file(mut draft: Draft) -> Draft {
    draft
        .attach(file(Some("a.pdf"), "application/pdf", b"pdf", None))
        .unwrap();
    draft
}

#[test]
fn each_level_is_there_only_if_it_is_needed() {
    let mut both = hello();
    both.set_html("<p>Hello</p>");
    for (draft, outline) in [
        (hello(), "text/plain"),
        (html("<p>Hello</p>"), "text/html"),
        (both.clone(), "alternative(text/plain, text/html)"),
        (with_file(empty()), "mixed(application/pdf)"),
        (with_file(hello()), "mixed(text/plain, application/pdf)"),
        (
            with_file(both),
            "mixed(alternative(text/plain, text/html), application/pdf)",
        ),
        (with_image(empty()), "related(text/html, image/png)"),
        (
            with_image(hello()),
            "related(alternative(text/plain, text/html), image/png)",
        ),
        (
            with_file(with_image(hello())),
            "mixed(related(alternative(text/plain, text/html), image/png), application/pdf)",
        ),
    ] {
        assert_eq!(read(&draft).outline(), outline);
    }
}

#[test]
fn text_from_html_is_not_invented() {
    assert_eq!(read(&html("<p>Hello</p>")).body, "<p>Hello</p>\r\n");
}

#[test]
fn related_names_the_type_of_its_first_part() {
    let field = read(&with_image(empty())).field("Content-Type");
    assert!(field.starts_with("multipart/related; type=\"text/html\"; boundary="));
}

#[test]
fn an_inline_part_is_found_by_its_id_in_brackets() {
    let parts = read(&with_image(hello())).parts();
    assert_eq!(parts[1].field("Content-ID"), "<logo@example.org>");
    assert_eq!(
        parts[1].field("Content-Disposition"),
        "inline; filename=\"logo.png\""
    );
}

#[test]
fn a_part_that_the_html_does_not_refer_to_is_an_attachment() {
    let mut draft = html("<p>cid:logo@example.org</p>");
    draft
        .attach(file(None, "image/png", b"image", Some("logo@example.org")))
        .unwrap();
    let message = read(&draft);
    assert_eq!(message.outline(), "mixed(text/html, image/png)");
    assert_eq!(
        message.parts()[1].field("Content-Disposition"),
        "attachment"
    );
    assert_eq!(message.parts()[1].field("Content-ID"), "<logo@example.org>");
}

#[test]
fn text_is_never_inline() {
    let mut draft = html("<a href=\"cid:note\">note</a>");
    draft
        .attach(file(Some("note.txt"), "text/plain", b"note", Some("note")))
        .unwrap();
    assert_eq!(
        read(&draft).parts()[1].field("Content-Disposition"),
        "attachment; filename=\"note.txt\""
    );
}

#[test]
fn an_invitation_is_an_alternative_and_an_attachment() {
    let mut draft = hello();
    draft.set_html("<p>Hello</p>");
    draft
        .add_alternative(
            "text/calendar; method=REQUEST",
            b"BEGIN:VCALENDAR\r\n".to_vec(),
        )
        .unwrap();
    let message = read(&draft);
    assert_eq!(
        message.outline(),
        "mixed(alternative(text/plain, text/html, text/calendar), application/ics)"
    );
    let leaves = message.leaves();
    assert_eq!(
        leaves[2].field("Content-Type"),
        "text/calendar; method=REQUEST; charset=utf-8"
    );
    assert_eq!(
        leaves[3].field("Content-Disposition"),
        "attachment; filename=\"invite.ics\""
    );
    assert_eq!(leaves[2].content(), leaves[3].content());
    draft
        .attach(file(Some("own.ics"), "text/calendar", b"own", None))
        .unwrap();
    assert_eq!(
        read(&draft).outline(),
        "mixed(alternative(text/plain, text/html, text/calendar), text/calendar)"
    );
}

#[test]
fn other_text_precedes_the_html_and_other_types_follow_it() {
    let mut draft = hello();
    draft.set_html("<p>Hello</p>");
    draft
        .add_alternative("application/json", b"{}".to_vec())
        .unwrap();
    draft
        .add_alternative("text/x-amp-html", b"<html>".to_vec())
        .unwrap();
    assert_eq!(
        read(&draft).outline(),
        "alternative(text/plain, text/x-amp-html, text/html, application/json)"
    );
    assert_eq!(
        read(&draft).parts()[3].field("Content-Disposition"),
        "inline"
    );
}
