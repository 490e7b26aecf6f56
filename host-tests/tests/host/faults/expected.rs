//! What a fault may lead to: a second reading of what the server said, by the rules of RFC 5321 alone.

use std::time::Duration;

use host_tests::{Error, Phase, Timeout};
use servers::scripted::{Begun, Fault, PAUSE, Place, last_reply};

use super::scenario::{Reply, Session};

/// The kinds of error that faults lead to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Disconnected,
    Timeout,
    Protocol,
    Rejected,
    TlsFailed,
    StarttlsUnavailable,
    ConnectFailed,
    Other,
}

/// What may come of the message in which a fault falls.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    pub(crate) errors: Vec<(Kind, Phase)>,
    /// The recipients for whom it may be accepted.
    pub(crate) accepted: Vec<usize>,
    /// Whether the next message may fail in its place, because the fault shows only then.
    pub(crate) may_spill: bool,
}

/// What a reader of replies sees next.
#[derive(Debug, PartialEq)]
enum Seen {
    /// Its code, and its octets.
    Reply([u8; 3], usize),
    Malformed,
    /// Nothing, or not all of a reply.
    Partial,
}

/// What follows the octets of a fault.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    End,
    Silence,
}

/// The message in which a fault falls, and what may come of it.
pub(crate) fn expected(
    session: &Session,
    (fault, place): (Fault, Place),
    begun: Begun,
    timeout: Duration,
) -> (usize, Expected) {
    let first = session
        .replies
        .partition_point(|reply| reply.octets.end <= begun.said);
    let Some(reply) = session.replies.get(first) else {
        let last = session.replies.last().map_or(0, |reply| reply.message);
        return (last + 1, Expected::after_everything());
    };
    let reader = Reader {
        session,
        fault,
        place,
        begun,
        timeout,
        first,
    };
    let mut expected = match (place, fault) {
        _ if begun.in_handshake => in_handshake(fault),
        // STARTTLS is answered.
        (Place::After(octets), _) if session.tls_after == Some(octets) => {
            let mut expected = in_handshake(fault);
            expected.add(Kind::Protocol, Phase::Starttls);
            expected
        }
        (_, Fault::Slow) => reader.slow(),
        (Place::OnWire(_), _) => {
            let mut expected = reader.on_wire();
            if session.server_finishes_handshake && session.tls_after == Some(begun.said) {
                // The end of the handshake may not have come whole.
                expected.errors.extend(in_handshake(fault).errors);
            }
            expected
        }
        _ => reader.read(),
    };
    let is_idle = matches!(place, Place::After(_)) && reply.phase == Phase::Mail;
    let shows = fault == Fault::Repeat || !fault.octets().is_empty();
    if is_idle && shows && reply.message > 0 {
        // The kept connection may turn out to be of no use before it is used.
        expected.accepted.extend([1, 2]);
    }
    (reply.message, expected)
}

impl Expected {
    fn after_everything() -> Expected {
        Expected {
            may_spill: true,
            ..Expected::default()
        }
    }

    fn add(&mut self, kind: Kind, phase: Phase) {
        self.errors.push((kind, phase));
    }

    /// LMTP: if some recipients have their answers, the message is accepted for these.
    fn with_answers(mut self, accepted: usize) -> Expected {
        if accepted > 0 {
            self.accepted.push(accepted);
            self.errors.clear();
        }
        self
    }
}

/// In the middle of the TLS handshake.
fn in_handshake(fault: Fault) -> Expected {
    let mut expected = Expected::default();
    let kinds: &[Kind] = match fault {
        Fault::Close | Fault::Reset | Fault::HalfClose => &[Kind::Disconnected],
        Fault::Silence | Fault::StopReading => &[Kind::Timeout],
        // The octets may begin or end a record. Too few of them are waited for.
        Fault::Garbage | Fault::Slow => &[Kind::TlsFailed, Kind::Timeout],
        Fault::Repeat | Fault::Unavailable => &[Kind::TlsFailed, Kind::Timeout, Kind::Disconnected],
        Fault::EndlessReplies | Fault::EndlessLines => &[Kind::TlsFailed],
    };
    for kind in kinds {
        expected.add(*kind, Phase::Tls);
    }
    expected
}

/// Reads what the server says from the reply on in which the fault falls.
struct Reader<'a> {
    session: &'a Session,
    fault: Fault,
    place: Place,
    begun: Begun,
    timeout: Duration,
    first: usize,
}

impl Reader<'_> {
    /// The octets that the client sees from the start of the reply, and what follows.
    fn octets(&self) -> (Vec<u8>, Then) {
        let Session { said, .. } = self.session;
        let begun = self.begun.said;
        let start = self.session.replies[self.first].octets.start;
        let mut octets = said[start..begun].to_vec();
        match self.fault {
            Fault::Repeat => {
                octets.extend_from_slice(last_reply(&said[..begun]));
                octets.extend_from_slice(&said[begun..]);
            }
            // The reader stops before the end.
            Fault::EndlessReplies | Fault::EndlessLines => {
                octets.extend_from_slice(&self.fault.octets().repeat(1000));
            }
            _ => octets.extend_from_slice(self.fault.octets()),
        }
        let then = match self.fault {
            Fault::Close | Fault::Reset | Fault::HalfClose | Fault::Unavailable => Then::End,
            _ => Then::Silence,
        };
        (octets, then)
    }

    fn read(&self) -> Expected {
        let mut expected = Expected::default();
        self.add_reset_at_once(&mut expected);
        let (octets, then) = self.octets();
        let (mut left, mut accepted) = (&octets[..], self.accepted_before());
        let message = self.session.replies[self.first].message;
        let replies = self.session.replies[self.first..].iter();
        let own = replies.take_while(|reply| reply.message == message);
        for (number, reply) in own.enumerate() {
            if number > 0 && self.session.tls_after == Some(reply.octets.start) {
                // The client goes on with the TLS handshake.
                for kind in [Kind::Disconnected, Kind::Timeout, Kind::TlsFailed] {
                    expected.add(kind, Phase::Tls);
                }
            }
            if number == 0 && matches!(self.place, Place::After(_)) {
                self.add_unsolicited(&mut expected, left, self.first);
            }
            match see(left) {
                Seen::Reply(code, octets) if reply.is_answered_by(code) => {
                    left = &left[octets..];
                    accepted += usize::from(reply.is_final);
                    // It may be noticed before the client has said what the next reply would answer.
                    self.add_unsolicited(&mut expected, left, self.first + number + 1);
                    self.add_misread(&mut expected, reply);
                    if self.fault == Fault::Repeat {
                        self.add_later(&mut expected, number + 1);
                    }
                    continue;
                }
                // In LMTP, 421 is the answer for one recipient, and the connection ends.
                Seen::Reply([b'4' | b'5', ..], _) if self.is_lmtp() && reply.is_final => {
                    self.add(&mut expected, Kind::Disconnected, reply)
                }
                Seen::Reply([b'4' | b'5', ..], _) => self.add(&mut expected, Kind::Rejected, reply),
                Seen::Reply(..) | Seen::Malformed => self.add(&mut expected, Kind::Protocol, reply),
                Seen::Partial if then == Then::End => {
                    self.add(&mut expected, Kind::Disconnected, reply)
                }
                Seen::Partial => self.add(&mut expected, Kind::Timeout, reply),
            }
            return expected.with_answers(accepted);
        }
        expected.accepted.push(accepted);
        expected.may_spill = true;
        expected
    }

    /// While the client may still send the message, it may be in either of two phases.
    fn add(&self, expected: &mut Expected, kind: Kind, reply: &Reply) {
        expected.add(kind, reply.phase);
        // Before the client has said what the reply would answer, the reply is to nothing.
        let is_unsolicited = matches!(kind, Kind::Protocol | Kind::Rejected);
        if matches!(self.place, Place::After(_)) && is_unsolicited {
            expected.add(kind, Phase::Other);
        }
        let may_be_sending = matches!(self.place, Place::After(_) | Place::Read(_))
            && reply.octets.start == self.session.replies[self.first].octets.start;
        if may_be_sending && reply.phase == Phase::Acceptance {
            expected.add(kind, Phase::Content);
        }
    }

    /// An early RST may be the answer to connecting.
    fn add_reset_at_once(&self, expected: &mut Expected) {
        if self.fault == Fault::Reset && self.begun.said <= self.session.flights[0] {
            expected.add(Kind::ConnectFailed, Phase::Connect);
        }
    }

    /// Whether each recipient has a reply of its own.
    fn is_lmtp(&self) -> bool {
        self.recipients() > 1
    }

    /// The answers for the recipients of the message: one, or in LMTP one for each.
    fn recipients(&self) -> usize {
        let message = self.session.replies[self.first].message;
        let all = self.session.replies.iter();
        all.filter(|reply| reply.is_final && reply.message == message)
            .count()
    }

    /// The recipients whose answers were whole before the fault.
    fn accepted_before(&self) -> usize {
        let message = self.session.replies[self.first].message;
        let before = self.session.replies[..self.first].iter();
        let finals = before.filter(|reply| reply.is_final && reply.message == message);
        finals.count()
    }

    /// Octets that follow a reply before the next one is due.
    fn add_unsolicited(&self, expected: &mut Expected, left: &[u8], next: usize) {
        let Some(next) = self.session.replies.get(next) else {
            return;
        };
        let kind = match see(left) {
            _ if left.is_empty() => return,
            Seen::Reply([b'4' | b'5', ..], _) => Kind::Rejected,
            _ => Kind::Protocol,
        };
        for phase in [next.phase, Phase::Other, Phase::Starttls, Phase::Content] {
            expected.add(kind, phase);
        }
        if next.phase == Phase::Hello {
            // Inside TLS: what comes first is the handshake.
            expected.add(Kind::TlsFailed, Phase::Tls);
            expected.add(Kind::Timeout, Phase::Tls);
            expected.add(Kind::Disconnected, Phase::Tls);
        }
    }

    /// A keyword in the reply to EHLO may be lost, and the session goes on without it.
    fn add_misread(&self, expected: &mut Expected, reply: &Reply) {
        let is_cut = reply.octets.contains(&self.begun.said);
        if reply.phase == Phase::Hello && is_cut {
            expected.add(Kind::StarttlsUnavailable, Phase::Starttls);
            for phase in [Phase::Mail, Phase::Rcpt, Phase::Data] {
                expected.add(Kind::Timeout, phase);
                expected.add(Kind::Disconnected, phase);
            }
        }
    }

    /// Errors of any later step of this message.
    fn add_later(&self, expected: &mut Expected, number: usize) {
        let replies = &self.session.replies[self.first..];
        for reply in &replies[number..] {
            for kind in [Kind::Protocol, Kind::Timeout] {
                self.add(expected, kind, reply);
            }
        }
    }

    /// The rest of a reply comes an octet at a time: too late if it has many octets.
    fn slow(&self) -> Expected {
        let mut expected = Expected::default();
        let replies = &self.session.replies[self.first..];
        let reply = &replies[0];
        let message = reply.message;
        self.add(&mut expected, Kind::Timeout, reply);
        let left = reply.octets.end - self.begun.said;
        // Four times as many as come in time: a busy machine may notice late that a time has passed.
        let octets_in_time = (self.timeout.as_secs_f32() / PAUSE.as_secs_f32() * 4.0) as usize;
        let is_long = left > octets_in_time && !matches!(self.place, Place::OnWire(_));
        let own = replies.iter().take_while(|reply| reply.message == message);
        if is_long {
            return expected.with_answers(self.accepted_before());
        }
        let mut is_in_handshake = matches!(self.place, Place::OnWire(_));
        for later in own {
            self.add(&mut expected, Kind::Timeout, later);
            is_in_handshake |= later.phase == Phase::Starttls;
        }
        if is_in_handshake {
            expected.add(Kind::Timeout, Phase::Tls);
        }
        expected.accepted = (1..=2).collect();
        expected.may_spill = true;
        expected
    }

    /// In the middle of a TLS record, or between two.
    fn on_wire(&self) -> Expected {
        let mut expected = Expected::default();
        let reply = &self.session.replies[self.first];
        match self.fault {
            Fault::Close | Fault::Reset | Fault::HalfClose => {
                self.add(&mut expected, Kind::Disconnected, reply);
            }
            Fault::Silence | Fault::StopReading => self.add(&mut expected, Kind::Timeout, reply),
            _ => {
                self.add(&mut expected, Kind::Protocol, reply);
                expected.add(Kind::TlsFailed, Phase::Tls);
                // What came begins a record, the rest of which does not come.
                self.add(&mut expected, Kind::Timeout, reply);
                self.add(&mut expected, Kind::Disconnected, reply);
            }
        }
        if self.fault == Fault::Repeat {
            // The last write may have been a record of its own that means nothing, such as change_cipher_spec (RFC
            // 8446, section 5): for one more recipient, or for all.
            self.add_later(&mut expected, 0);
            expected
                .accepted
                .extend([self.accepted_before() + 1, self.recipients()]);
            expected.may_spill = true;
        }
        expected
    }
}

/// The next reply (RFC 5321, section 4.2.1).
fn see(octets: &[u8]) -> Seen {
    let (mut code, mut length) = (None, 0);
    for line in octets.split_inclusive(|&octet| octet == b'\n') {
        length += line.len();
        // LF alone ends a line for all clients.
        let Some(text) = line.strip_suffix(b"\n") else {
            return Seen::Partial;
        };
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let [a @ b'2'..=b'5', b @ b'0'..=b'9', c @ b'0'..=b'9', rest @ ..] = text else {
            return Seen::Malformed;
        };
        let of_line = [*a, *b, *c];
        if *code.get_or_insert(of_line) != of_line || length > LONGEST {
            return Seen::Malformed;
        }
        match rest {
            [] | [b' ', ..] => return Seen::Reply(of_line, length),
            [b'-', ..] => {}
            _ => return Seen::Malformed,
        }
    }
    Seen::Partial
}

/// Clients give up on longer replies.
const LONGEST: usize = 16 * 1024;

/// The kind of an error, its phase, and the timeout, if it is one.
pub(crate) fn kind(error: &Error) -> (Kind, Phase, Option<Timeout>) {
    match error {
        Error::Disconnected(phase) => (Kind::Disconnected, *phase, None),
        Error::Timeout(timed_out) => (Kind::Timeout, timed_out.phase, Some(timed_out.limit)),
        Error::ProtocolError((phase, _)) => (Kind::Protocol, *phase, None),
        Error::Rejected(rejection) => (Kind::Rejected, rejection.phase, None),
        Error::TlsFailed(_) => (Kind::TlsFailed, Phase::Tls, None),
        Error::ConnectFailed(_) => (Kind::ConnectFailed, Phase::Connect, None),
        Error::StarttlsUnavailable => (Kind::StarttlsUnavailable, Phase::Starttls, None),
        _ => (Kind::Other, Phase::Other, None),
    }
}
