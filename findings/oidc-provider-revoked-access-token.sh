#!/bin/bash
# oidc-provider ends the refresh token, and every other access token of the same login, with one access token that is revoked.
#
# RFC 7009, section 2.1, lets a server do so. By the setting `revokeGrantPolicy`, oidc-provider 9.13.3 keeps the grant, the
# user's consent, when an access token is revoked. But it ends all tokens of that grant: a client that revokes only the
# access token that it no longer needs has to ask the user again.
#
# Seen with oidc-provider 9.13.3 on Node 20. Needs npm, node, curl and openssl. Fails if the behaviour differs.
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
      client_id: 'client', client_secret: 'secret', application_type: 'native',
      grant_types: ['authorization_code', 'refresh_token'], redirect_uris: ['http://127.0.0.1/callback'],
    }],
    features: { devInteractions: { enabled: false }, introspection: { enabled: true }, revocation: { enabled: true } },
  });
  // The user logs in and consents without being asked.
  provider.use(async (context, next) => {
    if (!context.path.startsWith('/interaction/')) return next();
    const grant = new provider.Grant({ accountId: 'user', clientId: 'client' });
    grant.addOIDCScope('openid offline_access');
    const result = { login: { accountId: 'user' }, consent: { grantId: await grant.save() } };
    context.redirect(await provider.interactionResult(context.req, context.res, result));
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

field() { node -p "JSON.parse(require('fs').readFileSync(0))['$1'] ?? '(none)'"; }
post() { path=$1; shift; curl -s -u client:secret "${@/#/-d}" "$issuer$path"; }
state() {
  echo "access token 1 active: $(post /token/introspection "token=$first" | field active)," \
    "access token 2 active: $(post /token/introspection "token=$second" | field active)," \
    "refresh: $(post /token grant_type=refresh_token "refresh_token=$refresh" | field error)"
}

# The code flow: its last redirection leads to the client, at which nobody listens.
verifier=$(openssl rand -hex 32)
challenge=$(printf %s "$verifier" | openssl dgst -sha256 -binary | openssl base64 -A | tr '+/' '-_' | tr -d =)
callback=$(curl -s -L -c "$folder/cookies" -b "$folder/cookies" -o /dev/null -w '%{url_effective}' \
  "$issuer/auth?response_type=code&client_id=client&redirect_uri=http://127.0.0.1/callback&scope=openid+offline_access&prompt=consent&code_challenge=$challenge&code_challenge_method=S256" || true)
code=$(sed -n 's/.*[?&]code=\([^&]*\).*/\1/p' <<<"$callback")
tokens=$(post /token grant_type=authorization_code "code=$code" redirect_uri=http://127.0.0.1/callback "code_verifier=$verifier")
first=$(field access_token <<<"$tokens")
refresh=$(field refresh_token <<<"$tokens")
second=$(post /token grant_type=refresh_token "refresh_token=$refresh" | field access_token)

before=$(state)
post /token/revocation "token=$first"
after=$(state)
printf 'before: %s\nafter access token 1 is revoked: %s\n' "$before" "$after"
expected='access token 1 active: false, access token 2 active: false, refresh: invalid_grant'
[ "$before" = 'access token 1 active: true, access token 2 active: true, refresh: (none)' ] && [ "$after" = "$expected" ] ||
  { echo 'It has changed.'; exit 1; }
echo "oidc-provider $VERSION: all tokens of a login end with one access token; unchanged."
