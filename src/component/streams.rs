//! The contents of a draft that are read while it is sent.

use core::mem;

use envoi_message::compose::{Attachment, Composed, Content, Invalid};

use super::bindings::exports::envoi::mail::compose as wit;
use super::compose::{GuestDraft, compose, valid};
use crate::smtp::error::Error;

#[cfg(feature = "component-p3")]
pub(super) use async_stream::SharedStream;
/// A stream of the host.
#[cfg(feature = "component-p3")]
pub(super) type Streamed = SharedStream;
/// A stream of the host.
#[cfg(not(feature = "component-p3"))]
pub(super) type Streamed = wasi::io::streams::InputStream;

/// In the order of attaching.
pub(super) enum Streams {
    Unread(Vec<Streamed>),
    Read,
}

impl Default for Streams {
    fn default() -> Self {
        Self::Unread(Vec::new())
    }
}

impl Streams {
    fn push(&mut self, stream: Streamed) -> Result<(), Invalid> {
        match self {
            Self::Unread(streams) => streams.push(stream),
            Self::Read => return Err(read_already()),
        }
        Ok(())
    }

    /// Takes all of them. A draft without any may be sent as often as its sender likes.
    fn take(&mut self) -> Result<Vec<Streamed>, Invalid> {
        match self {
            Self::Unread(streams) if streams.is_empty() => Ok(Vec::new()),
            Self::Unread(streams) => {
                let streams = mem::take(streams);
                *self = Self::Read;
                Ok(streams)
            }
            Self::Read => Err(read_already()),
        }
    }
}

fn read_already() -> Invalid {
    Invalid {
        field: "attachment".into(),
        reason: "its stream was read by an earlier send-draft: make a new draft".into(),
    }
}

impl GuestDraft {
    /// Attaches a file whose content comes from a stream.
    pub(super) fn attach_stream(
        &self,
        name: Option<String>,
        content_type: String,
        content_id: Option<String>,
        content: Streamed,
    ) -> Result<(), wit::Invalid> {
        let attached = self.draft.borrow_mut().attach(Attachment {
            name,
            content_type,
            content: Content::Streamed,
            content_id,
        });
        valid(attached.and_then(|()| self.streams.borrow_mut().push(content)))
    }

    /// The message, and the streams of its attachments.
    pub(super) fn compose_with_streams(&self) -> Result<(Composed, Vec<Streamed>), Error> {
        let composed = compose(&self.draft.borrow());
        composed
            .and_then(|composed| Ok((composed, self.streams.borrow_mut().take()?)))
            .map_err(|invalid| Error::InvalidArgument(invalid.to_string()))
    }
}

#[cfg(feature = "component-p3")]
mod async_stream {
    use core::cell::Cell;

    use wit_bindgen::StreamReader;

    use crate::net::{Deadline, Error, Read, Source};

    /// A stream that one reader at a time takes. After a read that was given up, it is gone.
    pub(in super::super) struct SharedStream {
        stream: Cell<Option<StreamReader<u8>>>,
        /// The octets that are to come, if their number is known.
        left: Cell<Option<u64>>,
    }

    impl SharedStream {
        pub(in super::super) fn new(stream: StreamReader<u8>, length: Option<u64>) -> Self {
            Self {
                stream: Cell::new(Some(stream)),
                left: Cell::new(length),
            }
        }

        /// A stream of another length counts as one that failed.
        fn check(&self, read: Read) -> Read {
            match (&read, self.left.get()) {
                (Read::Bytes(octets), Some(left)) => {
                    let Some(left) = left.checked_sub(octets.len() as u64) else {
                        return Read::Broken;
                    };
                    self.left.set(Some(left));
                    read
                }
                (Read::End, Some(1..)) => Read::Broken,
                _ => read,
            }
        }
    }

    impl Source for &SharedStream {
        async fn read_within(&mut self, deadline: Deadline) -> Result<Read, Error> {
            let Some(mut stream) = self.stream.take() else {
                return Ok(Read::Broken);
            };
            let read = (&mut stream).read_within(deadline).await?;
            self.stream.set(Some(stream));
            Ok(self.check(read))
        }
    }
}
