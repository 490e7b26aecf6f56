#!/bin/bash
# Exim accepts messages and loses their bodies, on a connection on which its disk had no room for an earlier one by BDAT.
#
# The first message does not fit into the spool, and Exim is right to answer 451. The spool has room again then. Exim accepts
# the next messages by BDAT (RFC 3030) on that connection, answers 250, and delivers their headers alone, also after RSET. Of
# a message by DATA it delivers nothing but its own field. Over another connection, the same message arrives whole.
#
# Seen with Debian 12's exim4-daemon-light 4.96-15+deb12u10. Needs root, apt-get, dpkg, unshare and python3. Exim runs in
# mount and PID namespaces of its own, its spool is a small tmpfs. Fails if the behaviour differs.
set -euo pipefail
VERSION=4.96-15+deb12u10

folder=$(mktemp -d)
server=
trap 'exec 9>&-; [ -z "$server" ] || wait "$server" || true; rm -rf "$folder"' EXIT
chmod 755 "$folder"
mkdir -p "$folder"/{archives/partial,packages,layer,spool,inbox,log}
apt-get install -qq --yes --download-only --reinstall --no-install-recommends -o APT::Sandbox::User=root \
  -o "Dir::Cache::Archives=$folder/archives" "exim4-daemon-light=$VERSION" "exim4-base=$VERSION" \
  "exim4-config=$VERSION" >/dev/null
for archive in "$folder"/archives/*.deb; do dpkg --extract "$archive" "$folder/packages"; done
[ ! -e "$folder/packages/lib" ] || cp -aT "$folder/packages/lib" "$folder/packages/usr/lib"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

printf 'root:x:0:0::/:/bin/sh\nDebian-exim:x:63025:63025::/:/bin/false\n' >"$folder/layer/passwd"
printf 'root:x:0:\nmail:x:8:\nDebian-exim:x:63025:\n' >"$folder/layer/group"
chown -R 63025:63025 "$folder"/{inbox,log}
cat >"$folder/exim.conf" <<CONF
exim_path = /usr/sbin/exim4
primary_hostname = mail.test
spool_directory = $folder/spool
log_file_path = $folder/log/%s
pid_file_path = $folder/ready
local_interfaces = 127.0.0.1
daemon_smtp_ports = $port
tls_advertise_hosts =
chunking_advertise_hosts = *
host_lookup =
deliver_drop_privilege = true
never_users =
keep_environment =
acl_smtp_rcpt = accept
begin routers
all:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = $folder/inbox
  maildir_format
  user = Debian-exim
CONF
cat >"$folder/start" <<SH
set -eu
cd "$folder"
mount -t overlay overlay -o lowerdir=packages/usr:/usr /usr
mount --bind layer/passwd /etc/passwd
mount --bind layer/group /etc/group
mount -t tmpfs -o size=13m,mode=755,uid=63025,gid=63025 tmpfs spool
exim4 -C "$folder/exim.conf" -bdf &
cat >/dev/null
SH
# The server ends with its standard input.
mkfifo "$folder/input"
unshare --mount --pid --fork --mount-proc --kill-child sh "$folder/start" <"$folder/input" >"$folder/output" 2>&1 &
server=$!
exec 9>"$folder/input"

python3 - "$port" "$folder" <<'PY' || { cat "$folder/output" "$folder"/log/* 2>/dev/null; exit 1; }
import pathlib, re, socket, sys, time

port, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
BODY = b"Hello.\r\n"
LARGE = 256 * 1024 * (62 * b"x" + b"\r\n")

def until(condition):
    for _ in range(200):
        if found := condition():
            return found
        time.sleep(0.1)
    sys.exit("It does not come.")

class Client:
    def __init__(self):
        self.connection = socket.create_connection(("127.0.0.1", port), 60)
        self.lines = self.connection.makefile("rb")
        self.reply()
        self.say("EHLO localhost")

    def reply(self):
        while True:
            line = self.lines.readline().decode().rstrip()
            print("S:", line)
            if line[3:4] != "-":
                return line[:3]

    def say(self, command, octets=b""):
        print("C:", command, f"and {len(octets)} octets" if octets else "")
        self.connection.sendall(command.encode() + b"\r\n" + octets)
        return self.reply()

    def send(self, name, body, way="BDAT"):
        message = f"From: <a@example.test>\r\nSubject: {name}\r\n\r\n".encode() + body
        self.say("MAIL FROM:<a@example.test>")
        self.say(f"RCPT TO:<{name}@example.test>")
        if way == "BDAT":
            return self.say(f"BDAT {len(message)} LAST", message)
        self.say("DATA")
        return self.say("(the message)", message + b".\r\n")

def stored():
    messages = [path.read_text() for path in (folder / "inbox/new").glob("*")]
    # What follows the field Received.
    own = [re.search(r"\n\tfor (\w+)@[^\n]*\n\t[^\n]*\n(.*)", message, re.DOTALL) for message in messages]
    return dict(one.groups() for one in own)

until((folder / "ready").exists)
client = Client()
codes = [client.send("large", LARGE), client.send("next", BODY), client.say("RSET")]
codes += [client.send("reset", BODY), client.send("data", BODY, "DATA"), Client().send("another", BODY)]
until(lambda: len(list((folder / "inbox/new").glob("*"))) == 4)
found = stored()
print(codes, found)
header = "From: <a@example.test>\nSubject: {}\n\n"
lost = {"next": header.format("next"), "reset": header.format("reset"), "data": "\n"}
if codes != ["451", *5 * ["250"]] or found != {**lost, "another": header.format("another") + "Hello.\n"}:
    sys.exit("It has changed.")
PY
echo "Exim $VERSION: after a write error, messages by BDAT lose their bodies; unchanged."
