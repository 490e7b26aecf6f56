//! The resource `mailer`, with a method for each function.

#[cfg(not(feature = "p3"))]
use std::net::TcpStream;
#[cfg(not(feature = "p3"))]
use std::sync::Arc;
#[cfg(not(feature = "p3"))]
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use wasmtime::component::ResourceAny;

use crate::resource::{Resource, ask, call};
#[cfg(not(feature = "p3"))]
use crate::streams;
use crate::{
    AuthPipelining, Credentials, Draft, Envelope, Error, Instance, MessageWriter, Options,
    OutgoingMessage, PasswordCredentials, PipeliningAfterMessage, Protocol, Receipt, Security,
    Session, Signer, Timeout, TlsVersion, TranscriptLine,
};

/// Dropping it drops the resource.
pub struct Mailer<'a>(pub(crate) Resource<'a>);

impl<'a> Mailer<'a> {
    pub(crate) fn new(instance: &'a Instance, handle: ResourceAny) -> Mailer<'a> {
        Mailer(Resource::new(instance, handle))
    }

    pub fn set_port(&self, port: u16) {
        let port = Some(port);
        call!(self, mailer.call_set_port(port))
    }

    pub fn set_security(&self, security: Security) {
        call!(self, mailer.call_set_security(security))
    }

    pub fn set_protocol(&self, protocol: Protocol) {
        call!(self, mailer.call_set_protocol(protocol))
    }

    pub fn set_password(&self, username: &str, password: &str) {
        self.set_credentials(Some(Credentials::Password(PasswordCredentials {
            username: username.into(),
            password: password.into(),
            authorization_id: None,
        })));
    }

    pub fn set_credentials(&self, credentials: Option<Credentials>) {
        call!(self, mailer.call_set_credentials(credentials))
    }

    pub fn set_mechanisms(&self, mechanisms: &[&str]) -> Result<(), Error> {
        let mechanisms: Vec<String> = mechanisms.iter().map(|name| name.to_string()).collect();
        call!(self, mailer.call_set_mechanisms(&mechanisms))
    }

    pub fn set_pipelining_after_message(&self, when: PipeliningAfterMessage) {
        call!(self, mailer.call_set_pipelining_after_message(when))
    }

    pub fn set_plain_fallback(&self, allowed: bool) {
        call!(self, mailer.call_set_plain_fallback(allowed))
    }

    pub fn set_auth_pipelining(&self, when: AuthPipelining) {
        call!(self, mailer.call_set_auth_pipelining(when))
    }

    pub fn set_local_name(&self, name: &str) -> Result<(), Error> {
        call!(self, mailer.call_set_local_name(&name))
    }

    /// None sets the default again.
    pub fn set_timeout(&self, timeout: Timeout, limit: impl Into<Option<Duration>>) {
        let limit = limit.into().map(|limit| limit.as_nanos() as u64);
        call!(self, mailer.call_set_timeout(timeout, limit))
    }

    pub fn set_partial_delivery(&self, allowed: bool) {
        call!(self, mailer.call_set_partial_delivery(allowed))
    }

    pub fn set_content_pipelining(&self, allowed: bool) {
        call!(self, mailer.call_set_content_pipelining(allowed))
    }

    pub fn set_chunking(&self, allowed: bool) {
        call!(self, mailer.call_set_chunking(allowed))
    }

    /// `None` means no limit.
    pub fn set_connection_limits(&self, idle: Option<Duration>, messages: Option<u32>) {
        let idle = idle.map(|idle| idle.as_nanos() as u64);
        call!(self, mailer.call_set_connection_limits(idle, messages))
    }

    pub fn set_server_name(&self, name: &str) -> Result<(), Error> {
        call!(self, mailer.call_set_server_name(&name))
    }

    pub fn set_bundled_roots(&self, trusted: bool) {
        call!(self, mailer.call_set_bundled_roots(trusted))
    }

    pub fn add_trust_anchors(&self, certificates: &[u8]) -> Result<(), Error> {
        call!(self, mailer.call_add_trust_anchors(&certificates))
    }

    pub fn set_client_certificate(&self, chain: &[u8], key: &[u8]) -> Result<(), Error> {
        call!(self, mailer.call_set_client_certificate(&chain, &key))
    }

    pub fn set_minimum_tls(&self, version: TlsVersion) {
        call!(self, mailer.call_set_minimum_tls(version))
    }

    pub fn set_pinned_keys(&self, digests: &[Vec<u8>]) -> Result<(), Error> {
        call!(self, mailer.call_set_pinned_keys(&digests))
    }

    pub fn send(&self, envelope: &Envelope, message: &[u8]) -> Result<Receipt, Error> {
        self.send_with(None, envelope, message)
    }

    pub fn send_with(
        &self,
        options: Option<&Options>,
        envelope: &Envelope,
        message: &[u8],
    ) -> Result<Receipt, Error> {
        let options = options.map(Options::handle);
        call!(self, mailer.call_send(&envelope, &message; options))
    }

    /// Returns one outcome per message.
    pub fn send_all(&self, messages: &[OutgoingMessage]) -> Vec<Result<Receipt, Error>> {
        let options = None;
        call!(self, mailer.call_send_all(&messages; options))
    }

    pub fn start_message(&self, envelope: &Envelope) -> Result<MessageWriter<'a>, Error> {
        self.start_message_with(None, envelope)
    }

    pub fn start_message_with(
        &self,
        options: Option<&Options>,
        envelope: &Envelope,
    ) -> Result<MessageWriter<'a>, Error> {
        let options = options.map(Options::handle);
        let handle = call!(self, mailer.call_start_message(&envelope; options))?;
        Ok(MessageWriter::new(self.0.instance(), handle))
    }

    pub fn connect(&self) -> Result<Session<'a>, Error> {
        let handle = call!(self, mailer.call_connect())?;
        Ok(Session::new(self.0.instance(), handle))
    }

    pub fn dial(&self) -> Result<Session<'a>, Error> {
        let handle = call!(self, mailer.call_dial())?;
        Ok(Session::new(self.0.instance(), handle))
    }

    /// A function of the interface `smtp-streams`: starts a session over a connection of the host.
    #[cfg(not(feature = "p3"))]
    pub fn attach(&self, connection: TcpStream) -> Result<Session<'a>, Error> {
        let mailer = self.0.handle();
        let handle = self.0.instance().call(move |world, store| {
            let (input, output) = streams::from_connection(store, connection)?;
            let streams = world.envoi_mail_smtp_streams();
            streams.call_attach(store, mailer, input, output)
        })?;
        Ok(Session::new(self.0.instance(), handle))
    }

    /// As `attach`, with a host that accepts a GiB at once. `largest` receives the size of the largest
    /// write.
    #[cfg(not(feature = "p3"))]
    pub fn attach_with_large_write_budget(
        &self,
        connection: TcpStream,
        largest: Arc<AtomicUsize>,
    ) -> Result<Session<'a>, Error> {
        let mailer = self.0.handle();
        let handle = self.0.instance().call(move |world, store| {
            let (input, output) = streams::with_large_write_budget(store, connection, largest)?;
            let streams = world.envoi_mail_smtp_streams();
            streams.call_attach(store, mailer, input, output)
        })?;
        Ok(Session::new(self.0.instance(), handle))
    }

    /// A function of the interface `smtp-streams`.
    pub fn send_draft(&self, draft: &Draft) -> Result<Receipt, Error> {
        let (mailer, draft, options) = (self.0.handle(), draft.handle(), None);
        let instance = self.0.instance();
        ask!(
            instance,
            |world| world.envoi_mail_smtp_streams(),
            call_send_draft(mailer, draft, options)
        )
    }

    /// A function of the interface `smtp-dkim`.
    pub fn set_signers(&self, signers: &[&Signer]) {
        let signers: Vec<_> = signers.iter().map(|signer| signer.handle()).collect();
        let (instance, mailer) = (self.0.instance(), self.0.handle());
        ask!(
            instance,
            |world| world.envoi_mail_smtp_dkim(),
            call_set_signers(mailer, signers)
        )
    }

    pub fn close(&self) {
        call!(self, mailer.call_close())
    }

    pub fn set_transcript_lines(&self, lines: u32) {
        call!(self, mailer.call_set_transcript_lines(lines))
    }

    pub fn take_transcript(&self) -> Vec<TranscriptLine> {
        call!(self, mailer.call_take_transcript())
    }
}
