//! The component's memory does not grow with the message.

use std::time::{Duration, Instant};

use host_tests::{MessageWriter, Security};
use servers::authority::Authority;
use servers::report;
use servers::scripted::{Digest, Script, Server};

use crate::support::*;
use crate::tls::LOOPBACK;

const MB: usize = 1_000_000;
const SIZE: usize = 100 * MB;

/// The allocator may grow by this much after its first pieces.
const ALLOWED: usize = MB;

/// 50 octets, without a dot to stuff.
const LINE: &[u8] = b"Lorem ipsum dolor sit amet, consectetur adipisci\r\n";

const PIECE_LINES: usize = 1000;

struct Figures {
    grown: usize,
    took: Duration,
}

/// Sends 100 MB in pieces, and measures between the first piece and the last.
fn measure(chunking: bool, tls: bool) -> Figures {
    let authority = Authority::new();
    let start = if tls {
        Script::new().start_tls(&authority.issue(LOOPBACK))
    } else {
        Script::new()
    };
    let keywords: &[&str] = if chunking { &["CHUNKING"] } else { &[] };
    let begun = start.followed_by(hello(keywords)).followed_by(envelope());
    let script = if chunking {
        begun.expect_counted_chunks("250 2.0.0 Ok")
    } else {
        let data = begun.expect("DATA").say("354 Go ahead");
        data.expect_counted_content()
    };
    let server = Server::start([script.say(QUEUED)]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    if tls {
        mailer.set_security(Security::ImplicitTls);
        mailer.add_trust_anchors(authority.der()).unwrap();
    }
    let message = mailer.start_message(&to_b()).unwrap();
    let began = Instant::now();
    write(&message, MB);
    let before = instance.memory();
    write(&message, SIZE - MB);
    let grown = instance.memory() - before;
    message.finish().unwrap();
    let took = began.elapsed();
    let end: &[u8] = if chunking { b"" } else { b".\r\n" };
    let expected = Digest::of([&LINE.repeat(SIZE / LINE.len()), end]);
    assert_eq!(server.finish().only().counted, [expected]);
    Figures { grown, took }
}

fn write(message: &MessageWriter, octets: usize) {
    let piece = LINE.repeat(PIECE_LINES);
    for _ in 0..octets / piece.len() {
        message.write(&piece).unwrap();
    }
}

#[test]
fn a_hundred_megabytes_need_no_more_memory_than_one() {
    let ways = [
        ("DATA", false, false),
        ("DATA in TLS", false, true),
        ("BDAT", true, false),
        ("BDAT in TLS", true, true),
    ];
    let mut figures = Vec::new();
    for (way, chunking, tls) in ways {
        let Figures { grown, took } = measure(chunking, tls);
        assert!(grown < ALLOWED, "{way}: {grown} octets");
        let kib = grown / 1024;
        figures.push(format!("{way} {kib} KiB in {:.1} s", took.as_secs_f32()));
    }
    let what = "growth of linear memory between 1 MB and 100 MB of a message";
    report::measured(what, &figures.join(", "));
}
