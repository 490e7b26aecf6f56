//! A transaction step by step, as `client` makes it.

use envoi::smtp::error::Error;
use envoi::smtp::mailbox::Mailbox;

use crate::talk::Talk;

pub fn mail(talk: &mut Talk) -> Result<(), Error> {
    let sender = Mailbox::parse("a@client.test").unwrap();
    talk.session.mail(Some(&sender))
}

pub fn rcpt(talk: &mut Talk, recipient: &str) -> Result<(), Error> {
    talk.session
        .rcpt(Mailbox::parse_recipient(recipient).unwrap())
}

/// MAIL was accepted.
pub fn in_a_transaction(talk: &mut Talk) {
    mail(talk).unwrap();
    talk.goes("C: MAIL FROM:<a@client.test>\nS: 250 ok");
}
