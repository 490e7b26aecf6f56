//! An established connection: large data, new keys, and closing.

use std::io::Write;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::version::{TLS12, TLS13};

use crate::peer::{AUTHORITY, NAME, Pair};

const LARGE: usize = 1 << 20;
const MAX_RECORD: usize = 16 << 10;

/// Pseudorandom octets, always the same.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let next = |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    };
    (0..length).map(next).collect()
}

/// Pieces of 0 to 40,000 octets, of sizes from `noise`.
fn pieces(mut data: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    for size in noise(LARGE)
        .chunks(2)
        .map(|two| usize::from(two[0]) * usize::from(two[1]) * 5 / 8)
    {
        let (piece, rest) = data.split_at(size.min(data.len()));
        pieces.push(piece);
        data = rest;
    }
    assert!(data.is_empty());
    pieces
}

fn pair(version: &'static rustls::SupportedProtocolVersion) -> Pair {
    let config = AUTHORITY
        .issue_for(NAME)
        .config_with(ring::default_provider(), &[version]);
    let mut pair = Pair::new(&AUTHORITY.settings(), &Arc::new(config));
    pair.exchange().unwrap();
    pair
}

/// RFC 8446, section 2, allows data before the client's Finished.
#[test]
fn data_that_comes_with_the_servers_finished_is_received() {
    let mut config = AUTHORITY.issue_for(NAME).config();
    config.send_half_rtt_data = true;
    let mut pair = Pair::new(&AUTHORITY.settings(), &Arc::new(config));
    let hello = std::mem::take(pair.client.outgoing());
    pair.deliver(&hello);
    pair.server.writer().write_all(b"220 hello\r\n").unwrap();
    let flight = pair.sent();
    pair.client.receive(&flight).unwrap();
    assert!(!pair.client.is_handshaking());
    assert_eq!(pair.client.plaintext(), b"220 hello\r\n");
}

#[test]
fn a_megabyte_goes_up_in_any_pieces() {
    for version in [&TLS13, &TLS12] {
        let (mut pair, data) = (pair(version), noise(LARGE));
        let mut received = Vec::new();
        for piece in pieces(&data) {
            pair.client.send(piece).unwrap();
            pair.exchange().unwrap();
            received.append(&mut pair.received());
        }
        assert!(received == data);
    }
}

#[test]
fn a_megabyte_at_once_is_sent_in_full_records() {
    let (mut pair, data) = (pair(&TLS13), noise(LARGE));
    pair.client.send(&data).unwrap();
    let records = LARGE / MAX_RECORD;
    // Header, content type and tag (RFC 8446, section 5.2).
    assert_eq!(pair.client.outgoing().len(), LARGE + records * (5 + 1 + 16));
}

#[test]
fn plaintexts_are_sealed_apart() {
    for version in [&TLS13, &TLS12] {
        let mut pair = pair(version);
        pair.client.send(b"DATA\r\n").unwrap();
        let message = pair.client.seal(b"Hello\r\n.\r\n").unwrap();
        let quit = pair.client.seal(b"QUIT\r\n").unwrap();
        let earlier = std::mem::take(pair.client.outgoing());
        for (sealed, plaintext) in [
            (earlier, &b"DATA\r\n"[..]),
            (message, b"Hello\r\n.\r\n"),
            (quit, b"QUIT\r\n"),
        ] {
            pair.deliver(&sealed);
            assert_eq!(pair.received(), plaintext);
        }
    }
}

#[test]
fn nothing_is_sealed_once_the_client_has_closed() {
    let mut pair = Pair::connected();
    pair.client.close();
    let close_notify = pair.client.outgoing().clone();
    assert!(pair.client.seal(b"QUIT\r\n").is_err());
    assert_eq!(*pair.client.outgoing(), close_notify);
}

#[test]
fn a_megabyte_comes_down_in_any_pieces() {
    for version in [&TLS13, &TLS12] {
        let (mut pair, data) = (pair(version), noise(LARGE));
        pair.server.set_buffer_limit(None);
        pair.server.writer().write_all(&data).unwrap();
        let wire = pair.sent();
        for piece in pieces(&wire) {
            pair.client.receive(piece).unwrap();
        }
        assert!(*pair.client.plaintext() == data);
    }
}

#[test]
fn a_megabyte_comes_down_at_once() {
    let (mut pair, data) = (pair(&TLS13), noise(LARGE));
    pair.server.set_buffer_limit(None);
    pair.server.writer().write_all(&data).unwrap();
    let wire = pair.sent();
    pair.client.receive(&wire).unwrap();
    assert!(*pair.client.plaintext() == data);
}

#[test]
fn a_key_update_is_answered() {
    for step in [usize::MAX, 1] {
        let mut pair = Pair::connected();
        pair.step = step;
        for _ in 0..3 {
            pair.server.refresh_traffic_keys().unwrap();
            pair.exchange().unwrap();
            pair.talk();
        }
    }
}

#[test]
fn a_flood_of_key_updates_does_not_fill_memory() {
    let mut pair = Pair::connected();
    for _ in 0..1000 {
        pair.server.refresh_traffic_keys().unwrap();
        let update = pair.sent();
        if pair.client.receive(&update).is_err() {
            break;
        }
    }
    assert!(pair.client.outgoing().len() < 1000);
}

#[test]
fn the_servers_close_is_seen_and_later_data_is_ignored() {
    for step in [usize::MAX, 1] {
        let mut pair = Pair::connected();
        pair.step = step;
        pair.server.writer().write_all(b"221 bye\r\n").unwrap();
        pair.server.send_close_notify();
        assert!(!pair.client.is_closed());
        pair.exchange().unwrap();
        assert_eq!(pair.client.plaintext(), b"221 bye\r\n");
        assert!(pair.client.is_closed());
        pair.client.receive(b"never encrypted").unwrap();
        assert_eq!(pair.client.plaintext(), b"221 bye\r\n");
    }
}

#[test]
fn the_clients_close_is_seen_and_ends_sending() {
    let mut pair = Pair::connected();
    pair.client.send(b"QUIT\r\n").unwrap();
    pair.client.close();
    pair.client.close();
    let last = std::mem::take(pair.client.outgoing());
    pair.deliver(&last);
    assert!(pair.server.process_new_packets().unwrap().peer_has_closed());
    assert_eq!(pair.received(), b"QUIT\r\n");
    assert!(pair.client.send(b"NOOP\r\n").is_err());
    // The server may send until it closes too.
    pair.server.writer().write_all(b"221 bye\r\n").unwrap();
    pair.exchange().unwrap();
    assert_eq!(pair.client.plaintext(), b"221 bye\r\n");
}

#[test]
fn both_may_close() {
    let mut pair = Pair::connected();
    pair.server.send_close_notify();
    pair.exchange().unwrap();
    pair.client.close();
    let last = std::mem::take(pair.client.outgoing());
    pair.server.read_tls(&mut &last[..]).unwrap();
    assert!(pair.server.process_new_packets().unwrap().peer_has_closed());
}

#[test]
fn a_stream_cut_short_is_not_closed() {
    let mut pair = Pair::connected();
    pair.server.writer().write_all(b"221 bye\r\n").unwrap();
    pair.server.send_close_notify();
    let mut wire = pair.sent();
    wire.pop();
    pair.client.receive(&wire).unwrap();
    assert!(!pair.client.is_closed());
}

#[test]
fn nothing_can_be_sent_before_the_handshake_is_done() {
    let config = Arc::new(AUTHORITY.issue_for(NAME).config());
    let mut pair = Pair::new(&AUTHORITY.settings(), &config);
    let hello = pair.client.outgoing().clone();
    assert!(pair.client.is_handshaking());
    assert!(pair.client.send(b"EHLO client.example\r\n").is_err());
    assert_eq!(*pair.client.outgoing(), hello);
    pair.exchange().unwrap();
    pair.talk();
}
