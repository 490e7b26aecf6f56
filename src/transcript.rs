//! The transcript: the newest lines of the conversation, each with its time.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use core::time::Duration;

use crate::smtp::transcript::Speaker;

/// A line of the transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TranscriptLine {
    /// Who sent the line, or that it is an event.
    pub speaker: Speaker,
    /// Without its line end. Credentials and contents are left out; octets that are not UTF-8 are replaced.
    pub text: String,
    /// The time since the first line.
    pub elapsed: Duration,
}

/// A mailer shares it with its connections. It keeps no lines until it is told how many.
#[derive(Clone, Default)]
pub(crate) struct Transcript(Rc<RefCell<Kept>>);

#[derive(Default)]
struct Kept {
    limit: usize,
    lines: VecDeque<TranscriptLine>,
    /// When the first line was added.
    began: Option<Duration>,
}

impl Transcript {
    pub(crate) fn set_limit(&self, lines: usize) {
        let mut kept = self.0.borrow_mut();
        kept.limit = lines;
        kept.trim();
    }

    pub(crate) fn is_wanted(&self) -> bool {
        self.0.borrow().limit > 0
    }

    /// Reads the clock only if the line is kept.
    pub(crate) fn add(&self, now: impl FnOnce() -> Duration, speaker: Speaker, text: String) {
        let mut kept = self.0.borrow_mut();
        if kept.limit > 0 {
            let now = now();
            let elapsed = now - *kept.began.get_or_insert(now);
            kept.lines.push_back(TranscriptLine {
                speaker,
                text,
                elapsed,
            });
            kept.trim();
        }
    }

    pub(crate) fn take(&self) -> Vec<TranscriptLine> {
        std::mem::take(&mut self.0.borrow_mut().lines).into()
    }
}

impl Kept {
    fn trim(&mut self) {
        let surplus = self.lines.len().saturating_sub(self.limit);
        self.lines.drain(..surplus);
    }
}
