//! What the message says. `envoi:mail/compose` makes a message of it, in which nothing that a visitor types can
//! become a header field.

use crate::configuration::Configuration;
use crate::delivery::Fault;
use crate::envoi::mail::compose::{Address, Composed, Draft, Invalid};
use crate::form::Form;

/// From is the form's own address. The visitor's address fails DMARC, because this server may not
/// send for its domain. Reply-To directs answers to the visitor.
pub fn compose(form: &Form, configuration: &Configuration) -> Result<Composed, Fault> {
    let Form {
        name,
        address,
        message,
        ..
    } = form;
    let draft = Draft::new();
    draft
        .set_from(&[mailbox(Some("Contact form"), &configuration.from)])
        .map_err(|invalid| fault("CONTACT_FROM", invalid))?;
    draft
        .set_to(&[mailbox(None, &configuration.to)])
        .map_err(|invalid| fault("CONTACT_TO", invalid))?;
    // `Form::errors` has found what these refuse.
    draft
        .set_reply_to(&[mailbox(Some(name), address)])
        .and_then(|()| draft.set_subject(&format!("Message from {name}")))
        .map_err(|invalid| fault("the form", invalid))?;
    draft.set_text(&format!(
        "{message}\n\n-- \n{name} <{address}>, by the contact form\n"
    ));
    draft
        .compose()
        .map_err(|invalid| fault("the message", invalid))
}

fn mailbox(name: Option<&str>, address: &str) -> Address {
    Address {
        name: name.map(str::to_owned),
        mailbox: address.into(),
    }
}

fn fault(what: &str, Invalid { reason, .. }: Invalid) -> Fault {
    Fault::set_up(format!("{what}: {reason}"))
}
