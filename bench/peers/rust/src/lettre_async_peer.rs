//! lettre's asynchronous transport with its pool.

use std::cell::Cell;
use std::error::Error;
use std::rc::Rc;

use lettre::address::Envelope;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::{AsyncSmtpTransport, PoolConfig};
use lettre::{AsyncTransport, Tokio1Executor};
use tokio::task::LocalSet;

use crate::lettre_peer::tls;
use crate::{Task, now};

type Transport = AsyncSmtpTransport<Tokio1Executor>;

pub fn send(task: &Task) -> Result<Vec<u128>, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(LocalSet::new().run_until(send_all(task)))
}

async fn send_all(task: &Task) -> Result<Vec<u128>, Box<dyn Error>> {
    let transport = transport(task)?;
    let recipients: Result<_, _> = task.recipients.iter().map(|name| name.parse()).collect();
    let envelope = Envelope::new(Some("sender@example.test".parse()?), recipients?)?;
    let (message, left) = (task.message(), Rc::new(Cell::new(task.count)));
    // The pool opens a connection whenever it has none that is free: these are not more than its limit.
    let senders: Vec<_> = (0..task.connections)
        .map(|_| {
            let (transport, left) = (transport.clone(), left.clone());
            let (envelope, message) = (envelope.clone(), message.clone());
            tokio::task::spawn_local(
                async move { send_some(&transport, &envelope, &message, &left).await },
            )
        })
        .collect();
    let mut receipts = Vec::with_capacity(task.count);
    for sender in senders {
        receipts.extend(sender.await??);
    }
    transport.shutdown().await;
    Ok(receipts)
}

/// Sends messages until none is left.
async fn send_some(
    transport: &Transport,
    envelope: &Envelope,
    message: &[u8],
    left: &Cell<usize>,
) -> Result<Vec<u128>, lettre::transport::smtp::Error> {
    let mut receipts = Vec::new();
    while let Some(rest) = left.get().checked_sub(1) {
        left.set(rest);
        transport.send_raw(envelope, message).await?;
        receipts.push(now());
    }
    Ok(receipts)
}

fn transport(task: &Task) -> Result<Transport, Box<dyn Error>> {
    let pool = PoolConfig::new().max_size(u32::try_from(task.connections)?);
    let mut builder = Transport::builder_dangerous("127.0.0.1")
        .port(task.port)
        .tls(tls(task)?)
        .pool_config(pool);
    if let Some((username, password)) = task.account.clone() {
        builder = builder
            .credentials(Credentials::new(username, password))
            .authentication(vec![Mechanism::Plain]);
    }
    Ok(builder.build())
}
