//! The interface `smtp-dkim`.

use super::Component;
use super::bindings::exports::envoi::mail::dkim::SignerBorrow;
use super::bindings::exports::envoi::mail::smtp::MailerBorrow;
use super::bindings::exports::envoi::mail::smtp_dkim::Guest;
use super::dkim::GuestSigner;
use super::smtp::GuestMailer;

impl Guest for Component {
    fn set_signers(mailer: MailerBorrow<'_>, signers: Vec<SignerBorrow<'_>>) {
        let copy = |signer: &SignerBorrow<'_>| {
            let GuestSigner(signer) = signer.get();
            signer.borrow().clone()
        };
        let GuestMailer(mailer) = mailer.get();
        let signers = signers.iter().map(copy).collect();
        mailer.borrow_mut().set_signers(signers);
    }
}
