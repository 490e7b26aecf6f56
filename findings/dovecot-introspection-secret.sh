#!/bin/bash
# Dovecot sends the name and the secret in `introspection_url` without the encoding of OAuth 2.0, and refuses every token then.
#
# RFC 6749, section 2.3.1, has a client encode its name and its secret as in a form before HTTP Basic. oidc-provider decodes
# them. Dovecot 2.3.19.1 decodes what the URL has, as URLs have it (RFC 3986), and sends that: a secret with "+" or "%" is
# another one to the issuer. Dovecot takes the issuer's 401 for an answer about the token, and refuses the token, although
# it is valid; its log does not name the secret as the reason. A secret that is encoded twice in the URL is the right one.
#
# Seen with Debian 12's dovecot-core 1:2.3.19.1+dfsg1-2.1+deb12u7 (2.3.21.1 of its backports does the same) and oidc-provider
# 9.13.3 on Node 20. Needs root, apt-get, dpkg, unshare, npm, node, curl and python3. Dovecot's folders are compiled in, so
# it runs in mount and PID namespaces of its own. Fails if the behaviour differs.
set -euo pipefail
DOVECOT=1:2.3.19.1+dfsg1-2.1+deb12u7
PROVIDER=9.13.3
SECRET=se+cret

folder=$(mktemp -d)
running=()
trap 'exec 9>&-; for each in "${running[@]}"; do kill "$each" 2>/dev/null || true; wait "$each" || true; done; rm -rf "$folder"' EXIT
chmod 755 "$folder"
mkdir -p "$folder"/{archives/partial,packages,layer,log}
apt-get install -qq --yes --download-only --reinstall --no-install-recommends -o APT::Sandbox::User=root \
  -o "Dir::Cache::Archives=$folder/archives" "dovecot-core=$DOVECOT" >/dev/null
for archive in "$folder"/archives/*.deb; do dpkg --extract "$archive" "$folder/packages"; done
[ ! -e "$folder/packages/lib" ] || cp -aT "$folder/packages/lib" "$folder/packages/usr/lib"
npm install --silent --no-audit --no-fund --no-package-lock --ignore-scripts --prefix "$folder" "oidc-provider@$PROVIDER"

cat >"$folder/server.mjs" <<'JS'
import Provider from 'oidc-provider';
import { createServer } from 'node:http';

const server = createServer().listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'client', client_secret: process.argv[2], grant_types: ['client_credentials'], redirect_uris: [],
      response_types: [],
    }],
    features: { clientCredentials: { enabled: true }, introspection: { enabled: true } },
    extraTokenClaims: () => ({ username: 'user@example.test' }),
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
JS
: >"$folder/issuer"
node "$folder/server.mjs" "$SECRET" >>"$folder/issuer" 2>"$folder/errors" &
running+=($!)
until grep -q ^http "$folder/issuer"; do kill -0 "${running[0]}"; sleep 0.1; done
issuer=$(head -1 "$folder/issuer")
once=$(node -p 'encodeURIComponent(process.argv[1])' "$SECRET")
twice=$(node -p 'encodeURIComponent(process.argv[1])' "$once")
token=$(curl -s -u "client:$once" -d grant_type=client_credentials "$issuer/token" |
  node -p 'JSON.parse(require("fs").readFileSync(0)).access_token')

printf 'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/false\ndovecot:x:63027:63027::/:/bin/false\ndovenull:x:63028:63028::/:/bin/false\n' >"$folder/layer/passwd"
printf 'root:x:0:\nnogroup:x:65534:\ndovecot:x:63027:\ndovenull:x:63028:\n' >"$folder/layer/group"
# A mechanism for each of the two URLs.
cat >"$folder/dovecot.conf" <<CONF
base_dir = $folder/run
state_dir = $folder/state
log_path = $folder/log/dovecot
auth_verbose = yes
protocols =
ssl = no
disable_plaintext_auth = no
auth_mechanisms = xoauth2 oauthbearer
passdb {
  driver = oauth2
  mechanisms = xoauth2
  args = $folder/once.conf
}
passdb {
  driver = oauth2
  mechanisms = oauthbearer
  args = $folder/twice.conf
}
userdb {
  driver = static
  args = uid=63025 gid=63025 home=/
}
service auth {
  unix_listener $folder/auth {
    mode = 0666
  }
}
CONF
for name in once twice; do
  cat >"$folder/$name.conf" <<CONF
introspection_mode = post
introspection_url = ${issuer/\/\//\/\/client:${!name}@}/token/introspection
username_attribute = username
active_attribute = active
active_value = true
CONF
done
cat >"$folder/start" <<SH
set -eu
cd "$folder"
mount -t overlay overlay -o lowerdir=packages/usr:/usr /usr
mount -t overlay overlay -o lowerdir=layer:packages/etc:/etc /etc
dovecot -F -c "$folder/dovecot.conf" &
until [ -e run/master.pid ]; do kill -0 \$!; sleep 0.01; done
touch ready
cat >/dev/null
SH
# Dovecot ends with its standard input.
mkfifo "$folder/input"
unshare --mount --pid --fork --mount-proc --kill-child sh "$folder/start" <"$folder/input" >"$folder/output" 2>&1 &
running+=($!)
exec 9>"$folder/input"
until [ -e "$folder/ready" ]; do kill -0 "${running[1]}" || { cat "$folder/output" "$folder"/log/*; exit 1; }; sleep 0.1; done

python3 - "$folder" "$token" "$once" "$twice" <<'PY' || { cat "$folder/output" "$folder"/log/* 2>/dev/null; exit 1; }
import base64, os, socket, sys

folder, token, once, twice = sys.argv[1:]
os.chdir(folder)
bearer = f"\x01auth=Bearer {token}\x01\x01"
found = []
for number, (secret, mechanism, answer) in enumerate(
    [(once, "XOAUTH2", "user=user@example.test" + bearer), (twice, "OAUTHBEARER", "n,a=user@example.test," + bearer)], 1
):
    # The protocol in which Postfix asks Dovecot.
    auth = socket.socket(socket.AF_UNIX)
    auth.settimeout(60)
    auth.connect("auth")
    response = base64.b64encode(answer.encode()).decode()
    hello = f"VERSION\t1\t1\nCPID\t{os.getpid() * 10 + number}\n"
    auth.sendall(f"{hello}AUTH\t1\t{mechanism}\tservice=smtp\tresp={response}\n".encode())
    for line in auth.makefile():
        if line.startswith(("OK", "FAIL", "CONT")):
            break
    fields = line.strip().split("\t")
    print(f"introspection_url with the secret {secret}: {fields[0]} {fields[2]}")
    found.append(fields[0])
if found != ["FAIL", "OK"]:
    sys.exit(f"It has changed: {found}")
PY
grep -ho 'oauth2 failed: .*' "$folder"/log/*
echo "Dovecot $DOVECOT: a secret with + is sent as it is, and valid tokens are refused; unchanged."
