#!/bin/bash
# Postfix answers 535, a permanent error, to AUTH while Dovecot cannot ask the issuer about an OAuth 2.0 token.
#
# Dovecot's oauth2 passdb asks the issuer of a token about it (RFC 7662). If nobody listens there, Dovecot tells Postfix
# "code=temp_fail". RFC 4954, section 6, has 454 4.7.0 for that. Postfix 3.7.11 does not read it, and says 535 5.7.8, as
# for a wrong token: a client that believes it asks its user to log in again.
#
# Seen with Debian 12's postfix 3.7.11-0+deb12u1 and dovecot-core 1:2.3.19.1+dfsg1-2.1+deb12u7; Postfix 3.10.3 with Dovecot
# 2.3.21.1 (backports) does the same. Needs root, apt-get, dpkg, unshare and python3. Their folders are compiled in, so they
# run in mount and PID namespaces of their own. Fails if the behaviour differs.
set -euo pipefail
POSTFIX=3.7.11-0+deb12u1
DOVECOT=1:2.3.19.1+dfsg1-2.1+deb12u7

folder=$(mktemp -d)
server=
trap 'exec 9>&-; [ -z "$server" ] || wait "$server" || true; rm -rf "$folder"' EXIT
chmod 755 "$folder"
mkdir -p "$folder"/{archives/partial,packages,layer/postfix,queue/pid,data}
apt-get install -qq --yes --download-only --reinstall --no-install-recommends -o APT::Sandbox::User=root \
  -o "Dir::Cache::Archives=$folder/archives" "postfix=$POSTFIX" "dovecot-core=$DOVECOT" >/dev/null
for archive in "$folder"/archives/*.deb; do dpkg --extract "$archive" "$folder/packages"; done
[ ! -e "$folder/packages/lib" ] || cp -aT "$folder/packages/lib" "$folder/packages/usr/lib"
# Nobody listens at the second.
ports=$(python3 -c 'import socket
sockets = [socket.socket() for _ in range(2)]
for each in sockets: each.bind(("127.0.0.1", 0))
print(*(each.getsockname()[1] for each in sockets))')
read -r port issuer <<<"$ports"

cat >"$folder/layer/passwd" <<CONF
root:x:0:0::/:/bin/sh
nobody:x:65534:65534::/:/bin/false
postfix:x:63025:63025::/:/bin/false
dovecot:x:63027:63027::/:/bin/false
dovenull:x:63028:63028::/:/bin/false
CONF
printf 'root:x:0:\nnogroup:x:65534:\npostfix:x:63025:\npostdrop:x:63026:\ndovecot:x:63027:\ndovenull:x:63028:\n' >"$folder/layer/group"
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
smtpd_peername_lookup = no
smtpd_error_sleep_time = 0
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
CONF
cat >"$folder/layer/postfix/master.cf" <<CONF
127.0.0.1:$port inet n - n - - smtpd
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
anvil unix - - n - 1 anvil
CONF
# Postfix waits until its configuration is 2 s old.
touch -d '1 minute ago' "$folder"/layer/postfix/*
mkdir -p "$folder"/queue/{active,bounce,corrupt,defer,deferred,flush,hold,incoming,private,saved,trace,maildrop,public} "$folder/log"
chown -R 63025:63025 "$folder/queue" "$folder/data"
chown 0:0 "$folder/queue" "$folder/queue/pid"
chgrp 63026 "$folder"/queue/{maildrop,public}
cat >"$folder/dovecot.conf" <<CONF
base_dir = $folder/run
state_dir = $folder/state
log_path = $folder/log/dovecot
protocols =
ssl = no
disable_plaintext_auth = no
auth_mechanisms = xoauth2
passdb {
  driver = oauth2
  args = $folder/oauth2.conf
}
userdb {
  driver = static
  args = uid=63025 gid=63025 home=/
}
service auth {
  unix_listener $folder/queue/private/auth {
    mode = 0666
  }
}
CONF
cat >"$folder/oauth2.conf" <<CONF
introspection_mode = post
introspection_url = http://127.0.0.1:$issuer/introspect
username_attribute = username
active_attribute = active
active_value = true
CONF
cat >"$folder/start" <<SH
set -eu
cd "$folder"
mount -t overlay overlay -o lowerdir=packages/usr:/usr /usr
mount -t overlay overlay -o lowerdir=layer:packages/etc:/etc /etc
dovecot -F -c "$folder/dovecot.conf" &
until [ -e run/master.pid ]; do kill -0 \$!; sleep 0.01; done
/usr/lib/postfix/sbin/master -w
cat >/dev/null
SH
# The servers end with their standard input.
mkfifo "$folder/input"
unshare --mount --pid --fork --mount-proc --kill-child sh "$folder/start" <"$folder/input" >"$folder/output" 2>&1 &
server=$!
exec 9>"$folder/input"

python3 - "$folder" "$port" <<'PY' || { cat "$folder/output" "$folder"/log/* 2>/dev/null; exit 1; }
import base64, os, socket, sys, time

folder, port = sys.argv[1:]
ANSWER = base64.b64encode(b"user=user@example.test\x01auth=Bearer token\x01\x01").decode()

def connect():
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", int(port)), 60)
        except ConnectionRefusedError:
            time.sleep(0.1)
    sys.exit("It does not start.")

lines = (smtp := connect()).makefile("rb")

def reply():
    while True:
        line = lines.readline().decode().rstrip()
        print("S:", line)
        if line[3:4] != "-":
            return line

def say(command):
    print("C:", command)
    smtp.sendall(command.encode() + b"\r\n")
    return reply()

reply()
say("EHLO localhost")
said = say(f"AUTH XOAUTH2 {ANSWER}")

# Dovecot's own answer, in the protocol that Postfix speaks with it.
os.chdir(folder)
auth = socket.socket(socket.AF_UNIX)
auth.settimeout(60)
auth.connect("queue/private/auth")
auth.sendall(f"VERSION\t1\t1\nCPID\t{os.getpid()}\nAUTH\t1\tXOAUTH2\tservice=smtp\tresp={ANSWER}\n".encode())
for line in auth.makefile():
    if line.startswith(("OK", "FAIL", "CONT")):
        break
fields = line.strip().split("\t")
print("Dovecot to Postfix:", fields)
found = [said[:9], fields[0], "code=temp_fail" in fields]
if found != ["535 5.7.8", "FAIL", True]:
    sys.exit(f"It has changed: {found}")
PY
echo "Postfix $POSTFIX: 535 to AUTH, although Dovecot says code=temp_fail; unchanged."
