//! Attachments whose octets come while the message is sent.

use envoi_message::compose::{Attachment, Base64Lines, Content, Piece};

use crate::drafts::{compose, file, hello, octets};

fn streamed(name: &str, id: Option<&str>) -> Attachment {
    Attachment {
        content: Content::Streamed,
        ..file(Some(name), "application/pdf", b"", id)
    }
}

#[test]
fn a_message_in_pieces_is_the_same_as_in_one() {
    let content: Vec<u8> = (0..=255).cycle().take(5000).collect();
    let (mut whole, mut in_pieces) = (hello(), hello());
    for draft in [&mut whole, &mut in_pieces] {
        draft.set_html("<img src=\"cid:b\">");
        draft
            .attach(file(None, "image/png", b"image", None))
            .unwrap();
    }
    for (name, id) in [("a.pdf", None), ("b.pdf", Some("b"))] {
        whole
            .attach(file(Some(name), "application/pdf", &content, id))
            .unwrap();
        in_pieces.attach(streamed(name, id)).unwrap();
    }
    let composed = compose(&in_pieces);
    assert_eq!(composed.message(), None);
    let mut message = Vec::new();
    let mut order = Vec::new();
    for piece in &composed.pieces {
        match piece {
            Piece::Octets(octets) => message.extend_from_slice(octets),
            Piece::Streamed(number) => {
                order.push(*number);
                let mut lines = Base64Lines::default();
                content
                    .chunks(777)
                    .for_each(|chunk| lines.push(chunk, &mut message));
                lines.finish(&mut message);
            }
        }
    }
    assert_eq!(message, octets(&whole));
    // Numbered as attached: the inline part, attached last, is sent first.
    assert_eq!(order, [1, 0]);
}

#[test]
fn a_message_that_is_streamed_is_attached_as_a_file() {
    let mut draft = hello();
    draft
        .attach(Attachment {
            content_type: "message/rfc822".into(),
            ..streamed("a.eml", None)
        })
        .unwrap();
    let composed = compose(&draft);
    let Some(Piece::Octets(start)) = composed.pieces.first() else {
        panic!("the message begins with its header");
    };
    assert!(
        String::from_utf8_lossy(start)
            .contains("\r\nContent-Type: application/octet-stream; name=")
    );
}
