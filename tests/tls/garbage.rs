//! Octets that are not valid TLS end in an error, never in a panic or in unbounded memory.

use std::sync::{Arc, LazyLock};

use envoi::tls::{Failure, ServerName, Settings, Tls};
use proptest::prelude::*;
use rustls::ServerConfig;

use crate::peer::{AUTHORITY, NAME, Pair, failure};

static SETTINGS: LazyLock<Settings> = LazyLock::new(|| AUTHORITY.settings());
static CONFIG: LazyLock<Arc<ServerConfig>> =
    LazyLock::new(|| Arc::new(AUTHORITY.issue_for(NAME).config()));

fn client() -> Tls {
    Tls::new(&SETTINGS, &ServerName::parse(NAME).unwrap()).unwrap()
}

/// A client that has received the first `heard` octets of the server's first flight.
fn midway(heard: usize) -> Tls {
    let mut pair = Pair::new(&SETTINGS, &CONFIG);
    let hello = std::mem::take(pair.client.outgoing());
    pair.deliver(&hello);
    let flight = pair.sent();
    pair.client
        .receive(&flight[..heard.min(flight.len())])
        .unwrap();
    pair.client
}

#[test]
fn a_greeting_in_clear_points_to_starttls() {
    for step in [usize::MAX, 1] {
        let mut client = client();
        client.outgoing().clear();
        let error = b"220 mail ESMTP\r\n"
            .chunks(step)
            .find_map(|piece| client.receive(piece).err())
            .unwrap();
        assert_eq!(failure(&error), Failure::HandshakeFailed);
        assert!(
            error.to_string().contains("STARTTLS, usually on port 587"),
            "{error}"
        );
        assert!(client.outgoing().is_empty());
    }
}

#[test]
fn octets_that_are_not_tls_are_named_as_such() {
    let error = client().receive(b"<html>Bad Request</html>").unwrap_err();
    assert_eq!(failure(&error), Failure::HandshakeFailed);
    assert!(error.to_string().contains("is not TLS"), "{error}");
}

// Conformance: 43
#[test]
fn an_old_version_is_incompatible() {
    // An alert protocol_version, which servers of TLS 1.0 send.
    let error = client().receive(&[21, 3, 1, 0, 2, 2, 70]).unwrap_err();
    assert_eq!(failure(&error), Failure::Incompatible, "{error}");
}

#[test]
fn an_endless_handshake_is_cut_off() {
    let mut client = client();
    // A ServerHello of almost 64 KiB, one octet a record.
    let mut octets = [2, 0, 0xff, 0xf0].into_iter().chain(std::iter::repeat(0));
    let taken = (0..1 << 20).take_while(|_| {
        client
            .receive(&[22, 3, 3, 0, 1, octets.next().unwrap()])
            .is_ok()
    });
    assert!(taken.count() < 64 << 10);
}

#[test]
fn a_changed_octet_anywhere_in_a_record_breaks_the_connection() {
    use std::io::Write;
    let length = {
        let mut pair = Pair::connected();
        pair.server.writer().write_all(b"250 ok\r\n").unwrap();
        pair.sent().len()
    };
    // After the header.
    for place in 5..length {
        let mut pair = Pair::connected();
        pair.server.writer().write_all(b"250 ok\r\n").unwrap();
        let mut wire = pair.sent();
        wire[place] ^= 1;
        let error = pair.client.receive(&wire).unwrap_err();
        assert_eq!(failure(&error), Failure::HandshakeFailed);
        assert!(pair.client.plaintext().is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn random_octets_never_panic(heard in 0..3000_usize, noise in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..10)) {
        let mut client = midway(heard);
        for piece in &noise {
            let _ = client.receive(piece);
            let _ = client.send(b"NOOP\r\n");
        }
        client.close();
        prop_assert!(client.plaintext().is_empty());
    }

    #[test]
    fn random_records_never_panic(heard in 0..3000_usize, records in prop::collection::vec((20..25_u8, prop::collection::vec(any::<u8>(), 0..300)), 1..10)) {
        let mut client = midway(heard);
        for (kind, body) in &records {
            let _ = client.receive(&[*kind, 3, 3]);
            let _ = client.receive(&(body.len() as u16).to_be_bytes());
            let _ = client.receive(body);
        }
        prop_assert!(client.plaintext().is_empty());
    }

    #[test]
    fn a_changed_flight_never_shakes_hands(place in 0..3000_usize, change in 1..=255_u8) {
        let mut pair = Pair::new(&SETTINGS, &CONFIG);
        let hello = std::mem::take(pair.client.outgoing());
        pair.deliver(&hello);
        let mut flight = pair.sent();
        let place = place % flight.len();
        flight[place] ^= change;
        let result = pair.client.receive(&flight);
        // The version in a record's header is ignored (RFC 8446, section 5.1), and a changed length may
        // leave the client waiting.
        if result.is_ok() && !pair.client.is_handshaking() {
            let after = pair.client.outgoing().clone();
            pair.deliver(&after);
            prop_assert!(!pair.server.is_handshaking());
        }
    }
}
