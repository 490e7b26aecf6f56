//! Key exchange groups: which the client offers, which the server chooses, and how many round trips.

use std::sync::Arc;

use envoi::tls::Failure;
use ml_kem::kem::{Key, TryKeyInit};
use ml_kem::ml_kem_768::EncapsulationKey;
use rustls::HandshakeKind::{Full, FullWithHelloRetryRequest};
use rustls::crypto::ring::{self, kx_group};
use rustls::crypto::{ActiveKeyExchange, CompletedKeyExchange, SharedSecret, SupportedKxGroup};
use rustls::version::TLS13;
use rustls::{Error, HandshakeKind, NamedGroup, PeerMisbehaved, ServerConfig};

use crate::handshakes::{SUITES_13, provider};
use crate::peer::{AUTHORITY, NAME, Pair, failure};

/// The server's half of X25519MLKEM768 (draft-ietf-tls-ecdhe-mlkem, section 4).
#[derive(Debug)]
struct Hybrid {
    /// Changes the share on its way.
    spoil: fn(&mut Vec<u8>),
}

const HONEST: Hybrid = Hybrid { spoil: |_| () };

impl SupportedKxGroup for Hybrid {
    fn start_and_complete(&self, client: &[u8]) -> Result<CompletedKeyExchange, Error> {
        let bad = || Error::from(PeerMisbehaved::InvalidKeyShare);
        let (key, point) = client.split_at_checked(1184).ok_or_else(bad)?;
        let key: &Key<EncapsulationKey> = key.try_into().map_err(|_| bad())?;
        let mut seed = [0; 32];
        ring::default_provider().secure_random.fill(&mut seed)?;
        let (ciphertext, secret) = <EncapsulationKey as TryKeyInit>::new(key)
            .map_err(|_| bad())?
            .encapsulate_deterministic(&seed.into());
        let x25519 = kx_group::X25519.start_and_complete(point)?;
        let mut pub_key = [&ciphertext[..], &x25519.pub_key].concat();
        (self.spoil)(&mut pub_key);
        Ok(CompletedKeyExchange {
            group: self.name(),
            pub_key,
            secret: SharedSecret::from(&[&secret[..], x25519.secret.secret_bytes()].concat()[..]),
        })
    }

    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        unreachable!("only clients start")
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }
}

/// A group that the client lacks.
#[derive(Debug)]
struct P521;

impl SupportedKxGroup for P521 {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        unreachable!("nobody shares this group")
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::secp521r1
    }
}

fn server(group: &'static dyn SupportedKxGroup) -> Arc<ServerConfig> {
    let mut config = AUTHORITY
        .issue_for(NAME)
        .config_with(provider(&SUITES_13, group), &[&TLS13]);
    config.send_tls13_tickets = 0;
    Arc::new(config)
}

/// Connects twice to a server that has only this group.
fn agree(group: &'static dyn SupportedKxGroup, step: usize, kinds: [HandshakeKind; 2]) {
    let (settings, config) = (AUTHORITY.settings(), server(group));
    for kind in kinds {
        let mut pair = Pair::new(&settings, &config);
        pair.step = step;
        pair.exchange().unwrap();
        pair.talk();
        assert_eq!(pair.server.handshake_kind(), Some(kind));
        let name = format!("{:?}", group.name());
        assert_eq!(pair.client.state().key_exchange, name);
    }
}

#[test]
fn x25519mlkem768_is_agreed_on_at_once() {
    for step in [usize::MAX, 1] {
        agree(&HONEST, step, [Full, Full]);
    }
}

#[test]
fn a_server_without_ml_kem_takes_x25519_in_one_round_trip() {
    for step in [usize::MAX, 1] {
        agree(kx_group::X25519, step, [Full, Full]);
    }
}

#[test]
fn a_server_with_another_curve_asks_again_once_and_is_remembered() {
    for group in [kx_group::SECP256R1, kx_group::SECP384R1] {
        for step in [usize::MAX, 1] {
            agree(group, step, [FullWithHelloRetryRequest, Full]);
        }
    }
}

#[test]
fn a_server_may_lose_the_group_that_is_remembered() {
    let settings = AUTHORITY.settings();
    let groups: [&'static dyn SupportedKxGroup; 3] =
        [kx_group::SECP384R1, &HONEST, kx_group::X25519];
    for group in groups {
        let mut pair = Pair::new(&settings, &server(group));
        pair.exchange().unwrap();
        pair.talk();
        let negotiated = pair.server.negotiated_key_exchange_group().unwrap();
        assert_eq!(negotiated.name(), group.name());
    }
}

#[test]
fn x25519mlkem768_is_preferred() {
    let mut both = provider(&SUITES_13, kx_group::X25519);
    both.kx_groups.push(&HONEST);
    let config = AUTHORITY.issue_for(NAME).config_with(both, &[&TLS13]);
    let mut pair = Pair::new(&AUTHORITY.settings(), &Arc::new(config));
    pair.exchange().unwrap();
    assert_eq!(pair.client.state().key_exchange, "X25519MLKEM768");
}

fn spoilt(hybrid: &'static Hybrid) -> String {
    let error = Pair::new(&AUTHORITY.settings(), &server(hybrid))
        .exchange()
        .unwrap_err();
    assert_eq!(failure(&error), Failure::HandshakeFailed);
    error.to_string()
}

#[test]
fn a_share_that_was_changed_on_its_way_ends_the_handshake() {
    const CIPHERTEXT: Hybrid = Hybrid {
        spoil: |share| share[500] ^= 1,
    };
    const POINT: Hybrid = Hybrid {
        spoil: |share| share[1100] ^= 1,
    };
    for changed in [&CIPHERTEXT, &POINT] {
        let message = spoilt(changed);
        assert!(message.contains("decrypt"), "{message}");
    }
}

#[test]
fn a_share_of_another_length_is_the_servers_fault() {
    const SHORT: Hybrid = Hybrid {
        spoil: |share| share.truncate(1119),
    };
    const LONG: Hybrid = Hybrid {
        spoil: |share| share.push(0),
    };
    for other in [&SHORT, &LONG] {
        let message = spoilt(other);
        assert!(message.contains("InvalidKeyShare"), "{message}");
    }
}

#[test]
fn without_a_common_group_both_are_incompatible() {
    let error = Pair::new(&AUTHORITY.settings(), &server(&P521))
        .exchange()
        .unwrap_err();
    assert_eq!(failure(&error), Failure::Incompatible, "{error}");
}
