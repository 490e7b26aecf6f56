//! What `cargo xtask example` runs for a guest.

use std::path::Path;
use std::process::{Command, Output, id};
use std::{env, fs};

use crate::{has_wasmtime, said};

#[test]
fn a_guest_sends_a_message_which_is_shown() {
    if !has_wasmtime("the examples of guests") {
        return;
    }
    let [guest, envoi] =
        ["dist/guest-rust.wasm", "dist/envoi.wasm"].map(|file| setup::project().join(file));
    let composition = compose::plug(&guest, &envoi).expect("`cargo xtask test` builds both");
    let (succeeded, output) = call("sends", &composition);
    assert!(succeeded, "{output}");
    for shown in [
        "RCPT TO:<you@example.org>",
        "Subject: Welcome to our",
        "voucher.txt",
        "Delivered. The guest returns: ok(",
    ] {
        assert!(output.contains(shown), "no {shown} in {output}");
    }
}

#[test]
fn a_guest_of_another_world_is_reported_in_words() {
    if !has_wasmtime("the examples of guests") {
        return;
    }
    // A component with nothing in it: the magic number, version 13, layer 1.
    let (succeeded, output) = call("empty", b"\0asm\x0d\0\x01\0");
    assert!(!succeeded, "{output}");
    assert!(output.contains("no function `welcome`"), "{output}");
    assert!(output.contains("cargo xtask guest"), "{output}");
}

/// Whether it succeeded, and what it said.
fn call(name: &str, composition: &[u8]) -> (bool, String) {
    let file = env::temp_dir().join(format!("envoi-guest-{name}-{}.wasm", id()));
    fs::write(&file, composition).unwrap();
    let ended = guest(&file);
    fs::remove_file(&file).unwrap();
    (ended.status.success(), said(&ended))
}

fn guest(file: &Path) -> Output {
    let mut guest = Command::new(env!("CARGO_BIN_EXE_guest"));
    guest.arg(file).output().expect("it starts")
}
