//! What can be asked of a connection.

use super::{Clock, Connection};
use crate::net::{self, Deadline, InputStream, Read};
use crate::sasl::Credentials;
use crate::smtp::delivery::Content;
use crate::smtp::envelope::Envelope;
use crate::smtp::error::{Error, Phase, RecipientReply};
use crate::smtp::parameters::Options;
use crate::smtp::receipt::Receipt;
use crate::smtp::reply::Reply;
use crate::smtp::session::Session;
use crate::timeouts::Timeout;
use crate::tls;

/// Octets of a message that leave in one write where the server keeps up.
pub(super) const BLOCK: usize = 64 * 1024;

impl Connection {
    /// A new call: its time begins.
    pub fn begin(&mut self, clock: Clock) {
        self.clock = clock;
        self.session
            .words()
            .set_enabled(self.transcript.is_wanted());
    }

    /// As far as a message's content can leave.
    pub fn start(
        &mut self,
        envelope: Envelope,
        options: &Options,
        content: Content,
        partial: bool,
    ) -> Result<(), Error> {
        self.greet_if_due()?;
        self.session.deliver(envelope, options, content, partial)?;
        self.run()
    }

    pub fn write(&mut self, piece: &[u8]) -> Result<(), Error> {
        let result = self.write_blocks(piece);
        self.conclude(result)
    }

    /// All that is left of `source`, which must not stall for longer than a server may.
    pub fn write_from(&mut self, source: &InputStream) -> Result<u64, Error> {
        let mut total = 0;
        loop {
            let deadline = self.clock.limit(self.clock.timeouts.block);
            match net::read(source) {
                Read::Nothing => net::wait_to_read(source, deadline)
                    .map_err(|e| self.failed(e, Timeout::Block))?,
                Read::End => return Ok(total),
                Read::Broken => {
                    let what = format!("the source of the message failed after {total} octets");
                    return Err(Error::Other(what));
                }
                Read::Bytes(bytes) => {
                    total += bytes.len() as u64;
                    self.write(&bytes)?;
                }
            }
        }
    }

    /// Ends the message, and waits for the answer to it.
    pub fn finish(&mut self) -> Result<Receipt, Error> {
        self.session.finish();
        let result = self.run();
        self.receipt(result)
    }

    /// What became of the message that has ended, given how its session went on.
    pub(super) fn receipt(&mut self, result: Result<(), Error>) -> Result<Receipt, Error> {
        // LMTP may have answered for some before the connection ended.
        match (result, self.session.take_receipt()) {
            (Ok(()), Some(receipt)) => Ok(receipt),
            (Ok(()), None) => Err(Error::Other("the session ended without a receipt".into())),
            (Err(error), _) if error.may_have_been_delivered() => {
                self.session.take_partial_receipt().ok_or(error)
            }
            (Err(error), _) => Err(error),
        }
    }

    /// As far as the content of a message whose envelope was said step by step.
    pub fn data(&mut self) -> Result<(), Error> {
        self.greet_if_due()?;
        self.session.data()?;
        self.run()
    }

    /// What a challenge says; the exchange is cancelled where that is not base64.
    pub fn challenge(&mut self, reply: &Reply) -> Result<Vec<u8>, Error> {
        match Session::challenge(reply) {
            Ok(challenge) => Ok(challenge),
            Err(why) => {
                self.ask_at_once(Session::auth_cancel)?;
                Err(Error::Protocol(Phase::Auth, why))
            }
        }
    }

    /// Whether a message is on its way.
    pub fn is_writing(&self) -> bool {
        self.session.is_writing()
    }

    pub fn refused_recipients(&self) -> Vec<RecipientReply> {
        self.session.refused_recipients()
    }

    /// One command and its reply; EHLO first where it is due.
    pub fn ask(
        &mut self,
        command: impl FnOnce(&mut Session) -> Result<(), Error>,
    ) -> Result<Reply, Error> {
        self.greet_if_due()?;
        self.ask_at_once(command)
    }

    /// One command and its reply.
    pub fn ask_at_once(
        &mut self,
        command: impl FnOnce(&mut Session) -> Result<(), Error>,
    ) -> Result<Reply, Error> {
        command(&mut self.session)?;
        self.answer()
    }

    /// The reply to what is said.
    fn answer(&mut self) -> Result<Reply, Error> {
        self.run()?;
        self.session
            .take_answer()
            .ok_or_else(|| Error::Other("the session ended without a reply".into()))
    }

    /// STARTTLS; EHLO is due after it.
    pub fn start_tls(&mut self) -> Result<(), Error> {
        self.ask(Session::start_tls).map(drop)
    }

    pub fn authenticate(&mut self, credentials: Credentials) -> Result<Reply, Error> {
        let nonces = super::nonces()?;
        self.ask(|session| session.authenticate_as(credentials, nonces))
    }

    pub fn session(&self) -> &Session {
        &self.session
    }

    pub fn tls(&self) -> Option<tls::State> {
        self.tls.as_ref().map(tls::Tls::state)
    }

    /// Says QUIT where it has a place, waits for its reply a little, and ends TLS.
    pub fn quit(&mut self) -> Option<Reply> {
        if !self.session.is_open() {
            return None;
        }
        self.clock.timeouts.block = self.clock.timeouts.reply(Phase::Quit);
        // Nothing is lost where it fails: what was sent is answered already.
        let reply = self.ask_at_once(Session::quit).ok();
        if let Some(tls) = &mut self.tls
            && reply.is_some()
        {
            tls.close();
            let deadline = Deadline::after(self.clock.timeouts.reply(Phase::Quit));
            let _ = self.socket.write_all(tls.outgoing(), deadline);
        }
        self.session.end();
        reply
    }

    pub(super) fn greet_if_due(&mut self) -> Result<(), Error> {
        match self.session.is_hello_due() {
            true => self.ask_at_once(|session| session.hello(None)).map(drop),
            false => Ok(()),
        }
    }

    fn write_blocks(&mut self, message: &[u8]) -> Result<(), Error> {
        for piece in message.chunks(BLOCK) {
            self.session.write(piece)?;
            if self.session.outgoing().len() >= BLOCK {
                self.push()?;
                self.read_meanwhile()?;
            }
            while self.session.is_ahead() {
                self.await_reply()?;
                self.session.hear_arrived()?;
            }
        }
        Ok(())
    }
}
