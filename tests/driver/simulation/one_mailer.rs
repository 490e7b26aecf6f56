//! A caller that has a mailer, and makes one call after the other.

use std::rc::Rc;

use envoi::net::Network;
use envoi::smtp::error::Error;
use envoi::smtp::parameters::Options;
use envoi::smtp::receipt::Receipt;
use envoi::{Client, Mailer, Message};

use super::calls::Caller;
use super::ledger::{Form, Mail};
use super::network::SimNetwork;

pub(crate) async fn use_mailer(caller: Caller, mut mailer: Mailer<SimNetwork>, only_whole: bool) {
    let world = caller.world();
    for _ in 0..world.between(1, 4) {
        match world.below(if only_whole { 6 } else { 10 }) {
            0..=2 => send(&caller, &mut mailer, 1).await,
            3..=4 => send(&caller, &mut mailer, world.between(2, 6)).await,
            5 => {
                caller.call(mailer.close()).await;
            }
            6..=8 => send_in_pieces(&caller, &mut mailer).await,
            _ => use_session(&caller, &mut mailer).await,
        }
        caller.pause().await;
    }
    match world.below(3) {
        0 => {
            let mail = caller.next_mail(Form::Whole);
            let sent = send_last(&caller, mailer, &mail).await;
            caller.ends(&mail, sent);
        }
        1 => {
            caller.call(mailer.close()).await;
        }
        _ => {}
    }
}

async fn send(caller: &Caller, mailer: &mut Mailer<SimNetwork>, count: usize) {
    let mails: Vec<Rc<Mail>> = (0..count).map(|_| caller.next_mail(Form::Whole)).collect();
    let options = Options::default();
    let (sent, messages) = caller.compose(&mails, |mail| {
        let sender = Some(&*mail.sender);
        mailer.outgoing_message(sender, &mail.recipients, &mail.content, &options)
    });
    let results = caller.call(mailer.send_all(&messages)).await;
    caller.all_end(&sent, results);
}

async fn send_last(
    caller: &Caller,
    mailer: Mailer<SimNetwork>,
    mail: &Mail,
) -> Option<Result<Receipt, Error>> {
    let options = Options::default();
    let sender = Some(&*mail.sender);
    match mailer.outgoing_message(sender, &mail.recipients, &mail.content, &options) {
        Ok(message) => caller.call(mailer.send_last(&message)).await,
        Err(error) => Some(Err(error)),
    }
}

async fn send_in_pieces(caller: &Caller, mailer: &mut Mailer<SimNetwork>) {
    let mail = caller.next_mail(Form::InPieces);
    let options = caller.options(&mail);
    let sent = caller.call(async {
        let sender = Some(&*mail.sender);
        let started = mailer
            .start_message(sender, &mail.recipients, &options)
            .await;
        write(caller, &mail, started?).await
    });
    let sent = sent.await;
    caller.ends(&mail, sent);
}

/// Writes the content of a message that has begun.
async fn write<N: Network>(
    caller: &Caller,
    mail: &Mail,
    mut message: Message<N>,
) -> Result<Receipt, Error> {
    if caller.world().chance(30.0) {
        message.write_from(caller.source(&mail.content)).await?;
    } else {
        for piece in caller.pieces(mail) {
            message.write(piece).await?;
        }
    }
    message.finish().await
}

async fn use_session(caller: &Caller, mailer: &mut Mailer<SimNetwork>) {
    let Some(client) = caller.call(mailer.connect()).await else {
        return;
    };
    let is_whole = caller.world().chance(50.0);
    let form = if is_whole {
        Form::InSession
    } else {
        Form::InPieces
    };
    let mail = caller.next_mail(form);
    let client = match client {
        Ok(client) => client,
        Err(error) => return caller.ends(&mail, Some(Err(error))),
    };
    let options = Options::default();
    let sent = if is_whole {
        let sender = Some(&*mail.sender);
        let sent = client.send(sender, &mail.recipients, &mail.content, &options);
        caller.call(sent).await
    } else {
        give_up_or(caller, step_by_step(caller, &client, &mail)).await
    };
    caller.ends(&mail, sent);
    if caller.world().chance(50.0) {
        let _ = caller.call(client.quit()).await;
    }
}

/// Several calls: the limit of a whole call holds for each.
async fn give_up_or<T>(caller: &Caller, calls: impl Future<Output = T>) -> Option<T> {
    let caller = Caller {
        total: None,
        ..caller.clone()
    };
    caller.call(calls).await
}

async fn step_by_step(
    caller: &Caller,
    client: &Client<SimNetwork>,
    mail: &Mail,
) -> Result<Receipt, Error> {
    let options = Options::default();
    client.mail(Some(&mail.sender), &options).await?;
    for recipient in &mail.recipients {
        match client.rcpt(recipient, &options).await {
            Ok(_) | Err(Error::Rejected(..)) => {}
            Err(error) => return Err(error),
        }
    }
    write(caller, mail, client.data().await?).await
}
