# SPDX-License-Identifier: Apache-2.0
# PID 1 of a node: prepares its mounts, then keeps the agent ("$@") running.
set -eu
read -r pid _ </proc/self/stat
echo "pid $pid"
# The other side now sets the network up in this namespace. Without its word, nothing starts.
IFS= read -r word
[ "$word" = go ]
home=$US_STATE/nodes/$US_NODE
exec </dev/null >>"$home/agent.log" 2>&1
echo "node $US_NODE: started"

# Mounts. /run is built beside its place, since the lab's folder usually lies below /run.
mount --make-rprivate /
mount -t tmpfs -o "mode=755,size=$US_RUN_BYTES" tmpfs "$home/run"
mkdir -p "$home/run/understudy" "$home/run/understudy-lab/disk" "$home/run/lock"
cp "$US_STATE/cluster.yaml" "$US_STATE/key" "$home/run/understudy-lab/"
mount --bind "$home/disk" "$home/run/understudy-lab/disk"
: >"$home/run/understudy-lab/agent.log"
mount --bind "$home/agent.log" "$home/run/understudy-lab/agent.log"
if [ -n "$US_MEMORY" ]; then
  mkdir -p "$home/run/understudy-cgroup/memory"
  mount --bind "$US_MEMORY" "$home/run/understudy-cgroup/memory"
fi
# Without -n, mount would note this in a file below the /run that it just covered.
mount -n --move "$home/run" /run
mount -t proc proc /proc
if mountpoint -q /sys; then umount -l /sys; fi
mount -t sysfs sysfs /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
if [ -n "$US_NR_OPEN" ]; then
  echo "$US_NR_OPEN" >/run/understudy-lab/nr_open
  mount --bind /run/understudy-lab/nr_open /proc/sys/fs/nr_open
fi

# Every process of the node is in a leaf by now: the workloads' cgroups get the controllers.
if [ -n "$US_LEAF" ]; then
  for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
    echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control
  done
fi

echo "$US_NODE" >/proc/sys/kernel/hostname

cd /
log=/run/understudy-lab/agent.log
while :; do
  status=0
  "$@" &
  # Waiting also reaps every orphan of the node.
  wait $! || status=$?
  echo "node $US_NODE: the agent ended with status $status; it is started again"
  if [ "$(wc -c <"$log")" -gt 4194304 ]; then
    tail -c 1048576 "$log" >"$log.tail"
    cat "$log.tail" >"$log"
  fi
  sleep 0.2
done
