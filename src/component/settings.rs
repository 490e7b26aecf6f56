//! The settings of a mailer, which `smtp` and `smtp-async` have in common.

/// The functions of the resource `mailer` that set something, or talk to no server. `Self::change` changes the
/// crate's mailer. It is a macro because each interface has a trait of its own.
macro_rules! settings {
    () => {
        fn set_port(&self, port: Option<u16>) {
            self.change(|mailer| mailer.set_port(port));
        }

        fn set_security(&self, security: wit::Security) {
            self.change(|mailer| mailer.set_security(security.into()));
        }

        fn set_protocol(&self, protocol: wit::Protocol) {
            self.change(|mailer| mailer.set_protocol(protocol.into()));
        }

        fn set_credentials(&self, credentials: Option<wit::Credentials>) {
            self.change(|mailer| mailer.set_credentials(credentials.map(Into::into)));
        }

        fn set_mechanisms(&self, mechanisms: Vec<String>) -> Result<(), wit::Error> {
            checked(self.change(|mailer| mailer.set_mechanisms(&mechanisms)))
        }

        fn set_initial_response(&self, when: wit::InitialResponse) {
            self.change(|mailer| mailer.set_initial_response(when.into()));
        }

        fn set_pipelining_after_message(&self, when: wit::PipeliningAfterMessage) {
            self.change(|mailer| mailer.set_pipelining_after_message(when.into()));
        }

        fn set_chunking(&self, allowed: bool) {
            self.change(|mailer| mailer.set_chunking(allowed));
        }

        fn set_plain_fallback(&self, allowed: bool) {
            self.change(|mailer| mailer.set_plain_fallback(allowed));
        }

        fn set_auth_pipelining(&self, when: wit::AuthPipelining) {
            self.change(|mailer| mailer.set_auth_pipelining(when.into()));
        }

        fn set_local_name(&self, name: String) -> Result<(), wit::Error> {
            checked(self.change(|mailer| mailer.set_local_name(&name)))
        }

        fn set_timeout(&self, timeout: wit::Timeout, limit: Option<u64>) {
            let limit = limit.map(Duration::from_nanos);
            self.change(|mailer| mailer.set_timeout(timeout.into(), limit));
        }

        fn set_partial_delivery(&self, allowed: bool) {
            self.change(|mailer| mailer.set_partial_delivery(allowed));
        }

        fn set_content_pipelining(&self, allowed: bool) {
            self.change(|mailer| mailer.set_early_content(allowed));
        }

        fn set_connection_limits(&self, idle: Option<u64>, messages: Option<u32>) {
            let idle = idle.map(Duration::from_nanos);
            self.change(|mailer| mailer.set_connection_limits(idle, messages));
        }

        fn set_server_name(&self, name: String) -> Result<(), wit::Error> {
            checked(self.change(|mailer| mailer.set_server_name(&name)))
        }

        fn set_bundled_roots(&self, trusted: bool) {
            self.change(|mailer| mailer.set_bundled_roots(trusted));
        }

        fn add_trust_anchors(&self, certificates: Vec<u8>) -> Result<(), wit::Error> {
            checked(self.change(|mailer| mailer.add_trust_anchors(&certificates)))
        }

        fn set_client_certificate(&self, chain: Vec<u8>, key: Vec<u8>) -> Result<(), wit::Error> {
            let key = Zeroizing::new(key);
            checked(self.change(|mailer| mailer.set_client_certificate(&chain, &key)))
        }

        fn set_minimum_tls(&self, version: wit::TlsVersion) {
            self.change(|mailer| mailer.set_only_tls13(version == wit::TlsVersion::Tls13));
        }

        fn set_pinned_keys(&self, digests: Vec<Vec<u8>>) -> Result<(), wit::Error> {
            checked(self.change(|mailer| mailer.set_pinned_keys(&digests)))
        }

        fn set_transcript_lines(&self, lines: u32) {
            self.change(|mailer| {
                mailer.set_transcript(usize::try_from(lines).unwrap_or(usize::MAX))
            });
        }

        fn take_transcript(&self) -> Vec<wit::TranscriptLine> {
            self.change(|mailer| mailer.take_transcript())
                .into_iter()
                .map(Into::into)
                .collect()
        }
    };
}

pub(super) use settings;
