//! Pipelining (RFC 2920): the commands to send, the awaited replies, and the rule which command may follow
//! which.
//!
//! Replies are matched to commands by their order alone, as SMTP has no other way.

use std::collections::VecDeque;
use std::mem;

use super::command::{Command, PendingReply};
use super::outgoing::{Outgoing, Output};
use super::reply::{Reply, ReplyParser};
use super::transcript::{Speaker, TranscriptBuffer};

/// Unsolicited replies kept at most. Servers send one: 421.
const MAX_UNSOLICITED: usize = 4;

/// Chunks that may leave before the replies to them have come.
const MAX_CHUNKS_AHEAD: usize = 4;

/// The commands that may leave behind another one before its reply, if the server offers PIPELINING.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Followers {
    Nothing,
    /// The next command of the group.
    Commands,
    /// Chunks and the end of the message, as far as `MAX_CHUNKS_AHEAD` allows.
    Chunks,
    /// The next envelope or QUIT, if the caller allows it and the server has not shown that it loses them.
    EnvelopeOrQuit,
}

impl PendingReply {
    /// The rule of pipelining: the followers that a command allows.
    pub(super) fn followers(self) -> Followers {
        match self {
            // RFC 2920, section 3.1.
            Self::Rset | Self::Mail | Self::Rcpt(_) => Followers::Commands,
            // RFC 4954, section 4: mechanisms that end with their initial response.
            Self::AuthInGroup => Followers::Commands,
            // RFC 3030, section 2.
            Self::Chunk => Followers::Chunks,
            // RFC 2920, section 3.1, for the replies to a message; LMTP's are many (RFC 2033).
            Self::Message => Followers::EnvelopeOrQuit,
            Self::MessageFor(_) => Followers::Nothing,
            // RFC 2920, section 3.1: the last of their group.
            Self::Ehlo | Self::Data | Self::Noop | Self::Quit | Self::Ask => Followers::Nothing,
            // RFC 3207, section 4: TLS begins after the reply.
            Self::StartTls => Followers::Nothing,
            // The next line depends on the reply.
            Self::Greeting | Self::Helo | Self::Auth | Self::AuthCancel | Self::EmptyMessage => {
                Followers::Nothing
            }
            // The effect of a caller's own command is unknown.
            Self::Raw => Followers::Nothing,
        }
    }
}

/// Whether the end of the last message has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MessageEnd {
    /// It is not written yet, or the driver has it and has not written it.
    NotSent,
    /// It is in the output, at this place.
    At(usize),
    /// It may have left.
    Sent,
}

pub(super) struct Pipeline {
    /// Whether the server offers PIPELINING.
    pub is_offered: bool,
    queue: VecDeque<Command>,
    pending: VecDeque<PendingReply>,
    output: Outgoing,
    message_end: MessageEnd,
    parser: ReplyParser,
    /// Replies that were not processed yet.
    arrived: VecDeque<Reply>,
    /// Why what arrived after them is no reply. It stays so.
    failure: Option<String>,
}

impl Pipeline {
    /// A pipeline for a connection on which the server speaks first.
    pub(super) fn new() -> Self {
        Self {
            is_offered: false,
            queue: VecDeque::new(),
            pending: VecDeque::from([PendingReply::Greeting]),
            output: Outgoing::default(),
            message_end: MessageEnd::NotSent,
            parser: ReplyParser::default(),
            arrived: VecDeque::new(),
            failure: None,
        }
    }

    // --- commands -----------------------------------------------------------------------------

    pub(super) fn queue(&mut self, command: Command) {
        self.queue.push_back(command);
    }

    pub(super) fn queue_all(&mut self, commands: Vec<Command>) {
        self.queue.extend(commands);
    }

    /// Queues a command before all others.
    pub(super) fn queue_first(&mut self, command: Command) {
        self.queue.push_front(command);
    }

    pub(super) fn has_queued(&self) -> bool {
        !self.queue.is_empty()
    }

    pub(super) fn queued(&self) -> impl Iterator<Item = &Command> {
        self.queue.iter()
    }

    /// Takes the queued commands for which `is_taken` is true.
    pub(super) fn take_queued(&mut self, is_taken: impl Fn(&Command) -> bool) -> Vec<Command> {
        let (taken, kept): (Vec<_>, Vec<_>) = self.queue.drain(..).partition(is_taken);
        self.queue = kept.into();
        taken
    }

    /// Moves one group of queued commands to the output: all that may leave in one flight.
    pub(super) fn flush(&mut self, transcript: &mut TranscriptBuffer) {
        while let Some(command) = self.queue.pop_front() {
            transcript.record(Speaker::Client, || command.redacted());
            self.output.push(&command);
            self.pending.push_back(command.awaits);
            let ends_group = command.awaits.followers() == Followers::Nothing;
            if ends_group || !self.is_offered {
                break;
            }
        }
    }

    // --- a message's content ------------------------------------------------------------------

    /// Appends content. `write` returns the number of chunks that it ended.
    pub(super) fn write_content<E>(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>) -> Result<usize, E>,
    ) -> Result<(), E> {
        let chunks = self.output.append(write)?;
        let chunks = std::iter::repeat_n(PendingReply::Chunk, chunks);
        self.pending.extend(chunks);
        Ok(())
    }

    /// Appends the end of a message. These replies answer it.
    pub(super) fn end_message(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>),
        replies: impl IntoIterator<Item = PendingReply>,
    ) {
        self.output.append(write);
        self.message_end = MessageEnd::At(self.output.len());
        self.pending.extend(replies);
    }

    /// Whether the replies to chunks have to come before more content is written.
    pub(super) fn has_too_many_chunks(&self) -> bool {
        let allowed = if self.is_offered { MAX_CHUNKS_AHEAD } else { 0 };
        let is_chunk = |reply: &&PendingReply| **reply == PendingReply::Chunk;
        self.pending.iter().filter(is_chunk).count() > allowed
    }

    /// The number of octets to write.
    pub(super) fn output_len(&self) -> usize {
        self.output.len()
    }

    pub(super) fn take_output(&mut self) -> Output {
        let mut first = mem::take(&mut self.output);
        let MessageEnd::At(end) = self.message_end else {
            return Output {
                first,
                after_message: Outgoing::default(),
            };
        };
        self.message_end = MessageEnd::NotSent;
        let after_message = first.split_off(end);
        Output {
            first,
            after_message,
        }
    }

    /// Call before the last octet of an output's first part is written. It may be the end of a message.
    pub(super) fn mark_message_sent(&mut self) {
        if self.message_end == MessageEnd::NotSent && self.awaits_acceptance() {
            self.message_end = MessageEnd::Sent;
        }
    }

    /// Whether the end of a message was written, and is not answered.
    pub(super) fn awaits_acceptance(&self) -> bool {
        self.pending.iter().any(|reply| reply.ends_message())
    }

    /// Whether the server may have the whole message that it has not answered.
    pub(super) fn may_have_been_delivered(&self) -> bool {
        self.message_end == MessageEnd::Sent && self.awaits_acceptance()
    }

    // --- replies ------------------------------------------------------------------------------

    pub(super) fn awaits_reply(&self) -> bool {
        !self.pending.is_empty()
    }

    /// The reply that comes next.
    pub(super) fn next_pending(&self) -> Option<PendingReply> {
        self.pending.front().copied()
    }

    /// Whether nothing but the replies to chunks is awaited.
    pub(super) fn awaits_only_chunks(&self) -> bool {
        let mut pending = self.pending.iter();
        pending.all(|reply| *reply == PendingReply::Chunk)
    }

    /// Takes the command that the next reply answers. `None` means that the reply is unsolicited: no command
    /// was sent, or the end of the message has not left.
    pub(super) fn take_pending(&mut self) -> Option<PendingReply> {
        let is_premature =
            |reply: &mut PendingReply| reply.ends_message() && self.message_end != MessageEnd::Sent;
        if self.pending.front_mut().is_some_and(is_premature) {
            return None;
        }
        self.pending.pop_front()
    }

    /// Makes the next reply answer `awaits` instead of the command that was sent.
    pub(super) fn replace_next_pending(&mut self, awaits: PendingReply) {
        if let Some(next) = self.pending.front_mut() {
            *next = awaits;
        }
    }

    /// Adds octets that arrived. After a failure they are of no use, and a server may send them without end.
    pub(super) fn receive(&mut self, octets: &[u8]) {
        if self.failure.is_none() {
            self.parser.push(octets);
        }
    }

    /// Whether what arrived is not replies.
    pub(super) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Whether a reply has arrived and is not processed.
    pub(super) fn has_reply(&self) -> bool {
        !self.arrived.is_empty()
    }

    pub(super) fn take_reply(&mut self) -> Option<Reply> {
        self.arrived.pop_front()
    }

    /// Whether octets have arrived that are not processed.
    pub(super) fn has_input(&self) -> bool {
        self.has_reply() || self.parser.has_leftover()
    }

    /// Parses the octets that have arrived. Replies for which `is_secret` is true are hidden in the
    /// transcript.
    pub(super) fn parse(
        &mut self,
        transcript: &mut TranscriptBuffer,
        is_secret: impl Fn(&Reply) -> bool,
    ) -> Result<(), String> {
        let parsed = self.parse_all(transcript, is_secret);
        if let Err(failure) = &parsed {
            self.failure.get_or_insert_with(|| failure.clone());
        }
        parsed
    }

    fn parse_all(
        &mut self,
        transcript: &mut TranscriptBuffer,
        is_secret: impl Fn(&Reply) -> bool,
    ) -> Result<(), String> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        while let Some(reply) = self.parse_one(transcript)? {
            if self.arrived.len() > self.pending.len() + MAX_UNSOLICITED {
                return Err("the server goes on talking without being asked".into());
            }
            if is_secret(&reply) {
                transcript.record_hidden_reply(&reply);
            } else {
                transcript.record_reply(&reply);
            }
            self.arrived.push_back(reply);
        }
        Ok(())
    }

    /// Parses one reply. Records once in the transcript that the server ends lines in LF alone, because other
    /// clients may reject that.
    fn parse_one(&mut self, transcript: &mut TranscriptBuffer) -> Result<Option<Reply>, String> {
        let was_noticed = self.parser.has_bare_line_feed();
        let reply = self.parser.next_reply();
        if self.parser.has_bare_line_feed() && !was_noticed {
            transcript.record(Speaker::Event, || {
                "the server ends lines in LF alone, where CR LF is the rule (RFC 5321, section 2.3.8)"
                    .into()
            });
        }
        reply.map_err(|error| error.to_string())
    }
}
