#!/bin/bash
# Postfix answers pipelined commands record by record, if they come in several TLS records.
#
# RFC 2920, section 3.2, has a server answer a group of pipelined commands together. Postfix 3.7.11 does, if the group
# comes in one TLS record. If the same octets come in two records, in one TCP segment, it answers the first before it reads
# the second, in a segment of its own. Nagle's algorithm then keeps the second answer until the client's system has
# acknowledged the first, which it delays by 40 ms on Linux.
#
# Seen with Debian 12's postfix 3.7.11-0+deb12u1. Needs root, apt-get, dpkg, unshare, openssl and python3. Its folders are
# compiled in, so it runs in mount and PID namespaces of its own. Fails if the behaviour differs.
set -euo pipefail
VERSION=3.7.11-0+deb12u1

folder=$(mktemp -d)
server=
trap 'exec 9>&-; [ -z "$server" ] || wait "$server" || true; rm -rf "$folder"' EXIT
chmod 755 "$folder"
mkdir -p "$folder"/{archives/partial,packages,layer/postfix,queue/pid,data}
apt-get install -qq --yes --download-only --reinstall --no-install-recommends -o APT::Sandbox::User=root \
  -o "Dir::Cache::Archives=$folder/archives" "postfix=$VERSION" >/dev/null
for archive in "$folder"/archives/*.deb; do dpkg --extract "$archive" "$folder/packages"; done
[ ! -e "$folder/packages/lib" ] || cp -aT "$folder/packages/lib" "$folder/packages/usr/lib"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=mail.test \
  -keyout "$folder/key.pem" -out "$folder/certificate.pem" 2>/dev/null
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

printf 'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/false\npostfix:x:63025:63025::/:/bin/false\n' >"$folder/layer/passwd"
printf 'root:x:0:\nnogroup:x:65534:\npostfix:x:63025:\npostdrop:x:63026:\n' >"$folder/layer/group"
cat >"$folder/layer/postfix/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $folder/queue
data_directory = $folder/data
maillog_file = $folder/log/postfix
maillog_file_prefixes = $folder
myhostname = mail.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
virtual_mailbox_domains = example.test
virtual_mailbox_maps = static:x
smtpd_peername_lookup = no
smtpd_tls_cert_file = $folder/certificate.pem
smtpd_tls_key_file = $folder/key.pem
CONF
cat >"$folder/layer/postfix/master.cf" <<CONF
127.0.0.1:$port inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n - 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - 1 error
anvil unix - - n - 1 anvil
CONF
# Postfix waits until its configuration is 2 s old.
touch -d '1 minute ago' "$folder"/layer/postfix/*
mkdir -p "$folder"/queue/{active,bounce,corrupt,defer,deferred,flush,hold,incoming,private,saved,trace,maildrop,public} "$folder/log"
chown -R 63025:63025 "$folder/queue" "$folder/data"
chown 0:0 "$folder/queue" "$folder/queue/pid"
chgrp 63026 "$folder"/queue/{maildrop,public}
cat >"$folder/start" <<SH
set -eu
cd "$folder"
mount -t overlay overlay -o lowerdir=packages/usr:/usr /usr
mount -t overlay overlay -o lowerdir=layer:packages/etc:/etc /etc
/usr/lib/postfix/sbin/master -w
cat >/dev/null
SH
# The server ends with its standard input.
mkfifo "$folder/input"
unshare --mount --pid --fork --mount-proc --kill-child sh "$folder/start" <"$folder/input" >"$folder/output" 2>&1 &
server=$!
exec 9>"$folder/input"

python3 - "$port" <<'PY' || { cat "$folder/output" "$folder"/log/* 2>/dev/null; exit 1; }
import socket, ssl, sys, time

GROUP = [b"MAIL FROM:<a@example.test>\r\n", b"RCPT TO:<user@example.test>\r\nNOOP\r\n"]

def connect():
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
        except ConnectionRefusedError:
            time.sleep(0.1)
    sys.exit("It does not start.")

class Client:
    def __init__(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.connection, self.records = connect(), 0
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing)
        self.run(self.tls.do_handshake)

    # One record is read at a time, and counted.
    def run(self, step, *arguments):
        while True:
            try:
                return step(*arguments)
            except ssl.SSLWantReadError:
                self.flush()
                header = self.exactly(5)
                self.incoming.write(header + self.exactly(int.from_bytes(header[3:])))
                self.records += header[0] == 23

    def exactly(self, octets):
        data = b""
        while len(data) < octets:
            more = self.connection.recv(octets - len(data))
            if not more:
                sys.exit("The connection has ended.")
            data += more
        return data

    def flush(self):
        self.connection.sendall(self.outgoing.read())

    # Each piece is a record; all leave at once. Returns the replies, and the records in which they came.
    def say(self, pieces, replies):
        for piece in pieces:
            self.tls.write(piece)
        self.flush()
        self.records, text = 0, b""
        while sum(line[3:4] == b" " for line in text.splitlines()) < replies:
            text += self.run(self.tls.read, 65536)
        return text.decode(), self.records

def records(pieces):
    client = Client()
    client.say([], 1)
    client.say([b"EHLO localhost\r\n"], 1)
    text, count = client.say(pieces, 3)
    print(f"C: {b''.join(pieces)!r} in {len(pieces)} record(s)\nS: {text!r} in {count} record(s)")
    return count

found = [records([b"".join(GROUP)]), records(GROUP)]
if found != [1, 2]:
    sys.exit(f"It has changed: {found}")
PY
echo "Postfix $VERSION: a group in two TLS records has its replies in two records; unchanged."
