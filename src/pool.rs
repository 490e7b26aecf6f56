//! A connection pool: many calls send to one server at the same time, over up to so many connections.
//!
//! ```text
//!   call, call, call --- Semaphore (first come, first served) ---> Place: one connection, or the right to open one
//!                                                                    |
//!   idle connections <--- after some messages -----------------------+
//! ```
//!
//! A call takes a place, sends some messages with a [`Mailer`] of its own, and gives the place back with the
//! connection. Nothing runs between calls.

mod login;
mod message;
mod pace;
mod permits;
mod place;
mod turn;
mod work;

use core::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use envoi_message::compose::Composed;
use futures_util::future::{join, join_all};
use tokio::sync::RwLock;

use crate::client::Client;
use crate::connection::CallDeadlines;
use crate::mailer::{Mailer, outcomes, single, streamed_options};
use crate::net::{Deadline, Network, Source};
use crate::smtp::error::{Error, Phase};
use crate::smtp::outgoing_message::{EarlyContent, OutgoingMessage};
use crate::smtp::parameters::Options;
use crate::smtp::receipt::Receipt;
use crate::smtp::sending::{AfterLast, Delivery};
use crate::timeouts::Timeout;

use login::{Entry, Login};
pub use message::PooledMessage;
use pace::Pace;
use permits::Permits;
use place::{Idle, Place, quit_all};
use turn::Turn;
use work::Work;

pub use permits::{DEFAULT_CONNECTIONS, MAX_CONNECTIONS};

/// A call uses one connection more for each so many messages: opening one takes several round trips, a message
/// over an open one takes one.
const MESSAGES_A_CONNECTION: usize = 4;

/// The messages that a call sends over a connection before others that wait have their turn.
const MAX_TURN: usize = 16;

/// The error of a call whose time is over before it has a connection.
const OUT_OF_TIME: Error = Error::Timeout(Phase::Connect, Timeout::Total);

/// Connections to one server, and the settings that they share.
pub struct Pool<N: Network> {
    network: N,
    /// It has the settings, and connects to nothing itself.
    mailer: RefCell<Mailer<N>>,
    idle: RefCell<Vec<Idle<N>>>,
    permits: Rc<Permits>,
    login: Login,
    /// Held for reading by each call that sends, for writing by [`Pool::close`].
    calls: Arc<RwLock<()>>,
    pace: Pace,
    /// Messages a minute over each connection.
    connection_rate: Cell<Option<u32>>,
}

impl<N: Network> Pool<N> {
    /// `mailer` has the settings.
    pub fn new(network: N, mailer: Mailer<N>) -> Rc<Self> {
        Rc::new(Self {
            network,
            mailer: RefCell::new(mailer),
            idle: RefCell::default(),
            permits: Rc::default(),
            login: Login::default(),
            calls: Arc::default(),
            pace: Pace::default(),
            connection_rate: Cell::new(None),
        })
    }

    /// Changes settings. They hold for the calls that begin later.
    pub fn configure<T>(&self, change: impl FnOnce(&mut Mailer<N>) -> T) -> T {
        let mut mailer = self.mailer.borrow_mut();
        let before = mailer.epoch();
        let result = change(&mut mailer);
        if mailer.epoch() != before {
            self.idle.borrow_mut().clear();
            self.permits.restore();
        }
        result
    }

    /// From 1 to [`MAX_CONNECTIONS`]; another number is taken for the next of these.
    pub fn set_connections(&self, limit: usize) {
        self.permits.set_limit(limit);
    }

    /// How many connections the pool may have.
    pub fn connections(&self) -> usize {
        self.permits.limit()
    }

    /// Messages a minute: in all, and over each connection. 0 is taken for 1.
    pub fn set_rate_limits(&self, total: Option<u32>, connection: Option<u32>) {
        self.pace.set_rate(total);
        self.connection_rate.set(connection);
    }

    /// Makes a message that `send` takes. With signers, it is signed now.
    pub fn outgoing_message<'a>(
        &self,
        sender: Option<&str>,
        recipients: &[String],
        content: &'a [u8],
        options: &'a Options,
    ) -> Result<OutgoingMessage<'a>, Error> {
        let mailer = self.mailer.borrow();
        mailer.outgoing_message(sender, recipients, content, options)
    }

    /// Delivers one message.
    pub async fn send(self: &Rc<Self>, message: &OutgoingMessage<'_>) -> Result<Receipt, Error> {
        single(self.send_all(core::slice::from_ref(message)).await)
    }

    /// Delivers messages over several connections; returns the outcome of each, in their order.
    pub async fn send_all(
        self: &Rc<Self>,
        messages: &[OutgoingMessage<'_>],
    ) -> Vec<Result<Receipt, Error>> {
        let deadlines = self.mailer.borrow().start_call();
        let mut deliveries: Vec<Delivery> = messages.iter().map(Delivery::new).collect();
        let Some(_call) = deadlines.until_total(self.calls.read()).await else {
            return outcomes(deliveries, Some(OUT_OF_TIME));
        };
        let wanted = messages.len().div_ceil(MESSAGES_A_CONNECTION);
        let workers = self.connections().min(wanted);
        let work = Work::new(&mut deliveries);
        join_all((0..workers).map(|_| self.work(&work, &deadlines))).await;
        let failure = work.into_failure();
        outcomes(deliveries, failure)
    }

    /// Whether a turn of so many messages goes on with another one.
    fn goes_on(&self, messages: usize) -> bool {
        let is_limited = self.pace.is_limited() || self.connection_rate.get().is_some();
        !is_limited && (messages < MAX_TURN || !self.permits.are_awaited())
    }

    /// Takes turns until nothing is left to do, or nothing more can be done.
    async fn work(self: &Rc<Self>, work: &Work<'_, '_>, deadlines: &CallDeadlines<N>) {
        while work.is_left() {
            if let Err(error) = self.take_turn(work, deadlines).await {
                return work.fail(error);
            }
        }
    }

    /// Waits for a connection, and sends some messages over it. An error means that none could be opened.
    async fn take_turn(
        self: &Rc<Self>,
        work: &Work<'_, '_>,
        deadlines: &CallDeadlines<N>,
    ) -> Result<(), Error> {
        let (mut place, entry) = self.place(deadlines).await?;
        let Some(first) = work.next() else {
            place.release();
            return Ok(());
        };
        let epoch = place.epoch();
        // Otherwise the server has accepted an envelope before the content ends, so the login has worked.
        let is_early = first.message.early_content == EarlyContent::Allowed;
        let is_unknown = is_early && matches!(entry, Entry::First(_));
        let entry = Cell::new(Some(entry));
        let mut turn = Turn::new(first, |messages| {
            if is_unknown {
                return None;
            }
            // The others need not wait for the receipt.
            self.login.worked(epoch);
            drop(entry.take());
            self.goes_on(messages).then(|| work.next()).flatten()
        });
        if let Err(error) = self.keep_pace(&mut place, deadlines).await {
            work.put_back(turn.into_left());
            place.release();
            return Err(error);
        }
        let expired = place.take_expired();
        let sent = place
            .mailer
            .deliver_until_failure(&mut turn, deadlines, AfterLast::StayOpen);
        let (sent, ()) = join(sent, expired.quit()).await;
        let Err(error) = sent else {
            self.login.worked(epoch);
            place.release();
            return Ok(());
        };
        work.put_back(turn.into_left());
        if is_too_many(&error) && self.permits.others_are_used() {
            place.give_up();
            return Ok(());
        }
        self.login.failed(epoch, &error, self.permits.existing());
        place.release();
        Err(error)
    }

    /// Begins a message that is written piece by piece. It keeps its connection until it ends.
    pub async fn start_message(
        self: &Rc<Self>,
        sender: Option<&str>,
        recipients: &[String],
        options: &Options,
    ) -> Result<PooledMessage<N>, Error> {
        let (envelope, deadlines) = {
            let mailer = self.mailer.borrow();
            let envelope = mailer.streamed_envelope(sender, recipients, options)?;
            (envelope, mailer.start_call())
        };
        let call = deadlines.until_total(self.calls.clone().read_owned()).await;
        let call = call.ok_or(OUT_OF_TIME)?;
        let (mut place, entry) = self.place(&deadlines).await?;
        if let Err(error) = self.keep_pace(&mut place, &deadlines).await {
            place.release();
            return Err(error);
        }
        let mailer = &mut place.mailer;
        let started = mailer.start_streamed(deadlines, &envelope, options).await;
        drop(entry);
        match started {
            Ok(message) => {
                self.login.worked(place.epoch());
                Ok(PooledMessage::new(message, place, call))
            }
            Err(error) => {
                place.release();
                Err(error)
            }
        }
    }

    /// Sends a composed message. If contents are streamed, they are read while the message is sent, in constant
    /// memory and in one transaction; `sources` has them in the order of attaching.
    pub async fn send_composed<S>(
        self: &Rc<Self>,
        composed: &Composed,
        sources: &[S],
        options: &Options,
    ) -> Result<Receipt, Error>
    where
        for<'a> &'a S: Source,
    {
        let (sender, recipients) = (composed.return_path.as_deref(), &composed.recipients);
        if let Some(message) = composed.message() {
            let message = self.outgoing_message(sender, recipients, message, options)?;
            return self.send(&message).await;
        }
        let options = streamed_options(composed, options);
        let mut message = self.start_message(sender, recipients, &options).await?;
        message.write_pieces(&composed.pieces, sources).await?;
        message.finish().await
    }

    /// Opens a session of the caller's own: greeted, secured, and authenticated if credentials are set.
    pub async fn connect(&self) -> Result<Client<N>, Error> {
        let mut mailer = self.mailer.borrow_mut().fork();
        mailer.connect().await
    }

    /// Opens a session of the caller's own, and only reads the greeting, over TLS if that is implicit.
    pub async fn dial(&self) -> Result<Client<N>, Error> {
        let mut mailer = self.mailer.borrow_mut().fork();
        mailer.dial().await
    }

    /// Waits for the calls that have begun, and sends QUIT over each connection.
    pub async fn close(&self) {
        let _none = self.calls.write().await;
        let idle = self.idle.take();
        quit_all(idle.into_iter().map(|idle| idle.connection).collect()).await;
    }

    async fn keep_pace(
        &self,
        place: &mut Place<N>,
        deadlines: &CallDeadlines<N>,
    ) -> Result<(), Error> {
        let now = self.network.now();
        let start = place.pace.next(now, self.connection_rate.get());
        let start = self.pace.next(start);
        if start <= now {
            return Ok(());
        }
        let sleep = self.network.sleep_until(Deadline::at(start));
        deadlines.until_total(sleep).await.ok_or(OUT_OF_TIME)
    }
}

/// Whether the server refuses one more connection, for now.
fn is_too_many(error: &Error) -> bool {
    matches!(error, Error::Rejected(Phase::Greeting | Phase::Hello, reply) if reply.is_transient())
}
