//! A fault in the middle of a good conversation: which, and at which octet.

use std::mem;
use std::time::Duration;

/// How long [`Fault::Slow`] waits before each octet: much less than a client waits for a reply, and much more if
/// the reply has many octets.
pub const PAUSE: Duration = Duration::from_millis(100);

/// What a server does that fails. `Repeat` and `Slow` go on with the script; all others end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// Closes, inside TLS with a close_notify alert.
    Close,
    /// Closes with RST.
    Reset,
    /// Says nothing more, and reads on.
    Silence,
    /// Closes its own direction only, and reads on.
    HalfClose,
    /// Writes octets that are no reply, and then nothing.
    Garbage,
    /// Writes the last reply that is whole once more; [`Place::OnWire`], what went over the network last.
    Repeat,
    /// Says 421, and closes.
    Unavailable,
    /// Writes replies without end.
    EndlessReplies,
    /// Writes lines of one reply without end.
    EndlessLines,
    /// Writes an octet at a time, and waits before each.
    Slow,
    /// Neither reads nor writes any more.
    StopReading,
}

impl Fault {
    pub const ALL: [Fault; 11] = [
        Fault::Close,
        Fault::Reset,
        Fault::Silence,
        Fault::HalfClose,
        Fault::Garbage,
        Fault::Repeat,
        Fault::Unavailable,
        Fault::EndlessReplies,
        Fault::EndlessLines,
        Fault::Slow,
        Fault::StopReading,
    ];

    /// What it writes: for the endless ones, over and over.
    pub fn octets(self) -> &'static [u8] {
        match self {
            Fault::Garbage => b"\x16\xff\0\x9b garbage\r\n\x16\xff\0\x9b garbage\r\n",
            Fault::Unavailable => b"421 4.3.2 Going down\r\n",
            Fault::EndlessReplies => b"250 2.0.0 And another\r\n",
            Fault::EndlessLines => b"250-2.0.0 And another\r\n",
            _ => b"",
        }
    }
}

/// When it does so. Octets are counted from the start of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// Before the octet with this index is said, so after all that the script expects before that. Inside TLS if
    /// that is on.
    Before(usize),
    /// As soon as so many octets are said.
    After(usize),
    /// Before the octet with this index goes over the network: inside TLS, in the middle of a record.
    OnWire(usize),
    /// When so many octets of the client have come over the network, and more are awaited.
    Read(usize),
}

/// The last reply in `said` that is whole; empty if there is none.
pub fn last_reply(said: &[u8]) -> &[u8] {
    let (mut start, mut end, mut last) = (0, 0, &said[..0]);
    for line in said.split_inclusive(|&octet| octet == b'\n') {
        end += line.len();
        if line.ends_with(b"\n") && line.get(3) == Some(&b' ') {
            last = &said[start..end];
            start = end;
        }
    }
    last
}

/// A fault that has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The octets that were said before: for [`Place::OnWire`], without those that had left in part.
    pub said: usize,
    /// Whether the server was in the middle of the TLS handshake.
    pub in_handshake: bool,
}

/// A fault to come.
pub(crate) struct Planned {
    pub(crate) fault: Fault,
    pub(crate) place: Place,
    /// Called when it begins.
    pub(crate) begins: Box<dyn FnOnce() + Send>,
}

/// The fault of one connection, if it has any.
#[derive(Default)]
pub(crate) enum Plan {
    #[default]
    NoFault,
    Ahead(Planned),
    /// Its place is reached, and nothing can follow it.
    Due(Planned),
    Begun,
}

impl Plan {
    pub(crate) fn ahead(&self) -> Option<&Planned> {
        match self {
            Plan::Ahead(planned) => Some(planned),
            _ => None,
        }
    }

    pub(crate) fn is_due(&self) -> bool {
        matches!(self, Plan::Due(_))
    }

    pub(crate) fn has_begun(&self) -> bool {
        matches!(self, Plan::Begun)
    }

    /// Its place is reached. `None` if nothing can follow it; otherwise it begins.
    pub(crate) fn reach(&mut self) -> Option<Fault> {
        match mem::take(self) {
            Plan::Ahead(planned) if matches!(planned.fault, Fault::Repeat | Fault::Slow) => {
                *self = Plan::Begun;
                (planned.begins)();
                Some(planned.fault)
            }
            Plan::Ahead(planned) => {
                *self = Plan::Due(planned);
                None
            }
            other => {
                *self = other;
                None
            }
        }
    }

    /// Begins the fault that is due.
    pub(crate) fn begin(&mut self) -> Option<(Fault, Place)> {
        let Plan::Due(planned) = mem::replace(self, Plan::Begun) else {
            return None;
        };
        (planned.begins)();
        Some((planned.fault, planned.place))
    }
}
