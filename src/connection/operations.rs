//! The operations of a connection: commands, messages, STARTTLS, AUTH, QUIT.

use super::{CallDeadlines, Connection, open};
use crate::net::{Deadline, Network, Read, Source};
use crate::sasl::Credentials;
use crate::smtp::config::PartialDelivery;
use crate::smtp::delivery::MessageInfo;
use crate::smtp::envelope::{Envelope, Receipt};
use crate::smtp::error::{Error, Phase, RecipientReply};
use crate::smtp::options::Options;
use crate::smtp::reply::Reply;
use crate::smtp::sending::{Request, Sending, TimeLeft};
use crate::smtp::session::Session;
use crate::timeouts::Timeout;
use crate::tls;

/// Octets of a message that leave in one write if the server keeps up.
pub(super) const BLOCK: usize = 64 * 1024;

impl<N: Network> Connection<N> {
    /// Begins a call with its own deadlines.
    pub fn begin(&mut self, deadlines: CallDeadlines<N>) {
        self.deadlines = deadlines;
        self.session.transcript().want(self.transcript.is_wanted());
    }

    /// Sends the envelope; the content can follow.
    pub async fn start(
        &mut self,
        envelope: Envelope,
        options: &Options,
        partial_delivery: PartialDelivery,
    ) -> Result<(), Error> {
        self.greet_if_due().await?;
        let info = MessageInfo::Unknown;
        self.session
            .start_message(envelope, options, info, partial_delivery)?;
        self.run().await
    }

    /// Delivers messages one after the other, as far as this connection goes. A job that is not done then needs
    /// another connection. An error is about the login, and the same for all messages that are left.
    pub async fn deliver(&mut self, mut sending: Sending<'_, '_>) -> Result<(), Error> {
        let mut result = Ok(());
        loop {
            let time = if self.deadlines.is_over() {
                TimeLeft::None
            } else {
                TimeLeft::Some
            };
            result = match sending.next(&mut self.session, result, time) {
                Request::Run => self.run().await,
                Request::Write(content) => self.write(content).await,
                Request::Quit => {
                    self.quit().await;
                    Ok(())
                }
                Request::Done => break,
            };
        }
        sending.login_failure().cloned().map_or(Ok(()), Err)
    }

    pub async fn write(&mut self, piece: &[u8]) -> Result<(), Error> {
        let result = self.write_blocks(piece).await;
        self.conclude(result)
    }

    /// Writes all that is left of `source`. The source must not stall for longer than a server may.
    pub async fn write_from(&mut self, mut source: impl Source) -> Result<u64, Error> {
        let mut total = 0;
        loop {
            let deadline = self.deadlines.limit(self.deadlines.timeouts.block);
            let read = source.read_within(deadline).await;
            match read.map_err(|e| self.failed(e, Timeout::Block))? {
                Read::Nothing => {}
                Read::End => return Ok(total),
                Read::Broken => {
                    let what = format!("the source of the message failed after {total} octets");
                    return Err(Error::Other(what));
                }
                Read::Bytes(bytes) => {
                    total += bytes.len() as u64;
                    self.write(&bytes).await?;
                }
            }
        }
    }

    /// Ends the message, and waits for the reply to it.
    pub async fn finish(&mut self) -> Result<Receipt, Error> {
        self.session.finish();
        let result = self.run().await;
        self.session.message_result(result)
    }

    /// Sends DATA after an envelope that was sent command by command; the content can follow.
    pub async fn data(&mut self) -> Result<(), Error> {
        self.greet_if_due().await?;
        self.session.data()?;
        self.run().await
    }

    /// Decodes a challenge. If it is not base64, the exchange is cancelled.
    pub async fn challenge(&mut self, reply: &Reply) -> Result<Vec<u8>, Error> {
        match Session::challenge(reply) {
            Ok(challenge) => Ok(challenge),
            Err(why) => {
                self.ask_at_once(Session::auth_cancel).await?;
                Err(Error::Protocol(Phase::Auth, why.to_string()))
            }
        }
    }

    /// Whether a message's content is being written.
    pub fn is_writing(&self) -> bool {
        self.session.is_writing()
    }

    pub fn refused_recipients(&self) -> Vec<RecipientReply> {
        self.session.refused_recipients()
    }

    /// Sends one command and returns its reply; sends EHLO before if that is due.
    pub async fn ask(
        &mut self,
        command: impl FnOnce(&mut Session) -> Result<(), Error>,
    ) -> Result<Reply, Error> {
        self.greet_if_due().await?;
        self.ask_at_once(command).await
    }

    /// Sends one command and returns its reply.
    pub async fn ask_at_once(
        &mut self,
        command: impl FnOnce(&mut Session) -> Result<(), Error>,
    ) -> Result<Reply, Error> {
        command(&mut self.session)?;
        self.run().await?;
        self.session
            .take_answer()
            .ok_or_else(|| Error::Other("the session ended without a reply".into()))
    }

    /// STARTTLS; EHLO is due after it.
    pub async fn start_tls(&mut self) -> Result<(), Error> {
        self.ask(Session::start_tls).await.map(drop)
    }

    pub async fn authenticate(&mut self, credentials: Credentials) -> Result<Reply, Error> {
        let nonces = super::nonces::<N>()?;
        self.ask(|session| session.authenticate_as(credentials, nonces))
            .await
    }

    pub fn session(&self) -> &Session {
        &self.session
    }

    pub fn tls(&self) -> Option<tls::State> {
        self.tls.as_ref().map(tls::Tls::state)
    }

    /// Sends QUIT if the session allows it, waits for its reply a little, and ends TLS.
    pub async fn quit(&mut self) -> Option<Reply> {
        if !self.session.is_open() {
            return None;
        }
        self.deadlines.timeouts.block = self.deadlines.timeouts.reply(Phase::Quit);
        // Nothing is lost if it fails: what was sent is answered already.
        let reply = self.ask_at_once(Session::quit).await.ok();
        if let Some(tls) = &mut self.tls
            && reply.is_some()
        {
            tls.close();
            let limit = self.deadlines.timeouts.reply(Phase::Quit);
            let deadline = Deadline::after(&self.deadlines.network, limit);
            let _ = open::write_all(&mut self.stream, tls.outgoing(), deadline).await;
        }
        self.session.close();
        reply
    }

    async fn greet_if_due(&mut self) -> Result<(), Error> {
        if self.session.is_hello_due() {
            self.ask_at_once(|session| session.hello(None)).await?;
        }
        Ok(())
    }

    async fn write_blocks(&mut self, message: &[u8]) -> Result<(), Error> {
        for piece in message.chunks(BLOCK) {
            self.session.write(piece)?;
            if self.session.output_len() >= BLOCK {
                self.push().await?;
                self.read_meanwhile().await?;
            }
            while self.session.has_too_many_chunks() {
                self.await_reply().await?;
                self.session.process_pending_replies()?;
            }
        }
        Ok(())
    }
}
