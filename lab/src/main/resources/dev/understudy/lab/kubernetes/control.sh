# SPDX-License-Identifier: Apache-2.0
# PID 1 of the control plane. Each program's arguments are one file, an argument a line.
set -eu
read -r pid _ </proc/self/stat
echo "pid $pid"
# The other side now sets the network up in this namespace. Without its word, nothing starts.
IFS= read -r word
[ "$word" = go ]
home=$US_STATE/control
exec </dev/null >>"$home/log/lab.log" 2>&1
mount --make-rprivate /
mount -t proc proc /proc
US_HERE=$home/run
mount -t tmpfs -o mode=755 tmpfs "$US_HERE"
mkdir "$US_HERE/held" "$US_HERE/log" "$US_HERE/flex"
mount --bind "$home/log" "$US_HERE/log"
mkdir -p "$US_STATE/disks/control/etcd"
chmod 700 "$US_STATE/disks/control/etcd"
echo control >/proc/sys/kernel/hostname
cd "$home/config"
. "$US_STATE/keep.sh"

start() {
  name=$1
  set --
  while IFS= read -r argument; do
    set -- "$@" "$argument"
  done <"$name.arguments"
  keep "$name" "$name" "$@" &
}
start etcd
start kube-apiserver
start kube-controller-manager
start kube-scheduler
keep_on
