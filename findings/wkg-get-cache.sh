#!/bin/bash
# wkg's cache knows packages by name and version alone: another registry's package of that name is never fetched.
#
# wkg's configuration says which registry has a namespace. After it is changed, from a staging registry to the public one, say,
# `wkg get` gives what the first registry had, without asking the second, and succeeds. The registry is no part of the key.
# Another cache (`--cache`) gets the other file. Two more things about `wkg get`: `--output NAME` fails for a name without a
# folder ("./NAME" works), and only its owner may read a `.wasm` file, whatever the umask.
#
# Seen with wkg 0.16.1 and registries in local folders. Needs cargo; TOOLS=FOLDER keeps the compiled command for the next
# run. Fails if the behaviour differs.
set -euo pipefail
VERSION=0.16.1

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tools=${TOOLS:-$folder}
cargo install --quiet --locked --no-default-features --debug --config profile.dev.debug=false --root "$tools" "wkg@$VERSION"
wkg=$tools/bin/wkg
cd "$folder"
export RUST_BACKTRACE=0 WKG_CACHE_DIR=$folder/cache
umask 022

# A WIT package with this function, in a registry of that name.
registry() {
  mkdir -p "$1/wit" "$1/test/shown"
  printf '[namespace_registries]\ntest = "%s.test"\n[registry."%s.test".local]\nroot = "%s"\n' "$1" "$1" "$folder/$1" >"$1.toml"
  echo "package test:shown@1.0.0; interface shown { $2: func(); }" >"$1/wit/shown.wit"
  (cd "$1" && "$wkg" build --config "../$1.toml" -o test/shown/1.0.0.wasm 2>/dev/null)
}
registry staging old
registry public new

get() { "$wkg" get --config "$1.toml" --overwrite "${@:3}" --output "./$2" test:shown@1.0.0 >/dev/null 2>&1; }
get staging first.wit
get public second.wit
get public third.wit --cache other
functions=$(grep -ho '\(old\|new\): func' first.wit second.wit third.wit | tr '\n' ' ')
get public fourth.wasm
mode=$(stat -c %a fourth.wasm)
failure=$("$wkg" get --config public.toml --output fifth.wasm test:shown@1.0.0 2>&1) || true
echo "staging, public, public with another cache: $functions"
echo "mode of the .wasm file: $mode"
echo "without a folder: $(tail -1 <<<"$failure")"
[ "$functions$mode" = 'old: func old: func new: func 600' ] && [[ "$failure" == *'output directory "" does not exist'* ]] ||
  { echo "It has changed." >&2; exit 1; }
echo "wkg $VERSION: the second registry's package is the first one's, from the cache; unchanged."
