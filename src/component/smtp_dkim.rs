//! The interface `smtp-dkim`.

use super::Component;
use super::bindings::exports::envoi::mail::dkim::SignerBorrow;
use super::bindings::exports::envoi::mail::smtp::MailerBorrow;
use super::bindings::exports::envoi::mail::smtp_dkim::Guest;
use super::dkim::copies;
use super::smtp::GuestMailer;

impl Guest for Component {
    fn set_signers(mailer: MailerBorrow<'_>, signers: Vec<SignerBorrow<'_>>) {
        let GuestMailer(mailer) = mailer.get();
        mailer.borrow_mut().set_signers(copies(&signers));
    }
}
