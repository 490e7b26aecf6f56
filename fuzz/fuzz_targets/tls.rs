//! The TLS client: a real handshake whose records are cut, joined, changed, lost or repeated on the way.
//!
//! An input is words of a letter and a number: `2` and `3` choose the version; `d10` delivers ten octets, `w`
//! all that wait; `f7` flips a bit, `x7` drops an octet, `r7` repeats one, and `i7` puts a 7 in; `s` and `c` let
//! the server and the client send; `k` changes the server's keys; `q` closes. At the end all is delivered.
#![no_main]

use std::sync::{Arc, LazyLock};

use envoi::tls::{Error, Settings};
use envoi_fuzz::tls_peer::{Pair, good_chain, good_settings, server};
use libfuzzer_sys::fuzz_target;
use rustls::ServerConfig;
use rustls::version::{TLS12, TLS13};

static OLD: LazyLock<Arc<ServerConfig>> = LazyLock::new(|| server(good_chain(), &[&TLS12]));
static NEW: LazyLock<Arc<ServerConfig>> = LazyLock::new(|| server(good_chain(), &[&TLS13]));

fuzz_target!(|input: &[u8]| {
    let words = String::from_utf8_lossy(input);
    let mut words = words.split_ascii_whitespace().take(200).peekable();
    let config = match words.peek() {
        Some(&"2") => &OLD,
        _ => &NEW,
    };
    let settings = good_settings();
    let mut wire = Wire {
        pair: Pair::new(&settings, config),
        settings,
        config,
        is_changed: false,
        is_closed: false,
        said: Vec::new(),
        sent: Vec::new(),
    };
    let result = words
        .try_for_each(|word| wire.step(word))
        .and_then(|()| wire.pair.exchange());
    wire.check(&result);
});

struct Wire {
    settings: Settings,
    config: &'static Arc<ServerConfig>,
    pair: Pair,
    is_changed: bool,
    /// The server may say no more.
    is_closed: bool,
    /// What the server has said, and what the client has.
    said: Vec<u8>,
    sent: Vec<u8>,
}

impl Wire {
    fn step(&mut self, word: &str) -> Result<(), Error> {
        let (letter, number) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        let number: usize = number.parse().unwrap_or(1);
        self.pair.carry();
        let waiting = self.pair.wire.len();
        match letter {
            "d" => return self.deliver(number.min(waiting)),
            "w" => return self.deliver(waiting),
            "s" => self.say(number),
            "c" => self.send(number),
            "k" => {
                let _ = self.pair.server.refresh_traffic_keys();
            }
            "n" => self.begin_again(),
            "q" => {
                self.pair.server.send_close_notify();
                self.is_closed = true;
            }
            "f" | "x" | "r" | "i" if waiting > 0 => self.change(letter, number),
            _ => {}
        }
        // It has sent its last alert. What a client with changed octets says would need another.
        if self.is_closed && self.is_changed {
            self.pair.stop_reading();
        }
        Ok(())
    }

    fn begin_again(&mut self) {
        self.pair = Pair::new(&self.settings, self.config);
        (self.is_changed, self.is_closed) = (false, false);
        (self.said, self.sent) = Default::default();
    }

    fn deliver(&mut self, count: usize) -> Result<(), Error> {
        let octets: Vec<u8> = self.pair.wire.drain(..count).collect();
        self.pair.client.receive(&octets)
    }

    fn say(&mut self, count: usize) {
        let text = vec![b's'; count.min(20_000)];
        if !self.pair.server.is_handshaking() && !self.is_closed && self.said.len() < 40_000 {
            self.pair.say(&text);
            self.said.extend(text);
        }
    }

    fn send(&mut self, count: usize) {
        let text = vec![b'c'; count.min(20_000)];
        if self.sent.len() < 40_000 && self.pair.client.send(&text).is_ok() {
            self.sent.extend(text);
        }
    }

    fn change(&mut self, letter: &str, number: usize) {
        let wire = &mut self.pair.wire;
        let place = number % wire.len();
        self.is_changed = true;
        match letter {
            "f" => wire[place] ^= 1 << (number / wire.len() % 8),
            "x" => {
                wire.remove(place);
            }
            "r" => wire.insert(place, wire[place]),
            _ => wire.insert(place, number as u8),
        }
    }

    /// What is read is what was sent, as far as it came; if nothing was changed, all of it came.
    fn check(&mut self, result: &Result<(), Error>) {
        let client = &mut self.pair.client;
        assert!(client.outgoing().len() < 64_000);
        let read = std::mem::take(client.plaintext());
        assert!(self.said.starts_with(&read));
        assert!(self.sent.starts_with(&self.pair.received));
        if self.is_changed {
            return;
        }
        assert!(result.is_ok(), "{result:?}");
        assert!(!client.is_handshaking());
        assert_eq!(read, self.said);
        assert_eq!(self.pair.received, self.sent);
    }
}
