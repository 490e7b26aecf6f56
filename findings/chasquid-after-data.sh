#!/bin/bash
# chasquid discards commands pipelined after the end of DATA, and closes a connection at its third refusal.
#
# It offers PIPELINING. RFC 2920, section 3.1, allows the next MAIL in one group with the end of a message.
# chasquid 1.11 reads such commands into a buffer, drops it with the message, and never answers.
# It accepts 101 recipients in a transaction, answers "452 4.5.3 Too many recipients" to two more, then
# "421 4.5.0 Too many errors, bye", and closes. A client that treats 421 as "try again later" never delivers a
# message to 104 recipients. If the recipients exceed its buffer of 4,096 octets, it closes with a TCP reset,
# which can overtake the replies before it.
#
# Seen with Debian 12's chasquid 1.11-2+b2. Needs apt-get, dpkg and python3. Fails if the behaviour differs.
set -euo pipefail
VERSION=1.11-2+b2

folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
chmod 755 "$folder"
(cd "$folder" && apt-get download -q -o APT::Sandbox::User=root "chasquid=$VERSION" >/dev/null)
dpkg --extract "$folder"/chasquid_*.deb "$folder"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

mkdir -p "$folder"/own/{certs/mail.test,domains/example.test,data}
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=mail.test -days 2 \
  -keyout "$folder/own/certs/mail.test/privkey.pem" \
  -out "$folder/own/certs/mail.test/fullchain.pem" 2>/dev/null
echo '*: |/bin/true' >"$folder/own/domains/example.test/aliases"
cat >"$folder/own/chasquid.conf" <<CONF
hostname: "mail.test"
smtp_address: "127.0.0.1:$port"
data_dir: "$folder/own/data"
mail_log_path: "<stderr>"
CONF
"$folder/usr/bin/chasquid" -config_dir="$folder/own" >"$folder/log" 2>&1 &
server=$!

# chasquid looks up no null reverse-path in DNS.
python3 - "$port" <<'PY'
import socket, sys, time

def connect():
    for _ in range(200):
        try:
            connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
            return connection, connection.makefile("rb")
        except ConnectionRefusedError:
            time.sleep(0.1)

def reply(lines):
    while True:
        line = lines.readline().decode().rstrip()
        if line[3:4] != "-":
            return line

def say(connection, lines, command):
    connection.sendall((command + "\r\n").encode())
    line = reply(lines)
    print("C:", command, "\nS:", line)
    return line

connection, lines = connect()
print("S:", reply(lines))
for command in ["EHLO localhost", "MAIL FROM:<>", "RCPT TO:<b@example.test>", "DATA"]:
    say(connection, lines, command)
print("C: (a message, its end, and RSET in one)")
connection.sendall(b"Subject: first\r\n\r\nHello.\r\n.\r\nRSET\r\n")
print("S:", reply(lines))
connection.settimeout(5)
try:
    sys.exit(f"It has changed: {reply(lines)}")
except TimeoutError:
    print("S: (nothing to RSET within 5 s)")

connection, lines = connect()
reply(lines)
for command in ["EHLO localhost", "MAIL FROM:<>"]:
    say(connection, lines, command)
print("C: (121 times RCPT TO)")
connection.sendall("".join(f"RCPT TO:<{n}@example.test>\r\n" for n in range(121)).encode())
replies = [reply(lines) for _ in range(104)]
for line in replies[99:]:
    print("S:", line)
end = lines.read()
print("S: (closed)" if not end else end)
codes = [line[:3] for line in replies]
if codes != ["250"] * 101 + ["452"] * 2 + ["421"] or end:
    sys.exit(f"It has changed: {codes}")
PY
echo "chasquid $VERSION: no answer to commands after the end of DATA; 101 recipients, 452 twice, 421; unchanged."
