//! The operations of a connection: commands, messages, STARTTLS, AUTH, QUIT.

use super::{CallDeadlines, Connection, open};
use crate::net::{self, Deadline, Network, Read, Source};
use crate::smtp::config::PartialDelivery;
use crate::smtp::delivery::MessageInfo;
use crate::smtp::envelope::Envelope;
use crate::smtp::error::{Error, Phase, RecipientReply};
use crate::smtp::local_name::LocalName;
use crate::smtp::parameters::Options;
use crate::smtp::receipt::Receipt;
use crate::smtp::reply::Reply;
use crate::smtp::sending::{Request, Sending, TimeLeft};
use crate::smtp::session::{AuthStep, Session};
use crate::smtp::transfer_encoding::TransferEncoding;
use crate::timeouts::Timeout;
use crate::tls;

/// Octets of a message that leave in one write if the server keeps up.
pub(super) const BLOCK: usize = 64 * 1024;

/// Gives a command to the session. Boxed, so that the driver is compiled once for all commands.
pub(crate) type Command<'a> = Box<dyn FnOnce(&mut Session) -> Result<(), Error> + 'a>;

impl<N: Network> Connection<N> {
    /// Begins a call with its own deadlines.
    pub(crate) fn begin(&mut self, deadlines: CallDeadlines<N>) {
        self.deadlines = deadlines;
        self.session
            .transcript()
            .set_enabled(self.transcript.is_wanted());
    }

    /// Sends the envelope of a message that is written in pieces; the content can follow.
    pub(crate) async fn start(
        &mut self,
        envelope: &Envelope,
        options: &Options,
        partial_delivery: PartialDelivery,
    ) -> Result<(), Error> {
        self.greet_if_due().await?;
        let info = MessageInfo::Unknown;
        self.session
            .start_message(envelope.clone(), options, info, partial_delivery)?;
        self.run().await
    }

    /// Delivers messages one after the other, as far as this connection goes. A job that is not done then needs
    /// another connection. An error is about the login, and the same for all messages that are left.
    pub(crate) async fn deliver(&mut self, mut sending: Sending<'_, '_>) -> Result<(), Error> {
        let mut result = Ok(());
        loop {
            let time_left = || {
                if self.deadlines.is_over() {
                    TimeLeft::None
                } else {
                    TimeLeft::Some
                }
            };
            result = match sending.next(&mut self.session, result, &time_left) {
                Request::Run => self.run().await,
                Request::Write(pieces) => self.write(&pieces).await,
                Request::Quit => {
                    self.quit().await;
                    Ok(())
                }
                Request::Done => break,
            };
        }
        sending.login_failure().cloned().map_or(Ok(()), Err)
    }

    /// Writes pieces of a message, one after the other.
    pub(crate) async fn write(&mut self, pieces: &[&[u8]]) -> Result<(), Error> {
        let result = self.write_blocks(pieces).await;
        self.conclude(result)
    }

    /// Writes all that is left of `source`, and returns how many octets that was before they were encoded. The
    /// source must not stall for longer than a server may.
    pub(crate) async fn write_from(
        &mut self,
        mut source: impl Source,
        mut encoding: TransferEncoding,
    ) -> Result<u64, Error> {
        let mut total = 0;
        loop {
            let deadline = self.deadlines.limit(self.deadlines.timeouts.block);
            let network = &self.deadlines.network;
            let read = net::read_something(network, &mut source, deadline).await;
            let (encoded, is_end) = match read.map_err(|e| self.failed(e, Timeout::Block))? {
                Read::Nothing => continue,
                Read::Broken => {
                    let what = format!("the source of the message failed after {total} octets");
                    return Err(Error::Other(what));
                }
                Read::End => (encoding.end(), true),
                Read::Bytes(octets) => {
                    total += octets.len() as u64;
                    (encoding.encode(octets), false)
                }
            };
            self.write(&[&encoded]).await?;
            if is_end {
                return Ok(total);
            }
        }
    }

    /// Ends the message, and waits for the reply to it.
    pub(crate) async fn finish(&mut self) -> Result<Receipt, Error> {
        self.session.finish();
        let result = self.run().await;
        self.session.message_result(result)
    }

    /// Sends DATA after an envelope that was sent command by command; the content can follow.
    pub(crate) async fn data(&mut self) -> Result<(), Error> {
        self.greet_if_due().await?;
        self.session.data()?;
        self.run().await
    }

    /// Whether a message's content is being written.
    pub(crate) fn is_writing(&self) -> bool {
        self.session.is_writing()
    }

    pub(crate) fn refused_recipients(&self) -> Vec<RecipientReply> {
        self.session.refused_recipients()
    }

    /// Sends one command and returns its reply; sends EHLO before if that is due.
    pub(crate) async fn ask(&mut self, command: Command<'_>) -> Result<Reply, Error> {
        self.greet_if_due().await?;
        command(&mut self.session)?;
        self.answer().await
    }

    /// A step of an AUTH exchange whose mechanism is the caller's own. A challenge that is not base64 cancels
    /// the exchange.
    pub(crate) async fn auth_step(&mut self, command: Command<'_>) -> Result<AuthStep, Error> {
        let reply = self.ask(command).await?;
        if !self.session.is_challenged() {
            return Ok(AuthStep::Done(reply));
        }
        match Session::challenge(&reply) {
            Ok(challenge) => Ok(AuthStep::Challenge(challenge)),
            Err(why) => {
                self.session.auth_cancel()?;
                self.answer().await?;
                Err(Error::Protocol(Phase::Auth, why.to_string()))
            }
        }
    }

    /// EHLO or HELO with a name of the caller's own.
    pub(crate) async fn hello(&mut self, name: LocalName) -> Result<Reply, Error> {
        self.session.hello(Some(name))?;
        self.answer().await
    }

    /// Waits for the reply to the command that was given to the session.
    async fn answer(&mut self) -> Result<Reply, Error> {
        self.run().await?;
        self.session
            .take_answer()
            .ok_or_else(|| Error::Other("the session ended without a reply".into()))
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    pub(crate) fn tls(&self) -> Option<tls::State> {
        self.tls.as_ref().map(tls::Tls::state)
    }

    /// Sends QUIT if the session allows it, waits for its reply a little, and ends TLS.
    pub(crate) async fn quit(&mut self) -> Option<Reply> {
        if !self.session.is_open() {
            return None;
        }
        self.deadlines.timeouts.block = self.deadlines.timeouts.reply(Phase::Quit);
        // Nothing is lost if it fails: all messages are answered already.
        let reply = match self.session.quit() {
            Ok(()) => self.answer().await.ok(),
            Err(_) => None,
        };
        if let Some(tls) = &mut self.tls
            && reply.is_some()
        {
            tls.close();
            let limit = self.deadlines.timeouts.reply(Phase::Quit);
            let network = &self.deadlines.network;
            let deadline = Deadline::after(network, limit);
            let _ = open::write_all(network, &mut self.stream, tls.outgoing(), deadline).await;
        }
        self.session.close();
        reply
    }

    async fn greet_if_due(&mut self) -> Result<(), Error> {
        if self.session.is_hello_due() {
            self.session.hello(None)?;
            self.answer().await?;
        }
        Ok(())
    }

    async fn write_blocks(&mut self, pieces: &[&[u8]]) -> Result<(), Error> {
        for piece in pieces.iter().flat_map(|piece| piece.chunks(BLOCK)) {
            self.session.write(piece)?;
            if self.session.output_len() >= BLOCK {
                self.push().await?;
                self.read_meanwhile().await?;
            }
            while self.session.has_too_many_chunks() {
                // What has arrived may be no reply, and then nothing else comes.
                self.session.check_arrived()?;
                self.await_reply().await?;
                self.session.process_pending_replies()?;
            }
        }
        Ok(())
    }
}
