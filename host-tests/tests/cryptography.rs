//! The cryptography in WebAssembly, as the components have it: vectors, and random comparisons with
//! RustCrypto's crates. ENVOI_SEED repeats the random inputs.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::path::Path;
use std::{env, fs};

use servers::report;
use wasmtime::{Config, Engine, Instance, Module, Store};

const COMPARISONS: u32 = 100_000;
const COMPARED: [&str; 3] = ["chacha20", "poly1305", "chacha20_poly1305"];
/// Each set, and how many of its vectors there are.
const VECTORS: [(&str, i32); 7] = [
    ("rfc8439", 5),
    ("wycheproof_chacha20_poly1305", 316),
    ("wycheproof_ecdsa_p256", 484),
    ("wycheproof_ecdsa_p384", 504),
    ("wycheproof_ed25519", 151),
    ("wycheproof_ml_kem_768", 181),
    ("wycheproof_x25519", 518),
];

#[test]
fn it_holds_as_the_portable_component_has_it() {
    Checks::load("checks.wasm").all();
}

#[test]
fn it_holds_as_the_wide_component_has_it() {
    Checks::load("checks-wide.wasm").all();
}

struct Checks {
    file: &'static str,
    store: Store<()>,
    instance: Instance,
}

impl Checks {
    /// # Panics
    /// When it was not built.
    fn load(file: &'static str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let Ok(wasm) = fs::read(root.join("dist").join(file)) else {
            panic!("there is no dist/{file}: run `cargo xtask checks` first");
        };
        let mut config = Config::new();
        config.wasm_wide_arithmetic(true);
        let engine = Engine::new(&config).unwrap();
        let module = Module::new(&engine, wasm).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        Self {
            file,
            store,
            instance,
        }
    }

    fn all(mut self) {
        let seed = seed();
        let mut vectors = 0;
        for (set, least) in VECTORS {
            let ran = self.vectors(set);
            assert!(ran >= least, "{}, {set}: {ran} vectors ran", self.file);
            vectors += ran;
        }
        let compared = COMPARED.map(|what| self.compare(what, seed));
        assert_eq!(compared, [COMPARISONS as i32; COMPARED.len()]);
        report::measured(
            &format!("cryptography in dist/{}", self.file),
            &format!(
                "{vectors} vectors, {} random comparisons, ENVOI_SEED={seed}",
                compared.iter().sum::<i32>()
            ),
        );
    }

    fn vectors(&mut self, set: &str) -> i32 {
        let check = self
            .instance
            .get_typed_func::<(), i32>(&mut self.store, set);
        let ran = check.unwrap().call(&mut self.store, ());
        let ran = ran.unwrap_or_else(|error| panic!("{}, {set}: {error:?}", self.file));
        assert!(ran >= 0, "{}, {set}: vector {} fails", self.file, -1 - ran);
        ran
    }

    fn compare(&mut self, what: &str, seed: u64) -> i32 {
        let name = format!("compare_{what}");
        let check = self
            .instance
            .get_typed_func::<(u64, u32), i32>(&mut self.store, &name);
        let ran = check.unwrap().call(&mut self.store, (seed, COMPARISONS));
        let ran = ran
            .unwrap_or_else(|error| panic!("{}, {what}, ENVOI_SEED={seed}: {error:?}", self.file));
        assert!(
            ran >= 0,
            "{}, {what}: comparison {} differs with ENVOI_SEED={seed}",
            self.file,
            -1 - ran
        );
        ran
    }
}

/// ENVOI_SEED, or another each time.
fn seed() -> u64 {
    match env::var("ENVOI_SEED") {
        Ok(seed) => seed.parse().expect("ENVOI_SEED is a number"),
        Err(_) => RandomState::new().build_hasher().finish(),
    }
}
