#!/bin/bash
# GMime keeps a fold in a display name, and loses encoded words that follow a padded one.
#
# A fold between two words of a display name is white space like a blank (RFC 5322, sections 2.2.3 and 3.2.2). GMime
# 3.2.13 reports the line end as part of the name, if one of the words is not an encoded word.
#
# Each encoded word is decoded by itself, so that its base64 may end in `=` (RFC 2047, section 4.1). If a word of a run
# does, GMime 3.2.13 drops all words of a subject that follow it. Such runs are usual: mail-builder 2.0.1 wrote the second
# subject below. Python's email reads all of it.
#
# Seen with Debian 12's libgmime-3.0-0 3.2.13+dfsg-2, which needs no root. Needs apt-get, dpkg, python3 and GLib. Fails
# if the behaviour differs.
set -euo pipefail
VERSION=3.2.13+dfsg-2

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# libgpgme11 is what it needs beside GLib.
(cd "$folder" && apt-get download -q "libgmime-3.0-0=$VERSION" libgpgme11 libassuan0 >/dev/null 2>&1)
for package in "$folder"/*.deb; do dpkg --extract "$package" "$folder"; done

LD_LIBRARY_PATH=$(echo "$folder"/usr/lib/*-linux-gnu*) python3 - <<'PY'
import ctypes, email.header, sys

gmime = ctypes.CDLL("libgmime-3.0.so.0")
pointer, text = ctypes.c_void_p, ctypes.c_char_p
gmime.internet_address_list_parse.restype = pointer
gmime.internet_address_list_get_address.argtypes = [pointer, ctypes.c_int]
gmime.internet_address_list_get_address.restype = pointer
gmime.internet_address_get_name.argtypes = [pointer]
gmime.internet_address_get_name.restype = text
gmime.g_mime_utils_header_decode_text.restype = text
gmime.g_mime_init()
changed = False

def compare(field, read, expected):
    global changed
    print(f"{field!r}\n  {read!r}")
    changed |= read != expected

for field, expected in [
    ("Ann Miller <a@example.org>", "Ann Miller"),
    ("Ann\r\n Miller <a@example.org>", "Ann\r\n Miller"),
    ("=?UTF-8?Q?J=C3=B6rg?=\r\n Miller <a@example.org>", "Jörg\r\n Miller"),
]:
    addresses = gmime.internet_address_list_parse(None, field.encode())
    first = gmime.internet_address_list_get_address(addresses, 0)
    compare(field, gmime.internet_address_get_name(first).decode(), expected)

# Whether words are lost depends on the `=` alone.
long = (
    "=?utf-8?B?R3LDvMOfZSBhdXMgS8O2bG4gYW4gYWxsZSBpbiBkZXIgS8O8Y2hl?=\r\n"
    " =?utf-8?B?LCBmw7xyIGRpZSBzY2jDtm5lIFplaXQgdW5kIGRhcyBGcsO8aHN0w7xjayA=?=\r\n"
    " =?utf-8?B?w7xiZXIgZGVuIETDpGNoZXJu?="
)
whole = "Grüße aus Köln an alle in der Küche, für die schöne Zeit und das Frühstück über den Dächern"
for field, words, expected in [
    ("=?utf-8?B?w6TDtsO8?= =?utf-8?B?w6Q=?=", "äöüä", "äöüä"),
    (long, whole, whole.removesuffix("über den Dächern")),
]:
    assert str(email.header.make_header(email.header.decode_header(field))) == words
    compare(field, gmime.g_mime_utils_header_decode_text(None, field.encode()).decode(), expected)

if changed:
    sys.exit("It has changed.")
PY
echo "GMime $VERSION: a fold stays in a name, and words after a padded one are lost; unchanged."
