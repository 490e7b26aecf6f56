#!/bin/bash
# A library that is also a cdylib makes cargo compile everything below it once more, for programs that use LTO.
#
# Two programs of a workspace have one dependency from the registry (itoa 1.0.15), and a profile with LTO. One of
# them also depends on a library of the workspace. If that library's crate-type is rlib, itoa is compiled once for
# both. If it is rlib and cdylib, nothing uses the cdylib, but cargo links it, without LTO. So whatever is below needs
# machine code besides bitcode, and cargo compiles itoa twice. With -Zbuild-std, that is the standard library.
#
# Seen with cargo 1.95.0. Needs cargo. Fails if the behaviour differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export CARGO_TARGET_DIR=$folder/target

package() {
  mkdir -p "$1/src"
  printf '[package]\nname = "%s"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nitoa = "=1.0.15"\n%s\n' "$1" "$2" \
    >"$1/Cargo.toml"
  echo "$3" >"$1/src/$4.rs"
}
# How often itoa is compiled for both programs, if the library has this crate-type.
times() {
  rm -rf "$CARGO_TARGET_DIR"
  package library "[lib]
crate-type = $1" 'pub fn text(n: u64) -> String { itoa::Buffer::new().format(n).to_owned() }' lib
  cargo build --quiet --release -p alone
  cargo build --quiet --release -p above
  find "$CARGO_TARGET_DIR/release/deps" -name 'libitoa-*.rlib' | wc -l
}
printf '[workspace]\nmembers = ["alone", "above", "library"]\nresolver = "2"\n[profile.release]\nlto = true\n' >Cargo.toml
package alone '' 'fn main() { println!("{}", itoa::Buffer::new().format(1u64)); }' main
package above 'library = { path = "../library" }' 'fn main() { println!("{}", library::text(1)); }' main

one=$(times '["rlib"]')
both=$(times '["rlib", "cdylib"]')
echo "itoa is compiled $one time if the library is an rlib, $both times if it is a cdylib too"
[ "$one" = 1 ] && [ "$both" = 2 ] || { echo "It has changed." >&2; exit 1; }
echo "$(cargo --version | cut -d' ' -f1,2): a cdylib beside the rlib compiles the dependencies again; unchanged."
