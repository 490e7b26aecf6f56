//! Shows that messages are sent at the same time: an observer of a [`Sink`](crate::sink::Sink) that holds back
//! the answers until some sessions wait for one at once.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use crate::scripted::Speaker;
use crate::shutdown::UNPOISONED;
use crate::sink::{ObservedLine, Sink};

/// A client that sends one message after the other is let go after this time.
const LIMIT: Duration = Duration::from_secs(10);

pub struct Crowd {
    sink: Sink,
    gate: Arc<Gate>,
}

/// What the sessions did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    pub connections: usize,
    pub messages: usize,
    /// Whether so many sessions waited at the same time as were expected.
    pub crowded: bool,
    waiting: usize,
}

struct Gate {
    expected: usize,
    seen: Mutex<Seen>,
    changed: Condvar,
}

impl Crowd {
    /// A server without TLS. The first message is answered at once, because a pool sends it alone.
    pub fn start(expected: usize) -> Crowd {
        let gate = Arc::new(Gate {
            expected,
            seen: Mutex::default(),
            changed: Condvar::new(),
        });
        let sink = Sink::open({
            let gate = gate.clone();
            move |line| gate.observe(&line)
        });
        Crowd { sink, gate }
    }

    pub fn sink(&self) -> &Sink {
        &self.sink
    }

    pub fn seen(&self) -> Seen {
        *self.gate.seen.lock().expect(UNPOISONED)
    }
}

impl Gate {
    /// Blocks the session whose line this is.
    fn observe(&self, line: &ObservedLine) {
        let mut seen = self.seen.lock().expect(UNPOISONED);
        if line.from == Speaker::Server && line.text.starts_with("220 ") {
            seen.connections += 1;
        }
        if line.from == Speaker::Server || !line.text.starts_with("(message, ") {
            return;
        }
        seen.messages += 1;
        if seen.messages == 1 {
            return;
        }
        seen.waiting += 1;
        if seen.waiting >= self.expected {
            seen.crowded = true;
            self.changed.notify_all();
        }
        let too_few = |seen: &mut Seen| !seen.crowded;
        let waited = self.changed.wait_timeout_while(seen, LIMIT, too_few);
        let (mut seen, _) = waited.expect(UNPOISONED);
        seen.waiting -= 1;
    }
}
