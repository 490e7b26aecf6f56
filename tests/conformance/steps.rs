//! A transaction command by command, as `client` sends it.

use envoi::smtp::error::Error;
use envoi::smtp::mailbox::Mailbox;
use envoi::smtp::parameters::Options;

use crate::conversation::Conversation;

pub(crate) fn mail(talk: &mut Conversation) -> Result<(), Error> {
    let sender = Mailbox::parse("a@client.test").unwrap();
    talk.session.mail(Some(&sender), &Options::default())
}

pub(crate) fn rcpt(talk: &mut Conversation, recipient: &str) -> Result<(), Error> {
    let recipient = Mailbox::parse_recipient(recipient).unwrap();
    talk.session.rcpt(recipient, &Options::default())
}

/// Sends MAIL, which is accepted.
pub(crate) fn in_a_transaction(talk: &mut Conversation) {
    mail(talk).unwrap();
    talk.expect_ok("C: MAIL FROM:<a@client.test>\nS: 250 ok");
}
