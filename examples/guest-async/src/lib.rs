wit_bindgen::generate!({ path: ["../../wit", "wit"], world: "example:guest-async/guest", generate_all });

use envoi::mail::compose::{Address, Composed, Draft, Invalid};
use envoi::mail::smtp_async::{Envelope, Mailer, Timeout, explain};
use futures_util::future::join_all;

struct Shop;
export!(Shop);

const SENDER: &str = "shop@example.org";
/// 20 seconds for each message, in nanoseconds, because the caller waits.
const TIMEOUT: Option<u64> = Some(20_000_000_000);
/// What a server allows to one client.
const CONNECTIONS: u32 = 4;

type Sent = Result<String, String>;

impl Guest for Shop {
    async fn announce(server: String, to: Vec<String>) -> Result<Vec<Sent>, String> {
        let mailer = Mailer::from_url(&server).map_err(|error| explain(&error).sentence)?;
        mailer.set_timeout(Timeout::Total, TIMEOUT);
        mailer.set_connections(CONNECTIONS);
        let sent = join_all(to.into_iter().map(|to| send(&mailer, to))).await;
        mailer.close().await;
        Ok(sent)
    }
}

async fn send(mailer: &Mailer, to: String) -> Sent {
    let mail = compose(to).map_err(|it| format!("{}: {}", it.field, it.reason))?;
    let (sender, recipients) = (mail.sender, mail.recipients);
    let envelope = Envelope { sender, recipients };
    let sent = mailer.send(envelope, mail.message, None).await;
    let receipt = sent.map_err(|error| explain(&error).sentence)?;
    // There is one recipient: if it was refused, `send` has failed.
    Ok(receipt.accepted[0].reply.text.clone())
}

fn compose(to: String) -> Result<Composed, Invalid> {
    let draft = Draft::new();
    let (name, mailbox) = (Some("The Shop".into()), SENDER.into());
    draft.set_from(&[Address { name, mailbox }])?;
    let (name, mailbox) = (None, to);
    draft.set_to(&[Address { name, mailbox }])?;
    draft.set_subject("The café opens on Monday")?;
    draft.set_text("See you there.\n");
    draft.compose()
}
