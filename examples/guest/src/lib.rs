wit_bindgen::generate!({ path: ["../../wit", "wit"], world: "example:guest/guest", generate_all });

use envoi::mail::smtp::{explain, send_mail};

struct Shop;
export!(Shop);

impl Guest for Shop {
    fn welcome(server: String, to: String) -> Result<String, String> {
        let message = format!(
            "From: shop@example.org\nTo: {to}\nSubject: Welcome\n\nGood to have you here.\n"
        );
        match send_mail(&server, "shop@example.org", &[to], message.as_bytes()) {
            Ok(receipt) => Ok(receipt.accepted[0].reply.lines.join("\n")),
            Err(error) => Err(explain(&error).sentence),
        }
    }
}
