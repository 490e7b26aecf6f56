//! `dist/envoi-compose.wasm`, in a host that has a clock and random numbers, and nothing else.

use bindings::Composer;
use bindings::exports::envoi::mail::compose::Address;
use bindings::wasi::clocks0_2_12::wall_clock::{self, Datetime};
use bindings::wasi::random0_2_12::random;
use host_tests::{composer_path, load};
use wasmtime::component::{HasSelf, Linker};
use wasmtime::{Engine, Store};

use crate::imports::names;

mod bindings {
    wasmtime::component::bindgen!({ path: "../wit", world: "composer" });
}

const ED25519: &[u8] = include_bytes!("../../../message/tests/keys/ed25519.pem");

/// All that the component gets.
struct ClockAndRandomness;

impl wall_clock::Host for ClockAndRandomness {
    fn now(&mut self) -> Datetime {
        Datetime {
            seconds: 1_795_942_800,
            nanoseconds: 0,
        }
    }

    fn resolution(&mut self) -> Datetime {
        self.now()
    }
}

impl random::Host for ClockAndRandomness {
    fn get_random_bytes(&mut self, octets: u64) -> Vec<u8> {
        vec![0xab; octets.try_into().unwrap()]
    }

    fn get_random_u64(&mut self) -> u64 {
        0xab
    }
}

fn address(mailbox: &str) -> Address {
    Address {
        name: None,
        mailbox: mailbox.into(),
    }
}

#[test]
fn it_composes_and_signs_with_a_clock_and_random_numbers_alone() {
    let engine = Engine::default();
    let component = load(&engine, &composer_path());
    let mut linker = Linker::new(&engine);
    Composer::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| state).unwrap();
    let mut store = Store::new(&engine, ClockAndRandomness);
    let store = &mut store;
    let world = Composer::instantiate(&mut *store, &component, &linker).unwrap();

    let compose = world.envoi_mail_compose();
    let draft = compose.draft().call_constructor(&mut *store).unwrap();
    let (from, to) = ([address("a@mail.test")], [address("b@mail.test")]);
    let set = compose.draft().call_set_from(&mut *store, draft, &from);
    set.unwrap().unwrap();
    let set = compose.draft().call_set_to(&mut *store, draft, &to);
    set.unwrap().unwrap();
    compose
        .draft()
        .call_set_text(&mut *store, draft, "Hello")
        .unwrap();
    let composed = compose.draft().call_compose(&mut *store, draft);
    let message = composed.unwrap().unwrap().message;
    let id = "ab".repeat(16);
    assert_eq!(
        String::from_utf8_lossy(&message),
        format!(
            "From: a@mail.test\r\nTo: b@mail.test\r\nDate: Sun, 29 Nov 2026 09:00:00 +0000\r\n\
             Message-ID: <{id}@mail.test>\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\nHello\r\n"
        )
    );

    let dkim = world.envoi_mail_dkim();
    let signer = dkim
        .signer()
        .call_new(&mut *store, "mail.test", "k", ED25519);
    let signer = signer.unwrap().unwrap();
    let field = dkim.call_sign(&mut *store, &[signer], &message).unwrap();
    let field = field.unwrap();
    assert!(field.contains(" d=mail.test; s=k;"), "{field}");
    assert!(field.contains(" t=1795942800;"), "{field}");
}

#[test]
fn it_imports_and_exports_nothing_else() {
    let (imports, exports) = names(&composer_path());
    assert_eq!(
        imports,
        ["wasi:clocks/wall-clock@0.2.12", "wasi:random/random@0.2.12"]
    );
    assert_eq!(
        exports,
        ["envoi:mail/compose@0.1.0", "envoi:mail/dkim@0.1.0"]
    );
}
