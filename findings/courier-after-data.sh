#!/bin/bash
# Courier discards commands pipelined after the end of DATA, and answers 431 for too many recipients.
#
# It offers PIPELINING. RFC 2920, section 3.1, allows the next MAIL in one group with the end of a message.
# Courier 1.0.16 never answers such commands. It accepts 100 recipients in a transaction and answers
# "431 Too many recipients." to the others; RFC 5321, section 4.5.3.1.10, specifies 452.
#
# Seen with Debian 12's courier-mta 1.0.16-3+b6. Needs root, apt-get, dpkg, unshare, perl and python3. Its folders
# are compiled in, so it runs in mount and PID namespaces of its own. Fails if the behaviour differs.
set -euo pipefail
VERSION=1.0.16-3+b6
PACKAGES=("courier-mta=$VERSION" "courier-base=$VERSION" courier-authlib-userdb=0.71.4-1+b2)

folder=$(mktemp -d)
server=
trap 'exec 9>&-; [ -z "$server" ] || wait "$server"; rm -rf "$folder"' EXIT
chmod 755 "$folder"
mkdir -p "$folder"/{archives/partial,packages,layer}
apt-get install -qq --yes --download-only --reinstall --no-install-recommends -o APT::Sandbox::User=root \
  -o "Dir::Cache::Archives=$folder/archives" "${PACKAGES[@]}" >/dev/null
for archive in "$folder"/archives/*.deb; do dpkg --extract "$archive" "$folder/packages"; done
[ ! -e "$folder/packages/lib" ] || cp -aT "$folder/packages/lib" "$folder/packages/usr/lib"
ln -s makedat.courier "$folder/packages/usr/bin/makedat"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

printf 'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/false\ncourier:x:63025:63025::/:/bin/false\n' >"$folder/layer/passwd"
printf 'root:x:0:\ncourier:x:63025:\n' >"$folder/layer/group"
printf '127.0.0.1 localhost mail.test\n' >"$folder/layer/hosts"
printf 'nameserver 127.0.0.1\n' >"$folder/layer/resolv.conf"
cat >"$folder/start" <<SH
set -eu
cd "$folder"
mount -t overlay overlay -o lowerdir=packages/usr:/usr /usr
mount -t overlay overlay -o lowerdir=layer:packages/etc:/etc /etc
mount -t overlay overlay -o lowerdir=packages/var:/var /var
mount -t tmpfs tmpfs /run
cp -a packages/etc/courier etc
cp -a packages/var/lib/courier state
mkdir -p home/inbox/tmp home/inbox/new home/inbox/cur /run/courier/authdaemon
chown -R courier:courier state home /run/courier
mount --bind etc /etc/courier
mount --bind state /var/lib/courier
cd /etc/courier
echo mail.test | tee me defaultdomain dsnfrom >locals
echo example.test | tee hosteddomains/test >esmtpacceptmailfor.dir/test
printf 'user@example.test\thome=$folder/home|mail=$folder/home/inbox|uid=63025|gid=63025\n' >userdb
echo "$folder/home/inbox" >$folder/home/.courier-default
chmod 600 userdb
sed -i 's/^authmodulelist=.*/authmodulelist="authuserdb"/' authdaemonrc
cat >>esmtpd <<CONF
ADDRESS=127.0.0.1
PORT=$port
BOFHCHECKDNS=0
TCPDOPTS="-stderrlogger=/usr/sbin/courierlogger -noidentlookup -nodnslookup"
CONF
makeuserdb
makehosteddomains
makeacceptmailfor
authdaemond start
courier start
esmtpd start
cat >/dev/null
SH
# The server ends with its standard input.
mkfifo "$folder/input"
unshare --mount --pid --fork --mount-proc --kill-child sh "$folder/start" <"$folder/input" >"$folder/log" 2>&1 &
server=$!
exec 9>"$folder/input"

python3 - "$port" <<'PY'
import socket, sys, time

def connect():
    for _ in range(200):
        try:
            connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
            return connection, connection.makefile("rb")
        except ConnectionRefusedError:
            time.sleep(0.1)
    sys.exit("It does not start.")

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
for command in ["EHLO localhost", "MAIL FROM:<a@example.test>", "RCPT TO:<user@example.test>", "DATA"]:
    say(connection, lines, command)
print("C: (a message, its end, and RSET in one)")
connection.sendall(b"Subject: first\r\n\r\nHello.\r\n.\r\nRSET\r\n")
line = reply(lines)
print("S:", line)
if not line.startswith("250"):
    sys.exit("It has changed.")
connection.settimeout(5)
try:
    sys.exit(f"It has changed: {reply(lines)}")
except TimeoutError:
    print("S: (nothing to RSET within 5 s)")

connection, lines = connect()
reply(lines)
for command in ["EHLO localhost", "MAIL FROM:<a@example.test>"]:
    say(connection, lines, command)
print("C: (102 times RCPT TO)")
connection.sendall("".join(f"RCPT TO:<user-{n}@example.test>\r\n" for n in range(102)).encode())
replies = [reply(lines) for _ in range(102)]
for line in replies[99:]:
    print("S:", line)
codes = [line[:3] for line in replies]
if codes != ["250"] * 100 + ["431"] * 2:
    sys.exit(f"It has changed: {codes}")
PY
echo "Courier $VERSION: no answer to commands after the end of DATA; 431 after 100 recipients; unchanged."
