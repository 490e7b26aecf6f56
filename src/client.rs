//! One session with one server, command by command.

use crate::connection::{Clock, Connection, Letter};
use crate::handle::Handle;
use crate::message::Message;
use crate::sasl::Credentials;
use crate::smtp::envelope::Envelope;
use crate::smtp::error::{Error, Phase};
use crate::smtp::local_name::LocalName;
use crate::smtp::mailbox::Mailbox;
use crate::smtp::parameters::Options;
use crate::smtp::receipt::Receipt;
use crate::smtp::reply::Reply;
use crate::smtp::session::{Dialect, Session};
use crate::timeouts::Timeouts;
use crate::tls;

/// A session. Dropping it closes the connection without QUIT.
pub struct Client {
    connection: Handle,
    greeting: Reply,
    dialect: Dialect,
    timeouts: Timeouts,
}

/// What the server waits for in an exchange of the caller's own.
pub enum AuthStep {
    /// The server's challenge, decoded.
    Challenge(Vec<u8>),
    Done(Reply),
}

impl Client {
    pub(crate) fn new(connection: Connection, timeouts: Timeouts) -> Result<Self, Error> {
        let greeting = connection.session().greeting().cloned();
        Ok(Self {
            dialect: connection.session().dialect(),
            greeting: greeting.ok_or(Error::Disconnected(Phase::Greeting))?,
            connection: Handle::new(connection),
            timeouts,
        })
    }

    /// The server's first reply.
    pub fn greeting(&self) -> Reply {
        self.greeting.clone()
    }

    /// EHLO, and HELO where EHLO is not understood.
    pub fn hello(&self, local_name: &str) -> Result<Reply, Error> {
        let name = LocalName::parse(local_name).map_err(Error::InvalidArgument)?;
        self.connection.call(self.clock(), |connection| {
            connection.ask_at_once(|session| session.hello(Some(name)))
        })
    }

    pub fn extension(&self, keyword: &str) -> Option<String> {
        self.look(|session| session.extensions().get(keyword).map(String::from))?
    }

    pub fn extensions(&self) -> Vec<(String, String)> {
        let all = self.look(|session| {
            let all = session.extensions().iter();
            all.map(|(keyword, parameters)| (keyword.into(), parameters.into()))
                .collect()
        });
        all.unwrap_or_default()
    }

    pub fn start_tls(&self) -> Result<(), Error> {
        self.connection.call(self.clock(), Connection::start_tls)
    }

    pub fn tls(&self) -> Option<tls::State> {
        self.connection.look(Connection::tls)?
    }

    pub fn authenticate(&self, credentials: Credentials) -> Result<Reply, Error> {
        self.connection.call(self.clock(), |connection| {
            connection.authenticate(credentials)
        })
    }

    /// A mechanism of the caller's own.
    pub fn auth_start(&self, mechanism: &str, initial: Option<&[u8]>) -> Result<AuthStep, Error> {
        self.auth_step(|session| session.auth_start(mechanism, initial))
    }

    pub fn auth_respond(&self, response: &[u8]) -> Result<AuthStep, Error> {
        self.auth_step(|session| session.auth_respond(response))
    }

    pub fn auth_cancel(&self) -> Result<Reply, Error> {
        self.ask(Session::auth_cancel)
    }

    pub fn mail(&self, sender: Option<&str>, options: &Options) -> Result<Reply, Error> {
        let sender = sender.map(Mailbox::parse).transpose();
        let sender = sender.map_err(|why| Error::InvalidArgument(format!("sender: {why}")))?;
        self.ask(|session| session.mail(sender.as_ref(), options))
    }

    pub fn rcpt(&self, recipient: &str, options: &Options) -> Result<Reply, Error> {
        let recipient = self
            .dialect
            .recipient(recipient)
            .map_err(|why| Error::InvalidArgument(format!("recipient: {why}")))?;
        self.ask(|session| session.rcpt(recipient, options))
    }

    /// The content, after at least one accepted `rcpt`.
    pub fn data(&self) -> Result<Message, Error> {
        self.connection.call(self.clock(), Connection::data)?;
        Ok(Message::new(self.connection.clone()))
    }

    /// `mail`, `rcpt` and `data` in as few round trips as the server allows.
    pub fn send(
        &self,
        sender: Option<&str>,
        recipients: &[String],
        message: &[u8],
        options: &Options,
    ) -> Result<Receipt, Error> {
        let envelope = Envelope::parse(sender, recipients, self.dialect)?;
        let letter = Letter::new(envelope, options, message, true, false)?;
        self.connection
            .call(self.clock(), |connection| connection.send(&letter))
    }

    pub fn reset(&self) -> Result<Reply, Error> {
        self.ask(Session::reset)
    }

    pub fn noop(&self) -> Result<Reply, Error> {
        self.ask(Session::noop)
    }

    pub fn verify(&self, address: &str) -> Result<Reply, Error> {
        self.ask(|session| session.ask("VRFY", Some(address)))
    }

    pub fn expand(&self, name: &str) -> Result<Reply, Error> {
        self.ask(|session| session.ask("EXPN", Some(name)))
    }

    pub fn help(&self, topic: Option<&str>) -> Result<Reply, Error> {
        self.ask(|session| session.ask("HELP", topic))
    }

    /// Any other command: one line out, one reply back, whatever its code.
    pub fn command(&self, line: &str) -> Result<Reply, Error> {
        self.ask(|session| session.raw(line))
    }

    /// Closes the connection, whatever the reply.
    pub fn quit(self) -> Result<Reply, Error> {
        let result = self.connection.call(self.clock(), |connection| {
            if connection.is_writing() {
                return Err(Error::WrongState(
                    "a message is on its way: the connection is closed without QUIT".into(),
                ));
            }
            connection.quit().ok_or(Error::Disconnected(Phase::Quit))
        });
        self.connection.cut();
        result
    }

    fn clock(&self) -> Clock {
        Clock::start(&self.timeouts)
    }

    fn ask(&self, command: impl FnOnce(&mut Session) -> Result<(), Error>) -> Result<Reply, Error> {
        self.connection
            .call(self.clock(), |connection| connection.ask(command))
    }

    fn auth_step(
        &self,
        command: impl FnOnce(&mut Session) -> Result<(), Error>,
    ) -> Result<AuthStep, Error> {
        self.connection.call(self.clock(), |connection| {
            let reply = connection.ask(command)?;
            match connection.session().is_challenged() {
                true => connection.challenge(&reply).map(AuthStep::Challenge),
                false => Ok(AuthStep::Done(reply)),
            }
        })
    }

    fn look<T>(&self, look: impl FnOnce(&Session) -> T) -> Option<T> {
        self.connection
            .look(|connection| look(connection.session()))
    }
}
