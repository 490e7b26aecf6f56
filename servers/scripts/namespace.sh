# namespace.sh INSTANCE PACKAGES COMMAND: process 1 of its own mount and PID namespaces.
#
# Mounts the unpacked packages over /usr, because of their compiled-in paths, and INSTANCE as /mnt. The users
# are its own, and DNS points at nothing, so that no query leaves the machine.
# Then it runs the lines of its standard input, in which `eval "$start"` runs COMMAND again. It ends with that
# input; every process in the namespace ends then.
set -eu
mount --bind "$1" /mnt
cd "$2"
mount -t overlay overlay -o lowerdir=usr:/usr /usr
for file in hosts resolv.conf passwd group; do
  [ ! -e "/etc/$file" ] || mount --bind "namespace/$file" "/etc/$file"
done
cd /mnt
start=$3
eval "$start"
set +e
while read -r line; do eval "$line" </dev/null; done
