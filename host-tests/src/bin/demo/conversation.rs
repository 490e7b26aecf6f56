//! The conversation as the demo's own server sees it, a reply in a line.

use std::sync::{Mutex, PoisonError};

use host_tests::Screen;
use servers::scripted::Speaker;
use servers::sink::ObservedLine;

/// What shows each line. The extensions in the reply to EHLO would fill the screen, so the lines of a reply are joined.
pub(crate) fn observer(screen: Screen) -> impl Fn(ObservedLine) + Send + Sync {
    let begun = Mutex::new(String::new());
    move |line| {
        if line.from == Speaker::Client {
            return screen.observed(line);
        }
        let mut reply = begun.lock().unwrap_or_else(PoisonError::into_inner);
        if reply.is_empty() {
            reply.push_str(line.text);
        } else {
            reply.push_str(", ");
            reply.push_str(line.text.get(4..).unwrap_or_default());
        }
        if !is_continued(line.text) {
            let text = &std::mem::take(&mut *reply);
            screen.observed(ObservedLine { text, ..line });
        }
    }
}

/// A hyphen behind the code announces another line (RFC 5321, section 4.2.1).
fn is_continued(line: &str) -> bool {
    line.as_bytes().get(3) == Some(&b'-')
}
