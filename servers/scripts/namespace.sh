# namespace.sh INSTANCE PACKAGES COMMAND: process 1 of its own mount and PID namespaces.
#
# The unpacked packages lie over /usr, for the paths compiled into them; INSTANCE is /mnt; the
# users it knows are its own; DNS leads nowhere, so that no query leaves the machine.
# Ends, and every process in the namespace with it, once standard input does.
set -eu
mount --bind "$1" /mnt
cd "$2"
mount -t overlay overlay -o lowerdir=usr:/usr /usr
for file in hosts resolv.conf passwd group; do
  [ ! -e "/etc/$file" ] || mount --bind "namespace/$file" "/etc/$file"
done
cd /mnt
eval "$3"
cat >/dev/null
