//! Octets on their way to the server, some of which may be a secret: the line of AUTH.
//!
//! Only those that hold a secret are wiped. A message's content goes by in blocks that hold none, and
//! wiping these would cost as much as copying them.

use std::mem;
use std::ops::Deref;

use zeroize::Zeroize;

use super::line::Line;

/// Wiped when it is dropped, and where it moves to grow, once a secret has been put into it.
#[derive(Default)]
pub struct Outgoing {
    octets: Vec<u8>,
    secret: bool,
}

impl Outgoing {
    pub fn push(&mut self, line: &Line) {
        self.secret |= line.is_secret();
        self.make_room(line.len());
        line.write(&mut self.octets);
    }

    /// Appends what `write` does, which is no secret.
    pub fn append<T>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        if !self.secret {
            return write(&mut self.octets);
        }
        // How much it is shows only afterwards.
        let mut more = Vec::new();
        let result = write(&mut more);
        self.make_room(more.len());
        self.octets.extend_from_slice(&more);
        result
    }

    /// Appends what is to leave later.
    pub fn join(&mut self, later: Self) {
        if self.is_empty() {
            *self = later;
            return;
        }
        self.secret |= later.secret;
        self.make_room(later.len());
        self.octets.extend_from_slice(&later);
    }

    /// The last octets, so many of them, by themselves.
    pub fn last(&self, count: usize) -> Self {
        let from = self.len().saturating_sub(count);
        let octets = self.get(from..).unwrap_or_default();
        Self {
            octets: octets.to_vec(),
            secret: self.secret,
        }
    }

    /// All of it, for who wipes it if need be.
    pub(super) fn octets(&mut self) -> &mut Vec<u8> {
        &mut self.octets
    }

    /// A vector that grows leaves a copy behind.
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
    /// Holds no secret: it is encrypted.
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

    use super::*;

    fn secret() -> Line {
        Line::with_secret("AUTH PLAIN ", Zeroizing::new("AHVzZXIAc2VjcmV0".into()))
    }

    #[test]
    fn what_is_put_in_comes_out_in_order() {
        let mut outgoing = Outgoing::default();
        outgoing.push(&secret());
        outgoing.push(&Line::open("MAIL FROM:<a@example.org>"));
        assert_eq!(outgoing.append(|out| out.extend(b"hello")), ());
        let mut all = outgoing.last(5);
        all.join(outgoing);
        let lines = "AUTH PLAIN AHVzZXIAc2VjcmV0\r\nMAIL FROM:<a@example.org>\r\nhello";
        assert_eq!(all.to_vec(), format!("hello{lines}").as_bytes());
    }

    #[test]
    fn room_is_made_before_it_is_needed_once_a_secret_is_in() {
        let mut outgoing = Outgoing::default();
        outgoing.push(&secret());
        for _ in 0..100 {
            let line = Line::open("RCPT TO:<b@example.org>");
            let place = outgoing.octets.as_ptr();
            let full = outgoing.octets.capacity() - outgoing.len() < line.len();
            outgoing.push(&line);
            assert_eq!(outgoing.octets.as_ptr() == place, !full);
        }
    }

    #[test]
    fn a_part_of_what_holds_a_secret_holds_it_too() {
        let mut outgoing = Outgoing::default();
        outgoing.push(&Line::open("EHLO client.example.org"));
        assert!(!outgoing.secret);
        outgoing.push(&secret());
        assert!(outgoing.secret && outgoing.last(3).secret);
        let mut before = Outgoing::from(b"sealed".to_vec());
        assert!(!before.secret);
        before.join(outgoing);
        assert!(before.secret);
    }
}
