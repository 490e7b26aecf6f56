#!/bin/bash
# emailjs-mime-parser gives an attached text in base64 with one octet for each character.
#
# Base64 keeps the octets of a part (RFC 2045, section 6.8). emailjs-mime-parser 2.0.7 decodes an attached text with its
# charset, and then reports the lowest octet of each character: C3 A4 ("ä" in UTF-8) becomes E4, E2 82 AC ("€") becomes
# AC. Of another type than text, it reports the octets that were attached, as mailparser does in both cases.
#
# Seen with emailjs-mime-parser 2.0.7 and mailparser 3.14.2 on Node 20. Needs npm and node. Fails if the behaviour
# differs.
set -euo pipefail
VERSION=2.0.7

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --prefix "$folder" "emailjs-mime-parser@$VERSION" mailparser@3.14.2

cat >"$folder/read.cjs" <<'JS'
const emailjs = require("emailjs-mime-parser").default;
const { simpleParser } = require("mailparser");

const content = Buffer.from("ä€\r\n");
const message = (type) =>
  [
    "From: ann@example.org",
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="b1"',
    "",
    "--b1",
    "Content-Type: text/plain",
    "",
    "Hello.",
    "--b1",
    `Content-Type: ${type}`,
    "Content-Transfer-Encoding: base64",
    'Content-Disposition: attachment; filename="a.csv"',
    "",
    content.toString("base64"),
    "--b1--",
    "",
  ].join("\r\n");

(async () => {
  const seen = [];
  for (const type of ["application/octet-stream", "text/csv; charset=utf-8"]) {
    const octets = {
      mailparser: (await simpleParser(message(type))).attachments[0].content,
      "emailjs-mime-parser": Buffer.from(emailjs(Buffer.from(message(type))).childNodes[1].content),
    };
    for (const [reader, read] of Object.entries(octets)) {
      console.log(`${type}, ${content.toString("hex")}: ${reader} ${read.toString("hex")}`);
      seen.push(read.equals(content) ? "same" : read.toString("hex"));
    }
  }
  if (seen.join() !== "same,same,same,e4ac0d0a") {
    console.error(`It has changed: ${seen}`);
    process.exit(1);
  }
})();
JS
node "$folder/read.cjs"
echo "emailjs-mime-parser $VERSION: an attached text in base64 has one octet for each character; unchanged."
