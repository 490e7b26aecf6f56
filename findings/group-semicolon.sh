#!/bin/bash
# postal-mime and emailjs-mime-parser end a group of addresses at a semicolon within quotes.
#
# A group ends at a semicolon (RFC 5322, section 3.4), but in a quoted string a semicolon is a character like any other
# (section 3.2.4). Of `friends: "Miller; Bob" <b@example.net>, c@example.net;`, postal-mime 4.0.0 and emailjs-mime-parser
# 2.0.7 report a group without addresses, and afterwards something that no one wrote. Outside a group they read the same
# name right. mailparser and Python's email read both right.
#
# Seen with postal-mime 4.0.0, emailjs-mime-parser 2.0.7 and mailparser 3.14.2 on Node 20. Needs npm, node and python3.
# Fails if the behaviour differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --prefix "$folder" postal-mime@4.0.0 emailjs-mime-parser@2.0.7 mailparser@3.14.2

cat >"$folder/read.cjs" <<'JS'
const postalMime = require("postal-mime");
const emailjs = require("emailjs-mime-parser").default;
const { simpleParser } = require("mailparser");

const list = '"Miller; Bob" <b@example.net>, c@example.net';
const right = ["b@example.net", "c@example.net"];
const mailboxes = (addresses) =>
  addresses.flatMap(({ address, group }) => (group ? mailboxes(group) : [address]));

(async () => {
  const seen = [];
  for (const to of [list, `friends: ${list};`]) {
    const message = `From: ann@example.org\r\nTo: ${to}\r\nSubject: x\r\n\r\nHello.\r\n`;
    const read = {
      mailparser: (await simpleParser(message)).to.value,
      "postal-mime": (await postalMime.parse(message)).to,
      "emailjs-mime-parser": emailjs(Buffer.from(message)).headers.to[0].value,
    };
    for (const [reader, addresses] of Object.entries(read)) {
      console.log(`To: ${to}\n  ${reader}: ${JSON.stringify(addresses)}`);
      seen.push(mailboxes(addresses).join() === right.join() ? "right" : "wrong");
    }
  }
  if (seen.join() !== "right,right,right,right,wrong,wrong") {
    console.error(`It has changed: ${seen}`);
    process.exit(1);
  }
})();
JS
node "$folder/read.cjs"
python3 - <<'PY'
import email.message, email.policy, sys

text = 'To: friends: "Miller; Bob" <b@example.net>, c@example.net;\r\n\r\n'
message = email.message_from_string(text, policy=email.policy.default)
mailboxes = [address.addr_spec for address in message["To"].groups[0].addresses]
print("  Python's email:", mailboxes)
if mailboxes != ["b@example.net", "c@example.net"]:
    sys.exit("It has changed.")
PY
echo "postal-mime 4.0.0, emailjs-mime-parser 2.0.7: a semicolon within quotes ends a group; unchanged."
