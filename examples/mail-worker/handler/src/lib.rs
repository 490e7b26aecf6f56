//! Delivers one mail job through envoi, and judges what became of each recipient: the part of the
//! worker that any host of components can run, with its policy of what is tried again.
//!
//! ```text
//! job  ->  mailer  ->  receipt or error  ->  fate  ->  a verdict for each recipient
//! ```

// There, only the tests call anything.
#![cfg_attr(not(target_family = "wasm"), allow(dead_code))]

mod fate;

use envoi::mail::smtp::{Envelope, Error, Mailer, Receipt, RecipientReply, UnsentRecipient};
use exports::example::mail_worker::delivery::{Fate, Guest, Job, Server, Verdict};

wit_bindgen::generate!({ path: ["../../../wit", "wit"], world: "example:mail-worker/handler", generate_all });

struct Handler;

// Elsewhere, the exported names are none that a linker takes.
#[cfg(target_family = "wasm")]
export!(Handler);

impl Guest for Handler {
    fn check(server: Server) -> Result<(), String> {
        mailer(&server)
            .map(drop)
            .map_err(|error| fate::of_error(&error).1)
    }

    fn deliver(server: Server, job: Job) -> Vec<Verdict> {
        let mailer = match mailer(&server) {
            Ok(mailer) => mailer,
            // What is wrong with the server's URL is no fault of the job's.
            Err(error) => return alike(&job.recipients, Fate::Later, &fate::of_error(&error).1),
        };
        let envelope = Envelope {
            sender: (!job.sender.is_empty()).then_some(job.sender),
            recipients: job.recipients,
        };
        let sent = mailer.send(&envelope, &job.message, None);
        mailer.close();
        match sent {
            Ok(receipt) => of_receipt(receipt),
            Err(Error::RecipientsRefused(refused)) => of_refused(refused),
            Err(error) => {
                let (fate, reply) = fate::of_error(&error);
                alike(&envelope.recipients, fate, &reply)
            }
        }
    }
}

fn mailer(server: &Server) -> Result<Mailer, Error> {
    let mailer = Mailer::from_url(&server.url)?;
    if !server.authorities.is_empty() {
        mailer.set_bundled_roots(false);
        mailer.add_trust_anchors(server.authorities.as_bytes())?;
    }
    Ok(mailer)
}

fn of_receipt(receipt: Receipt) -> Vec<Verdict> {
    let accepted = receipt.accepted.into_iter().map(|one| Verdict {
        recipient: one.recipient,
        fate: Fate::Accepted,
        reply: fate::text(&one.reply),
    });
    let lost = "the connection ended before the answer to the message";
    let mut verdicts: Vec<_> = accepted.collect();
    verdicts.extend(of_refused(receipt.refused));
    verdicts.extend(alike(&receipt.unknown, Fate::Perhaps, lost));
    verdicts.extend(receipt.unsent.into_iter().map(of_unsent));
    verdicts
}

fn of_unsent(unsent: UnsentRecipient) -> Verdict {
    let (fate, reply) = fate::of_error(&unsent.error);
    Verdict {
        recipient: unsent.recipient,
        fate,
        reply,
    }
}

fn of_refused(refused: Vec<RecipientReply>) -> Vec<Verdict> {
    let verdicts = refused.into_iter().map(|one| Verdict {
        fate: fate::of_refused(&one),
        reply: fate::text(&one.reply),
        recipient: one.recipient,
    });
    verdicts.collect()
}

fn alike(recipients: &[String], fate: Fate, reply: &str) -> Vec<Verdict> {
    let verdicts = recipients.iter().map(|recipient| Verdict {
        recipient: recipient.clone(),
        fate,
        reply: reply.into(),
    });
    verdicts.collect()
}
