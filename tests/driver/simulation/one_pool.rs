//! Callers that share a pool, and make their calls at the same time.

use std::rc::Rc;

use envoi::smtp::error::Error;
use envoi::smtp::parameters::Options;
use envoi::smtp::receipt::Receipt;
use envoi::{Mailer, Pool};

use super::calls::Caller;
use super::ledger::{Form, Mail};
use super::network::SimNetwork;
use super::scheduler::Task;

type SimPool = Rc<Pool<SimNetwork>>;

pub(crate) fn callers(caller: &Caller, mailer: Mailer<SimNetwork>, only_whole: bool) -> Vec<Task> {
    let world = caller.world();
    let pool = Pool::new(caller.network.clone(), mailer);
    let connections = world.between(1, 4);
    pool.set_connections(connections);
    caller.network.allow_connections(connections);
    if world.chance(10.0) {
        let rate = || world.chance(60.0).then(|| world.between(1, 200) as u32);
        pool.set_rate_limits(rate(), rate());
    }
    let tasks = world.between(1, 7);
    (0..tasks)
        .map(|_| Box::pin(use_pool(caller.clone(), pool.clone(), only_whole)) as Task)
        .collect()
}

async fn use_pool(caller: Caller, pool: SimPool, only_whole: bool) {
    let world = caller.world();
    caller.pause().await;
    for _ in 0..world.between(1, 3) {
        match world.below(if only_whole { 8 } else { 11 }) {
            0..=3 => send(&caller, &pool, 1).await,
            4..=6 => send(&caller, &pool, world.between(2, 12)).await,
            7 => close(&caller, &pool).await,
            _ => send_in_pieces(&caller, &pool).await,
        }
        caller.pause().await;
    }
}

/// Closing waits for the calls of others, so it has no limit.
async fn close(caller: &Caller, pool: &SimPool) {
    let caller = Caller {
        total: None,
        ..caller.clone()
    };
    caller.call(pool.close()).await;
}

async fn send(caller: &Caller, pool: &SimPool, count: usize) {
    let mails: Vec<Rc<Mail>> = (0..count).map(|_| caller.next_mail(Form::Whole)).collect();
    let options = Options::default();
    let (sent, messages) = caller.compose(&mails, |mail| {
        let sender = Some(&*mail.sender);
        pool.outgoing_message(sender, &mail.recipients, &mail.content, &options)
    });
    let results = caller.call(pool.send_all(&messages)).await;
    caller.all_end(&sent, results);
}

async fn send_in_pieces(caller: &Caller, pool: &SimPool) {
    let mail = caller.next_mail(Form::InPieces);
    let options = caller.options(&mail);
    let sent = caller.call(write(caller, pool, &mail, &options)).await;
    caller.ends(&mail, sent);
}

async fn write(
    caller: &Caller,
    pool: &SimPool,
    mail: &Mail,
    options: &Options,
) -> Result<Receipt, Error> {
    let started = pool.start_message(Some(&mail.sender), &mail.recipients, options);
    let mut message = started.await?;
    if caller.world().chance(30.0) {
        message.write_from(caller.source(&mail.content)).await?;
    } else {
        for piece in caller.pieces(mail) {
            message.write(piece).await?;
        }
    }
    message.finish().await
}
