//! The messages of the demo, composed by the component.

use host_tests::{Address, Attachment, Composed, Draft, Instance, Invalid};

/// The image of the HTML text: drawn for this demo.
const ENVELOPE: &[u8] = include_bytes!("envelope.png");
const ENVELOPE_ID: &str = "envelope@example.org";

/// The attachment: the component's interface.
const INTERFACE: &[u8] = include_bytes!("../../../../wit/compose.wit");

const TEXT: &str = "\
Dear Grace, dear Alan,

this message came out of a WebAssembly component. Grüße!
.
The dot above stood alone on its line, as the end of a message does in SMTP.

Ada
";

const HTML: &str = r#"<p>Dear Grace, dear Alan,</p>
<p>this message came out of a <b>WebAssembly component</b>. Grüße!</p>
<p><img src="cid:envelope@example.org" width="240" height="160" alt="An envelope with a seal"></p>
<p>The image is a part of the message, and the component's interface is attached.</p>
<p>Ada</p>
"#;

/// Everything that people send: two texts, an image, an attachment, a subject beyond ASCII.
pub(crate) fn rich(instance: &Instance) -> Result<Composed, String> {
    compose(instance, |draft| {
        draft.set_from(&[named("Ada Lovelace", "ada@example.org")])?;
        draft.set_to(&[
            named("Grace Hopper", "grace@example.org"),
            named("Alan Turing", "alan@example.org"),
        ])?;
        draft.set_subject("Grüße from a WebAssembly component")?;
        draft.set_text(TEXT);
        draft.set_html(HTML);
        draft.attach(&Attachment {
            name: Some("envelope.png".into()),
            content_type: "image/png".into(),
            content: ENVELOPE.into(),
            content_id: Some(ENVELOPE_ID.into()),
        })?;
        draft.attach(&Attachment {
            name: Some("compose.wit".into()),
            content_type: "text/plain; charset=utf-8".into(),
            content: INTERFACE.into(),
            content_id: None,
        })
    })
}

/// A short text.
pub(crate) fn short(instance: &Instance, from: &str, to: &[String]) -> Result<Composed, String> {
    let unnamed = |mailbox: &str| Address {
        name: None,
        mailbox: mailbox.into(),
    };
    compose(instance, |draft| {
        draft.set_from(&[unnamed(from)])?;
        draft.set_to(&to.iter().map(|one| unnamed(one)).collect::<Vec<_>>())?;
        draft.set_subject("A message from a WebAssembly component")?;
        draft.set_text(
            "This message came out of envoi, an SMTP client as a WebAssembly component.\n",
        );
        Ok(())
    })
}

fn compose(
    instance: &Instance,
    fill: impl FnOnce(&Draft) -> Result<(), Invalid>,
) -> Result<Composed, String> {
    let draft = instance.draft();
    let composed = fill(&draft).and_then(|()| draft.compose());
    composed.map_err(|Invalid { field, reason }| format!("{field}: {reason}"))
}

fn named(name: &str, mailbox: &str) -> Address {
    Address {
        name: Some(name.into()),
        mailbox: mailbox.into(),
    }
}
