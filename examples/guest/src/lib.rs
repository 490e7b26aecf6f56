wit_bindgen::generate!({ path: "wit", world: "example:guest/guest", generate_all });

use envoi::mail::compose::{Address, Attachment, Composed, Draft, Invalid};
use envoi::mail::smtp::{explain, send_mail};

struct Shop;
export!(Shop);

const SENDER: &str = "shop@example.org";
/// 20 seconds, in nanoseconds, because the caller waits.
const TIMEOUT: Option<u64> = Some(20_000_000_000);

impl Guest for Shop {
    fn welcome(server: String, to: String) -> Result<String, String> {
        let mail = compose(to).map_err(|it| format!("{}: {}", it.field, it.reason))?;
        let sent = send_mail(&server, SENDER, &mail.recipients, &mail.message, TIMEOUT);
        let receipt = sent.map_err(|error| explain(&error).sentence)?;
        // If there are several recipients, some may be refused while others get the message.
        match receipt.refused.first() {
            Some(refused) => Err(format!("{}: {}", refused.recipient, refused.reply.text)),
            None => Ok(receipt.accepted[0].reply.text.clone()),
        }
    }
}

fn compose(to: String) -> Result<Composed, Invalid> {
    let draft = Draft::new();
    let (name, mailbox) = (Some("The Shop".into()), SENDER.into());
    draft.set_from(&[Address { name, mailbox }])?;
    let (name, mailbox) = (None, to);
    draft.set_to(&[Address { name, mailbox }])?;
    draft.set_subject("Welcome to our café")?;
    draft.set_text("Good to have you here.\n");
    draft.set_html("<p>Good to have you <b>here</b>.</p>\n");
    draft.attach(&Attachment {
        name: Some("voucher.txt".into()),
        content_type: "text/plain".into(),
        content: b"CAFE10\n".into(),
        content_id: None,
    })?;
    draft.compose()
}
