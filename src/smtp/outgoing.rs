//! The buffer of octets for the server. It may hold a secret: the line of AUTH.
//!
//! Only octets with a secret are wiped. A message's content passes in blocks without one, and wiping these
//! costs as much as copying them.

use std::mem;
use std::ops::Deref;

use zeroize::Zeroize;

use super::command::Command;

/// A buffer that is wiped when it is dropped or moves to grow, once it has held a secret.
#[derive(Default)]
pub struct Outgoing {
    octets: Vec<u8>,
    secret: bool,
}

/// The octets that a session wants to write, in order. The driver knows when the end of a message
/// leaves.
#[derive(Default)]
pub struct Output {
    /// All octets, or those up to and including the end of a message.
    pub first: Outgoing,
    /// The octets behind the end of a message.
    pub after_message: Outgoing,
}

impl Outgoing {
    /// Appends the line of a command, with its CRLF. One with a secret makes the whole buffer secret.
    pub fn push(&mut self, command: &Command) {
        self.secret |= command.has_secret();
        self.make_room(command.len());
        command.write(&mut self.octets);
    }

    /// Appends the octets that `write` adds. They must hold no secret.
    pub fn append<T>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        if !self.secret {
            return write(&mut self.octets);
        }
        // The length is known only afterwards.
        let mut more = Vec::new();
        let result = write(&mut more);
        self.make_room(more.len());
        self.octets.extend_from_slice(&more);
        result
    }

    /// Appends the octets of another buffer.
    pub fn join(&mut self, later: Self) {
        if self.is_empty() {
            *self = later;
            return;
        }
        self.secret |= later.secret;
        self.make_room(later.len());
        self.octets.extend_from_slice(&later);
    }

    /// A copy of the last `count` octets.
    pub fn last(&self, count: usize) -> Self {
        let from = self.len().saturating_sub(count);
        let octets = self.get(from..).unwrap_or_default();
        Self {
            octets: octets.to_vec(),
            secret: self.secret,
        }
    }

    /// Splits off the octets from `at` on.
    pub fn split_off(&mut self, at: usize) -> Self {
        let last = self.last(self.len().saturating_sub(at));
        if self.secret {
            self.octets.iter_mut().skip(at).for_each(Zeroize::zeroize);
        }
        self.octets.truncate(at);
        last
    }

    /// Makes room, and wipes the old buffer: a vector that grows leaves a copy behind.
    fn make_room(&mut self, count: usize) {
        let needed = self.octets.len() + count;
        if !self.secret || needed <= self.octets.capacity() {
            return;
        }
        let larger = Vec::with_capacity(needed.max(2 * self.octets.len()));
        let mut old = mem::replace(&mut self.octets, larger);
        self.octets.extend_from_slice(&old);
        old.zeroize();
    }
}

impl From<Vec<u8>> for Outgoing {
    /// Encrypted octets hold no secret.
    fn from(octets: Vec<u8>) -> Self {
        Self {
            octets,
            secret: false,
        }
    }
}

impl Deref for Outgoing {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.octets
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        if self.secret {
            self.octets.zeroize();
        }
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::super::command::PendingReply;
    use super::*;

    fn secret() -> Command {
        Command::with_secret(
            PendingReply::Auth,
            "AUTH PLAIN ",
            Zeroizing::new("AHVzZXIAc2VjcmV0".into()),
        )
    }

    #[test]
    fn octets_come_out_in_order() {
        let mut outgoing = Outgoing::default();
        outgoing.push(&secret());
        outgoing.push(&Command::new(
            PendingReply::Mail,
            "MAIL FROM:<a@example.org>",
        ));
        assert_eq!(outgoing.append(|out| out.extend(b"hello")), ());
        let mut all = outgoing.last(5);
        all.join(outgoing);
        let lines = "AUTH PLAIN AHVzZXIAc2VjcmV0\r\nMAIL FROM:<a@example.org>\r\nhello";
        assert_eq!(all.to_vec(), format!("hello{lines}").as_bytes());
    }

    #[test]
    fn a_buffer_with_a_secret_moves_only_if_it_is_full() {
        let mut outgoing = Outgoing::default();
        outgoing.push(&secret());
        for _ in 0..100 {
            let command = Command::new(PendingReply::Rcpt(0), "RCPT TO:<b@example.org>");
            let place = outgoing.octets.as_ptr();
            let full = outgoing.octets.capacity() - outgoing.len() < command.len();
            outgoing.push(&command);
            assert_eq!(outgoing.octets.as_ptr() == place, !full);
        }
    }

    #[test]
    fn a_part_of_a_buffer_with_a_secret_counts_as_secret() {
        let mut outgoing = Outgoing::default();
        outgoing.push(&Command::new(PendingReply::Ehlo, "EHLO client.example.org"));
        assert!(!outgoing.secret);
        outgoing.push(&secret());
        assert!(outgoing.secret && outgoing.last(3).secret);
        let mut before = Outgoing::from(b"sealed".to_vec());
        assert!(!before.secret);
        before.join(outgoing);
        assert!(before.secret);
    }
}
