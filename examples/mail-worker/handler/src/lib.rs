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

use envoi::mail::smtp::{
    BearerCredentials, Credentials, Envelope, Error, Mailer, Phase, Receipt, RecipientReply,
    UnsentRecipient,
};
use exports::example::mail_worker::delivery::{Bearer, Disposition, Guest, Job, Server, Verdict};

/// The reply to credentials that are wrong, or no longer right (RFC 4954, section 6).
const REFUSED: u16 = 535;

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

    fn deliver(server: Server, bearer: Option<Bearer>, job: Job) -> Result<Vec<Verdict>, String> {
        let mailer = match mailer(&server) {
            Ok(mailer) => mailer,
            // A wrong URL of the server is not the job's fault.
            Err(error) => {
                let reply = disposition::of_error(&error).1;
                return Ok(alike(&job.recipients, Disposition::Later, &reply));
            }
        };
        let has_token = bearer.is_some();
        if let Some(Bearer { username, token }) = bearer {
            let credentials = BearerCredentials { username, token };
            mailer.set_credentials(Some(&Credentials::Bearer(credentials)));
        }
        let envelope = Envelope {
            sender: (!job.sender.is_empty()).then_some(job.sender),
            recipients: job.recipients,
        };
        let sent = mailer.send(&envelope, &job.message, None);
        mailer.close();
        match sent {
            Ok(receipt) => Ok(of_receipt(receipt)),
            Err(Error::RecipientsRefused(refused)) => Ok(of_refused(refused)),
            Err(Error::Rejected(it))
                if has_token && it.phase == Phase::Auth && it.reply.code == REFUSED =>
            {
                Err(disposition::text(&it.reply))
            }
            Err(error) => {
                let (disposition, reply) = disposition::of_error(&error);
                Ok(alike(&envelope.recipients, disposition, &reply))
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
