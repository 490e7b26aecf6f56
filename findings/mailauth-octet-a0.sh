#!/bin/bash
# npm's mailauth fails a signature over a header field that has the octet A0.
#
# The relaxed form of a field makes one blank of each run of white space, which is blank and tab (RFC 6376,
# sections 2.8 and 3.4.2). mailauth 4.13.3 reads octets as characters of Latin-1, and takes JavaScript's white space,
# which A0 is (U+00A0). UTF-8 has this octet in "à" (C3 A0) and in the Cyrillic letter "Р" (D0 A0), but not in "é"
# (C3 A9). dkimpy passes all of these.
#
# Seen with mailauth 4.13.3 on Node 20 and dkimpy 1.1.8. Needs npm, node, pip, openssl and python3. Fails if the
# behaviour differs.
set -euo pipefail
VERSION=4.13.3

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --prefix "$folder" "mailauth@$VERSION"
PIP_ROOT_USER_ACTION=ignore pip install --quiet --disable-pip-version-check --target "$folder/packages" dkimpy==1.1.8 dnspython==2.8.0
openssl genrsa -out "$folder/key.pem" 2048 2>/dev/null
record="v=DKIM1; k=rsa; p=$(openssl pkey -in "$folder/key.pem" -pubout -outform DER | base64 -w0)"

cat >"$folder/verify.cjs" <<'JS'
const { readFileSync } = require("node:fs");
const { dkimVerify } = require("mailauth/lib/dkim/verify");

const [record, path] = process.argv.slice(2);
dkimVerify(readFileSync(path), { resolver: async () => [[record]] }).then(({ results }) =>
  console.log(results[0].status.result),
);
JS
PYTHONPATH="$folder/packages" python3 - "$folder" "$record" <<'PY'
import subprocess, sys
import dkim

folder, record = sys.argv[1:]
key = open(folder + "/key.pem", "rb").read()
seen = []
for subject in ["caf\u00e9", "voil\u00e0 un sujet", "\u0420"]:
    message = f"From: ann@example.org\r\nSubject: {subject}\r\n\r\nHello.\r\n".encode()
    signature = dkim.sign(message, b"s", b"example.org", key, canonicalize=(b"relaxed", b"relaxed"),
                          include_headers=[b"from", b"subject"])
    signed = signature + message
    open(folder + "/signed.eml", "wb").write(signed)
    dkimpy = "pass" if dkim.verify(signed, dnsfunc=lambda *_, **__: record.encode()) else "fail"
    program = ["node", folder + "/verify.cjs", record, folder + "/signed.eml"]
    mailauth = subprocess.run(program, check=True, capture_output=True, text=True).stdout.strip()
    print(f"Subject: {subject}: dkimpy {dkimpy}, mailauth {mailauth}")
    seen += [dkimpy, mailauth]
if seen != ["pass", "pass"] + ["pass", "fail"] * 2:
    sys.exit(f"It has changed: {seen}")
PY
echo "mailauth $VERSION: a signed field with the octet A0 does not verify; unchanged."
