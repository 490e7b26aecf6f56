//! The envelope: from the command line, otherwise from the message's header.

use crate::addresses::addresses;
use crate::arguments::Arguments;
use crate::envoi::mail::smtp::Envelope;
use crate::header::Header;

/// The error is a line for people.
pub(crate) fn envelope(arguments: &Arguments, header: &Header) -> Result<Envelope, String> {
    let sender = match &arguments.from {
        Some(sender) => sender.clone(),
        None => author(header)?,
    };
    let mut recipients = arguments.to.clone();
    if arguments.read_recipients {
        recipients.append(&mut named(header)?);
    }
    // A recipient in both To and Cc gets the message once.
    let mut seen = Vec::new();
    recipients.retain(|recipient| {
        let new = !seen.contains(recipient);
        seen.extend(new.then(|| recipient.clone()));
        new
    });
    if recipients.is_empty() {
        return Err("the message's To, Cc and Bcc name no one: give --to ADDRESS".into());
    }
    Ok(Envelope {
        sender: Some(sender).filter(|sender| !sender.is_empty()),
        recipients,
    })
}

/// The address in Sender; without that field, the only address in From (RFC 5322, section 3.6.2).
fn author(header: &Header) -> Result<String, String> {
    let field = |name| header.values(name).flat_map(|value| addresses(&value));
    let mut authors: Vec<_> = field("Sender").collect();
    if authors.is_empty() {
        authors = field("From").collect();
    }
    match authors.len() {
        1 => Ok(authors.remove(0)),
        0 => Err("the message names no sender (From): give --from ADDRESS".into()),
        _ => Err("the message is from several: give --from ADDRESS".into()),
    }
}

fn named(header: &Header) -> Result<Vec<String>, String> {
    // To has the original recipients, not those of the resent message (RFC 5322, section 3.6.6).
    if header.values("Resent-To").next().is_some() {
        return Err("the message was resent (Resent-To): give --to ADDRESS instead of -t".into());
    }
    let fields = ["To", "Cc", "Bcc"].into_iter();
    let values = fields.flat_map(|name| header.values(name));
    Ok(values.flat_map(|value| addresses(&value)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(arguments: Arguments, message: &str) -> Result<(Option<String>, Vec<String>), String> {
        let header = Header::read(&mut message.as_bytes()).unwrap();
        let Envelope { sender, recipients } = envelope(&arguments, &header)?;
        Ok((sender, recipients))
    }

    fn read_recipients() -> Arguments {
        Arguments {
            read_recipients: true,
            ..Arguments::default()
        }
    }

    #[test]
    fn the_header_names_sender_and_recipients() {
        let message = "From: A <a@x>\nTo: b@x, c@x\nCc: b@x\nBcc: d@x\n\n";
        let (sender, recipients) = of(read_recipients(), message).unwrap();
        assert_eq!(sender.as_deref(), Some("a@x"));
        assert_eq!(recipients, ["b@x", "c@x", "d@x"]);
    }

    #[test]
    fn the_command_line_overrides_the_header() {
        let arguments = Arguments {
            from: Some("".into()),
            to: vec!["e@x".into()],
            ..Arguments::default()
        };
        let (sender, recipients) = of(arguments, "From: a@x\nTo: b@x\n\n").unwrap();
        assert_eq!((sender, recipients), (None, vec!["e@x".to_owned()]));
    }

    #[test]
    fn several_authors_need_a_sender() {
        let message = "From: a@x, b@x\nTo: c@x\n";
        assert!(
            of(read_recipients(), message)
                .unwrap_err()
                .contains("several")
        );
        let message = format!("{message}Sender: b@x\n\n");
        assert_eq!(
            of(read_recipients(), &message).unwrap().0.as_deref(),
            Some("b@x")
        );
    }

    #[test]
    fn a_missing_or_unclear_address_is_asked_for() {
        for (message, fault) in [
            ("To: b@x\n\n", "--from"),
            ("From: a@x\nTo: undisclosed-recipients:;\n\n", "--to"),
            ("From: a@x\nTo: b@x\nResent-To: c@x\n\n", "instead of -t"),
        ] {
            let said = of(read_recipients(), message).unwrap_err();
            assert!(said.contains(fault), "{said}");
        }
    }
}
