wit_bindgen::generate!({ path: ["../../wit", "wit"], world: "example:guest/guest", generate_all });

use envoi::mail::smtp::{explain, send_mail};

struct Shop;
export!(Shop);

/// 20 seconds, in nanoseconds, because the caller waits.
const TIMEOUT: u64 = 20_000_000_000;

impl Guest for Shop {
    fn welcome(server: String, to: String) -> Result<String, String> {
        let message = format!(
            "From: shop@example.org\nTo: {to}\nSubject: Welcome\n\nGood to have you here.\n"
        );
        let sent = send_mail(
            &server,
            "shop@example.org",
            &[to],
            message.as_bytes(),
            Some(TIMEOUT),
        );
        let receipt = sent.map_err(|error| explain(&error).sentence)?;
        // If there are several recipients, some may be refused while others get the message.
        match receipt.refused.first() {
            Some(refused) => Err(format!("{}: {}", refused.recipient, refused.reply.text)),
            None => Ok(receipt.accepted[0].reply.text.clone()),
        }
    }
}
