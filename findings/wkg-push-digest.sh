#!/bin/bash
# `wkg oci push` gives one file a new digest each time, and replaces a version that is there.
#
# A manifest's digest names a published component for good: signatures and lock files have it. wkg 0.16.1 writes the time of
# the push into the configuration that the manifest names, so the same file has another digest a second later. The tag
# moves to the last one, without a question or a flag; what was signed under the first digest has no name any more.
# `wkg publish` refuses a version that is there, but takes no annotations.
#
# Seen with wkg 0.16.1 and Debian 12's docker-registry 2.8.2. Needs cargo, curl and, for the registry, apt-get and dpkg;
# TOOLS=FOLDER keeps the compiled command for the next run. Fails if the behaviour differs.
set -euo pipefail
VERSION=0.16.1

folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
tools=${TOOLS:-$folder}
cargo install --quiet --locked --no-default-features --debug --config profile.dev.debug=false --root "$tools" "wkg@$VERSION"
wkg=$tools/bin/wkg
cd "$folder"
apt-get download -qq docker-registry=2.8.2+ds1-1 2>/dev/null
dpkg --extract docker-registry_*.deb .
export RUST_BACKTRACE=0
cat >config.yml <<YAML
version: 0.1
storage: { filesystem: { rootdirectory: "$folder/storage" } }
http: { addr: "127.0.0.1:0" }
YAML
usr/bin/docker-registry serve config.yml >log 2>&1 &
server=$!
until grep -q 'listening on' log; do kill -0 "$server"; sleep 0.1; done
address=$(sed -n 's/.*listening on \([0-9.:]*\)".*/\1/p' log)

mkdir wit
echo 'package test:shown@1.0.0; interface shown { f: func(); }' >wit/shown.wit
"$wkg" build --cache cache -o shown.wasm 2>/dev/null
push() { "$wkg" oci push --insecure "$address" "$address/test/shown:1.0.0" shown.wasm | sed -n 's/^digest: //p'; }
tagged() {
  curl -sI -H 'Accept: application/vnd.oci.image.manifest.v1+json' "http://$address/v2/test/shown/manifests/1.0.0" |
    tr -d '\r' | sed -n 's/^Docker-Content-Digest: //p'
}
first=$(push)
before=$(tagged)
sleep 1
second=$(push)
after=$(tagged)
echo "pushed: $first, tagged: $before"
echo "pushed: $second, tagged: $after"
[ -n "$first" ] && [ "$first" = "$before" ] && [ "$second" = "$after" ] && [ "$first" != "$second" ] ||
  { echo "It has changed." >&2; exit 1; }
echo "wkg $VERSION: the same file twice, two digests, and the tag moved; unchanged."
