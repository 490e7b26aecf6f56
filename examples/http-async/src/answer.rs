//! The lines of the answer.

use futures_util::future::join;
use wit_bindgen::StreamWriter;

use crate::delivery::Delivery;
use crate::envoi::mail::smtp_async::explain;

/// Tells each step as it happens. Failures to write are ignored: a client that has left gets no answer.
pub async fn tell(delivery: Delivery, mut body: StreamWriter<u8>) {
    let Delivery {
        mailer,
        body: whole,
        receipt,
    } = delivery;
    say(&mut body, "The mail server awaits your message.").await;
    // Both go on at the same time: envoi reads the body.
    let said = async {
        if whole.await.is_ok() {
            say(&mut body, "The message has left your hands.").await;
        }
    };
    let ((), receipt) = join(said, receipt.into_future()).await;
    let line = match receipt {
        Ok(receipt) => receipt.accepted[0].reply.text.clone(),
        Err(error) => explain(&error).sentence,
    };
    say(&mut body, &line).await;
    mailer.close().await;
}

pub async fn refuse(why: String, mut body: StreamWriter<u8>) {
    say(&mut body, &why).await;
}

async fn say(body: &mut StreamWriter<u8>, line: &str) {
    body.write_all(format!("{line}\n").into()).await;
}
