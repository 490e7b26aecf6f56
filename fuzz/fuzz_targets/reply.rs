//! The reply parser: the cuts make no difference, and a plain parser reads the same replies.
#![no_main]

use envoi::smtp::extensions::Extensions;
use envoi::smtp::reply::{MAX_REPLY, Reply, ReplyError, ReplyParser};
use envoi_fuzz::pieces::parts;
use envoi_fuzz::plain_replies::{self, PlainReply};
use libfuzzer_sys::fuzz_target;

type Reading = (Vec<Reply>, Option<ReplyError>);

fuzz_target!(|input: &[u8]| {
    let whole = read([input]);
    assert_eq!(read(parts(input)), whole);
    assert_eq!(read(input.chunks(1)), whole);
    let (replies, error) = whole;
    let plain = replies.iter().map(|reply| PlainReply {
        code: reply.code,
        lines: reply.lines.clone(),
    });
    assert_eq!(
        (plain.collect(), error.is_some()),
        plain_replies::read(input)
    );
    replies.iter().for_each(use_reply);
});

fn read<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Reading {
    let (mut parser, mut replies) = (ReplyParser::default(), Vec::new());
    for part in parts {
        parser.push(part);
        loop {
            match parser.next_reply() {
                Ok(Some(reply)) => replies.push(reply),
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(parser.next_reply(), Err(error.clone()));
                    return (replies, Some(error));
                }
            }
        }
        // What waits for its end is limited.
        assert!(parser.leftover_len() <= MAX_REPLY);
    }
    (replies, None)
}

fn use_reply(reply: &Reply) {
    if let Some(enhanced) = &reply.enhanced {
        assert_eq!(u16::from(enhanced.class), reply.code / 100);
    }
    let extensions = Extensions::from_reply(reply);
    for (keyword, _) in extensions.iter() {
        assert!(extensions.has(keyword));
    }
    let _ = extensions.size_limit();
    let _ = extensions.minimum_deliver_by();
    let _ = extensions.maximum_hold();
    let _ = extensions.auth_mechanisms();
}
