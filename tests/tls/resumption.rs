//! Session resumption by connections with the same settings.

use std::sync::Arc;

use rustls::HandshakeKind::{Full, Resumed};
use rustls::crypto::ring;
use rustls::version::{TLS12, TLS13};
use rustls::{HandshakeKind, ServerConfig, SupportedProtocolVersion};

use crate::peer::{AUTHORITY, NAME, Pair};

fn server(version: &'static SupportedProtocolVersion, tickets: bool) -> Arc<ServerConfig> {
    let mut config = AUTHORITY
        .issue_for(NAME)
        .config_with(ring::default_provider(), &[version]);
    if tickets {
        config.ticketer = ring::Ticketer::new().unwrap();
    }
    Arc::new(config)
}

fn kinds(config: &Arc<ServerConfig>, step: usize) -> [HandshakeKind; 3] {
    let settings = AUTHORITY.settings();
    [(); 3].map(|()| {
        let mut pair = Pair::new(&settings, config);
        pair.step = step;
        pair.exchange().unwrap();
        pair.talk();
        pair.server.handshake_kind().unwrap()
    })
}

#[test]
fn the_second_connection_resumes_the_first() {
    for version in [&TLS13, &TLS12] {
        for tickets in [true, false] {
            for step in [usize::MAX, 1] {
                assert_eq!(
                    kinds(&server(version, tickets), step),
                    [Full, Resumed, Resumed]
                );
            }
        }
    }
}

#[test]
fn other_settings_do_not_resume() {
    let config = server(&TLS13, true);
    for _ in 0..2 {
        let mut pair = Pair::new(&AUTHORITY.settings(), &config);
        pair.exchange().unwrap();
        assert_eq!(pair.server.handshake_kind(), Some(Full));
    }
}

#[test]
fn a_server_that_forgot_the_session_gets_a_full_handshake() {
    let settings = AUTHORITY.settings();
    for version in [&TLS13, &TLS12] {
        for _ in 0..2 {
            let mut pair = Pair::new(&settings, &server(version, true));
            pair.exchange().unwrap();
            pair.talk();
            assert_eq!(pair.server.handshake_kind(), Some(Full));
        }
    }
}

#[test]
fn a_flood_of_tickets_does_not_fill_memory() {
    let mut config = AUTHORITY.issue_for(NAME).config();
    config.send_tls13_tickets = 1000;
    let config = Arc::new(config);
    let settings = AUTHORITY.settings();
    let resumed = (0..10).filter(|_| {
        let mut pair = Pair::new(&settings, &config);
        pair.exchange().unwrap();
        pair.server.handshake_kind() == Some(Resumed)
    });
    assert_eq!(resumed.count(), 9);
}
