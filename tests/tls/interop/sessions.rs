//! Sessions are resumed, and the group that a server asked for is remembered.

use rcgen::PKCS_ECDSA_P256_SHA256;

use super::make::Make;
use super::terms::{Sessions, Terms};
use super::{AT_ONCE, STEPS, talk};
use crate::peer::{AUTHORITY, key};

#[test]
fn sessions_are_resumed() {
    let key = key(&PKCS_ECDSA_P256_SHA256);
    for terms in [Terms::TLS13, Terms::TLS12] {
        for sessions in [Sessions::Tickets, Sessions::Remembered] {
            let terms = Terms { sessions, ..terms };
            for make in Make::all().filter(|make| make.can(&terms)) {
                let mut server = make.start(&key, &terms);
                for step in STEPS {
                    let settings = AUTHORITY.settings();
                    for resumed in [false, true, true] {
                        let (state, _) = talk(&settings, &server, step);
                        assert_eq!(state.resumed, resumed, "{make:?} {terms:?}");
                        let says = make.says_resumed(&mut server);
                        assert_eq!(says.unwrap_or(resumed), resumed, "{make:?} {terms:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_server_that_asked_again_is_remembered() {
    let key = key(&PKCS_ECDSA_P256_SHA256);
    let terms = Terms {
        group: Some("secp384r1"),
        sessions: Sessions::Nowhere,
        ..Terms::TLS13
    };
    for make in Make::all() {
        let server = make.start(&key, &terms);
        let settings = AUTHORITY.settings();
        for hellos in [2, 1] {
            assert_eq!(talk(&settings, &server, AT_ONCE).1, hellos, "{make:?}");
        }
    }
}
