#!/bin/bash
# wac plug leaves out an interface of which the plug lacks a function, and tells nobody if another interface fits.
#
# A socket imports two interfaces of a package in version 1.1.0. The plug exports both in 1.0.0. Semantic versions promise
# nothing in that direction: one interface is as it was, the other has a new function since. wac-cli 0.12.0 plugs the first,
# leaves the second as an import of the result, prints nothing, and succeeds. No host can run the result. If the
# interface with the new function is the only one, the error is that nothing matches; it names no function.
#
# Seen with wac-cli 0.12.0, components made by jco 1.35.0. Needs cargo, npm and node; TOOLS=FOLDER keeps the compiled command
# for the next run. Fails if the behaviour differs.
set -euo pipefail
VERSION=0.12.0

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tools=${TOOLS:-$folder}
cargo install --quiet --locked --no-default-features --features wit --debug --config profile.dev.debug=false \
  --root "$tools" "wac-cli@$VERSION"
npm install --silent --prefix "$folder" @bytecodealliance/jco@1.35.0 @bytecodealliance/preview2-shim@0.26.0
cd "$folder"
jco=node_modules/.bin/jco
export RUST_BACKTRACE=0

# A component of a world and a module.
component() {
  mkdir -p "$1/wit"
  echo "$2" >"$1/wit/shown.wit"
  echo "$3" >"$1/shown.wat"
  $jco parse "$1/shown.wat" -o "$1/core.wasm" >/dev/null
  $jco embed --wit "$1/wit" --world-name shown -o "$1/embedded.wasm" "$1/core.wasm" >/dev/null
  $jco new "$1/embedded.wasm" -o "$1.wasm" >/dev/null
}
new='package test:shown@1.1.0; interface kept { f: func(); } interface grown { f: func(); g: func(); }'
old='package test:shown@1.0.0; interface kept { f: func(); } interface grown { f: func(); }'
kept='(import "test:shown/kept@1.1.0" "f" (func))'
grown='(import "test:shown/grown@1.1.0" "g" (func))'
run='(func (export "run"))'
component both "$new world shown { import kept; import grown; export run: func(); }" "(module $kept $grown $run)"
component one "$new world shown { import grown; export run: func(); }" "(module $grown $run)"
component plug "$old world shown { export kept; export grown; }" '(module
  (func (export "test:shown/kept@1.0.0#f"))
  (func (export "test:shown/grown@1.0.0#f")))'

plugged=0
said=$("$tools/bin/wac" plug both.wasm --plug plug.wasm -o result.wasm 2>&1) || plugged=$?
left=$($jco wit result.wasm | grep 'import ')
alone=$("$tools/bin/wac" plug one.wasm --plug plug.wasm -o alone.wasm 2>&1) || true
echo "two interfaces: exit code $plugged, output '$said', left:$left"
echo "one interface:  $alone"
[ "$plugged" = 0 ] && [ -z "$said" ] && [[ "$left" == *'import test:shown/grown@1.1.0;' ]] &&
  [[ "$alone" == *'no matching imports'* ]] || { echo "It has changed." >&2; exit 1; }
echo "wac $VERSION: an interface that does not fit stays an import, without a word; unchanged."
