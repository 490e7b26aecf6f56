#!/bin/bash
# postal-mime gives an attached calendar in base64 with LF for CRLF.
#
# Base64 keeps the octets of a part (RFC 2045, section 6.8), and iCalendar has lines that end in CRLF (RFC 5545,
# section 3.1). postal-mime 4.0.0 reads a part of the type text/calendar as text, and reports octets of that text, with
# LF at line ends: they are fewer than were attached, and a checksum differs. mailparser reports what was attached. A part
# of the type text/csv is reported as it was attached by both.
#
# Seen with postal-mime 4.0.0 and mailparser 3.14.2 on Node 20. Needs npm and node. Fails if the behaviour differs.
set -euo pipefail
VERSION=4.0.0

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --prefix "$folder" "postal-mime@$VERSION" mailparser@3.14.2

cat >"$folder/read.cjs" <<'JS'
const postalMime = require("postal-mime");
const { simpleParser } = require("mailparser");

const content = Buffer.from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n");
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
    `Content-Type: ${type}; charset=utf-8`,
    "Content-Transfer-Encoding: base64",
    'Content-Disposition: attachment; filename="a.txt"',
    "",
    content.toString("base64"),
    "--b1--",
    "",
  ].join("\r\n");

(async () => {
  const seen = [];
  for (const type of ["text/csv", "text/calendar"]) {
    const octets = {
      mailparser: (await simpleParser(message(type))).attachments[0].content,
      "postal-mime": Buffer.from((await postalMime.parse(message(type))).attachments[0].content),
    };
    for (const [reader, read] of Object.entries(octets)) {
      console.log(`${type}, ${content.length} octets: ${reader} ${read.length}, ${JSON.stringify(read.toString())}`);
      seen.push(read.equals(content) ? "same" : read.toString() === content.toString().replaceAll("\r\n", "\n") ? "LF" : "other");
    }
  }
  if (seen.join() !== "same,same,same,LF") {
    console.error(`It has changed: ${seen}`);
    process.exit(1);
  }
})();
JS
node "$folder/read.cjs"
echo "postal-mime $VERSION: an attached calendar has LF for CRLF; unchanged."
