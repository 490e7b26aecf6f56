//! Delivers one mail job through envoi, and decides for each recipient whether to try again. Any host of
//! components can run this part of the worker.
//!
//! ```text
//! job  ->  mailer  ->  receipt or error  ->  disposition  ->  a verdict for each recipient
//! ```

#![allow(unsafe_code, reason = "generated bindings")]
// On other targets, only the tests call anything.
#![cfg_attr(not(target_family = "wasm"), allow(dead_code))]

mod disposition;

use envoi::mail::smtp::{Envelope, Error, Mailer, Receipt, RecipientReply, UnsentRecipient};
use exports::example::mail_worker::delivery::{Disposition, Guest, Job, Server, Verdict};

wit_bindgen::generate!({ path: ["../../../wit", "wit"], world: "example:mail-worker/handler", generate_all });

struct Handler;

// Linkers of other targets do not accept the exported names.
#[cfg(target_family = "wasm")]
export!(Handler);

impl Guest for Handler {
    fn check(server: Server) -> Result<(), String> {
        mailer(&server)
            .map(drop)
            .map_err(|error| disposition::of_error(&error).1)
    }

    fn deliver(server: Server, job: Job) -> Vec<Verdict> {
        let mailer = match mailer(&server) {
            Ok(mailer) => mailer,
            // A wrong URL of the server is not the job's fault.
            Err(error) => {
                return alike(
                    &job.recipients,
                    Disposition::Later,
                    &disposition::of_error(&error).1,
                );
            }
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
                let (disposition, reply) = disposition::of_error(&error);
                alike(&envelope.recipients, disposition, &reply)
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
        disposition: Disposition::Accepted,
        reply: disposition::text(&one.reply),
    });
    let lost = "the connection ended before the answer to the message";
    let mut verdicts: Vec<_> = accepted.collect();
    verdicts.extend(of_refused(receipt.refused));
    verdicts.extend(alike(&receipt.unknown, Disposition::Unknown, lost));
    verdicts.extend(receipt.unsent.into_iter().map(of_unsent));
    verdicts
}

fn of_unsent(unsent: UnsentRecipient) -> Verdict {
    let (disposition, reply) = disposition::of_error(&unsent.error);
    Verdict {
        recipient: unsent.recipient,
        disposition,
        reply,
    }
}

fn of_refused(refused: Vec<RecipientReply>) -> Vec<Verdict> {
    let verdicts = refused.into_iter().map(|one| Verdict {
        disposition: disposition::of_refused(&one),
        reply: disposition::text(&one.reply),
        recipient: one.recipient,
    });
    verdicts.collect()
}

fn alike(recipients: &[String], disposition: Disposition, reply: &str) -> Vec<Verdict> {
    let verdicts = recipients.iter().map(|recipient| Verdict {
        recipient: recipient.clone(),
        disposition,
        reply: reply.into(),
    });
    verdicts.collect()
}
