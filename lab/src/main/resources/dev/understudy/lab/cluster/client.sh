# SPDX-License-Identifier: Apache-2.0
# PID 1 of the outside client: it only holds the namespaces in which "lab client" runs commands.
set -eu
read -r pid _ </proc/self/stat
echo "pid $pid"
IFS= read -r word
[ "$word" = go ]
exec </dev/null >>"$US_STATE/client.log" 2>&1
mount --make-rprivate /
mount -t proc proc /proc
quiet=/proc/sys/net/ipv6/conf/eth0/disable_ipv6
[ ! -e "$quiet" ] || echo 1 >"$quiet"
ip link set lo up
ip link set eth0 up
ip addr add "$US_ADDRESS" brd + dev eth0
sleep infinity &
wait $!
