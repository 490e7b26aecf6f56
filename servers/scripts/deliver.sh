# deliver.sh: writes the message on its standard input to the maildir /mnt/inbox; it is visible once it is
# complete. Drops the Received-SPF field of chasquid, which adds it for unauthenticated senders only.
set -eu
name="$(date +%s.%N).$$"
LC_ALL=C sed '1{/^Received-SPF: /d}' >"/mnt/inbox/tmp/$name"
mv "/mnt/inbox/tmp/$name" "/mnt/inbox/new/$name"
