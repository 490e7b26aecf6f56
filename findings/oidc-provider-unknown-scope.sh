#!/bin/bash
# oidc-provider grants a token without a scope that it does not know, and its answer has no "scope".
#
# RFC 6749, section 3.3, lets a server ignore a scope that a client asks for. Section 5.1 then requires "scope" in the
# answer: without it, a client takes the token for one with the scope that it asked for. oidc-provider 9.13.3 names the
# scopes that are left of several; if none is left, it leaves "scope" out, and only introspection shows that the token has
# none.
#
# Seen with oidc-provider 9.13.3 on Node 20. Needs npm, node and curl. Fails if the behaviour differs.
set -euo pipefail
VERSION=9.13.3

folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --no-package-lock --ignore-scripts --prefix "$folder" "oidc-provider@$VERSION"
cat >"$folder/server.mjs" <<'JS'
import Provider from 'oidc-provider';
import { createServer } from 'node:http';

const server = createServer().listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'client', client_secret: 'secret', grant_types: ['client_credentials'], redirect_uris: [], response_types: [],
    }],
    scopes: ['mail.send'],
    features: {
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'https://mail.example.test/',
        getResourceServerInfo: () => ({ scope: 'mail.send', audience: 'https://mail.example.test/' }),
      },
    },
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
JS
: >"$folder/output"
node "$folder/server.mjs" >>"$folder/output" 2>"$folder/errors" &
server=$!
until grep -q ^http "$folder/output"; do kill -0 "$server"; sleep 0.1; done
issuer=$(head -1 "$folder/output")

# The answer's "scope", and the token's by introspection.
ask() {
  answer=$(curl -s -u client:secret -d grant_type=client_credentials --data-urlencode "scope=$1" "$issuer/token")
  told=$(curl -s -u client:secret -d "token=$(field access_token <<<"$answer")" "$issuer/token/introspection")
  echo "asked for: $1; answered: scope $(field scope <<<"$answer"); introspection: active $(field active <<<"$told"), scope $(field scope <<<"$told")"
}
field() { node -p "JSON.parse(require('fs').readFileSync(0))['$1'] ?? '(none)'"; }

found=$(ask mail.send; ask 'mail.send other'; ask other)
echo "$found"
expected='asked for: mail.send; answered: scope mail.send; introspection: active true, scope mail.send
asked for: mail.send other; answered: scope mail.send; introspection: active true, scope mail.send
asked for: other; answered: scope (none); introspection: active true, scope (none)'
[ "$found" = "$expected" ] || { echo 'It has changed.'; exit 1; }
echo "oidc-provider $VERSION: no \"scope\" in the answer if no scope was granted; unchanged."
