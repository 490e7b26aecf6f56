#!/bin/bash
# Haraka offers PIPELINING, and answers 503 to each command that is pipelined after the end of DATA.
#
# RFC 2920, section 3.1, allows the next MAIL in one group with the end of a message. Haraka answers each such
# command "503 Bad sequence of commands - pipelined after end of DATA", a permanent error by its code, after
# the 250 for the message itself. It accepts a command sent after the 250 is read.
#
# Seen with Haraka 3.3.4 on Node 20. Needs npm, node and python3. Fails if the behaviour differs.
set -euo pipefail
VERSION=3.3.4

folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --no-package-lock --ignore-scripts --omit=optional \
  --prefix "$folder" "Haraka@$VERSION" >/dev/null 2>&1
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

# Haraka's own configuration except for port and plugins: it looks up no name, accepts every recipient, and
# discards every message.
cp -r "$folder/node_modules/Haraka/config" "$folder/config"
mkdir "$folder/plugins"
printf 'nodes=0\nlisten=127.0.0.1:%s\npublic_ip=127.0.0.1\n' "$port" >"$folder/config/smtp.ini"
echo loopback >"$folder/config/plugins"
cat >"$folder/plugins/loopback.js" <<'JS'
exports.hook_lookup_rdns = next => next(OK, 'localhost');
exports.hook_mail = next => next(OK);
exports.hook_rcpt = next => next(OK);
exports.hook_queue = next => next(OK);
JS
node "$folder/node_modules/Haraka/bin/haraka" --configs "$folder" >"$folder/log" 2>&1 &
server=$!

python3 - "$port" <<'PY'
import socket, sys, time

for _ in range(200):
    try:
        connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
        break
    except ConnectionRefusedError:
        time.sleep(0.1)
lines = connection.makefile("rb")

def reply():
    while True:
        line = lines.readline().decode().rstrip()
        print("S:", line)
        if line[3:4] != "-":
            return line

def say(*commands):
    for command in commands:
        print("C:", command)
    connection.sendall("".join(command + "\r\n" for command in commands).encode())
    return [reply() for _ in commands]

reply()
say("EHLO localhost")
envelope = ["MAIL FROM:<a@example.test>", "RCPT TO:<b@example.test>"]
for command in [*envelope, "DATA"]:
    say(command)
print("C: (a message, its end, and the next envelope in one)")
connection.sendall("\r\n".join(["Subject: first", "", "Hello.", ".", *envelope, ""]).encode())
together = [reply() for _ in range(3)]
print("C: (the same envelope once more, after the replies)")
after = [say(command)[0] for command in envelope]
say("QUIT")
codes = [line[:3] for line in together + after]
if codes != ["250", "503", "503", "250", "250"]:
    sys.exit(f"It has changed: {codes}")
PY
echo "Haraka $VERSION: 503 to each command after the end of DATA; unchanged."
