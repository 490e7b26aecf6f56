//! The conversation as the demo's own server sees it, a reply in a line.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use demo::Screen;
use servers::scripted::Speaker;
use servers::sink::ObservedLine;

/// Shows each line. The extensions in the reply to EHLO would fill the screen, so the lines of a reply are joined.
pub(crate) struct Conversation {
    screen: Screen,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The lines of a reply whose last one has not come yet.
    reply: String,
    start: Option<Duration>,
}

impl Conversation {
    pub(crate) fn new(screen: Screen) -> Conversation {
        let state = Mutex::default();
        Conversation { screen, state }
    }

    pub(crate) fn observe(&self, line: ObservedLine) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let start = *state.start.get_or_insert(line.elapsed);
        let since_start = line.elapsed - start;
        if line.from == Speaker::Client {
            return self.screen.line(&line, since_start);
        }
        if state.reply.is_empty() {
            state.reply.push_str(line.text);
        } else {
            state.reply.push_str(", ");
            state.reply.push_str(line.text.get(4..).unwrap_or_default());
        }
        if !is_continued(line.text) {
            let text = &std::mem::take(&mut state.reply);
            self.screen
                .line(&ObservedLine { text, ..line }, since_start);
        }
    }
}

/// A hyphen behind the code announces another line (RFC 5321, section 4.2.1).
fn is_continued(line: &str) -> bool {
    line.as_bytes().get(3) == Some(&b'-')
}
