# SPDX-License-Identifier: Apache-2.0
# PID 1 of a node: prepares its mounts, then keeps containerd, the kubelet and kube-proxy running.
set -eu
read -r pid _ </proc/self/stat
echo "pid $pid"
# The other side now sets the network up in this namespace. Without its word, nothing starts.
IFS= read -r word
[ "$word" = go ]
home=$US_STATE/nodes/$US_NODE
disk=$US_STATE/disks/$US_NODE
exec </dev/null >>"$home/log/lab.log" 2>&1
echo "node $US_NODE: started"
mount --make-rprivate /

# A sysfs of this network namespace, with the host's cgroups in it.
mkdir -p "$disk"/etc "$disk"/etc.work "$disk"/lib "$disk"/lib.work "$disk"/cgroup
mount --rbind /sys/fs/cgroup "$disk/cgroup"
umount -R -l /sys/fs/cgroup
if mountpoint -q /sys; then umount -l /sys; fi
mount -t sysfs sysfs /sys
mount --rbind "$disk/cgroup" /sys/fs/cgroup
umount -R -l "$disk/cgroup"
# Beside v1 controllers, some runtimes refuse a version 2 tree.
if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi

# A disk of its own, which survives crashes: /etc and /var/lib show the host's underneath. What
# holds overlays itself may not lie on one.
mkdir -p "$disk/kubelet" "$disk/containerd" "$disk/log"
mount -t overlay -o "lowerdir=/etc,upperdir=$disk/etc,workdir=$disk/etc.work" overlay /etc
mount -t overlay -o "lowerdir=/var/lib,upperdir=$disk/lib,workdir=$disk/lib.work" overlay /var/lib
mkdir -p /var/lib/kubelet /var/lib/containerd
mount --bind "$disk/kubelet" /var/lib/kubelet
mount --bind "$disk/containerd" /var/lib/containerd
mount --bind "$disk/log" /var/log

# /run is built beside its place, since the lab's folder usually lies below /run.
mount -t tmpfs -o mode=755 tmpfs "$home/run"
US_HERE=/run/understudy-lab
built=$home/run/understudy-lab
mkdir -p "$built/held" "$built/log" "$built/bin" "$built/disk" "$home/run/lock"
cp -r "$home/config" "$US_STATE/keep.sh" "$built/"
mount --bind "$home/log" "$built/log"
mount --bind "$disk" "$built/disk"
for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
  ln -s "$US_TOOLS/xtables-nft-multi" "$built/bin/$name"
done
PATH=$US_HERE/bin:$PATH
# Without -n, mount would note this in a file below the /run that it just covered.
mount -n --move "$home/run" /run
mount -t proc proc /proc

# A kubelet sets these for the whole machine. Here it sets copies.
mkdir "$US_HERE/sys"
for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops \
  kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
  if [ -e "/proc/sys/$setting" ]; then
    mkdir -p "$US_HERE/sys/$setting"
    cat "/proc/sys/$setting" >"$US_HERE/sys/$setting/copy"
    mount --bind "$US_HERE/sys/$setting/copy" "/proc/sys/$setting"
  fi
done
if [ -n "$US_NR_OPEN" ]; then
  echo "$US_NR_OPEN" >"$US_HERE/sys/nr_open"
  mount --bind "$US_HERE/sys/nr_open" /proc/sys/fs/nr_open
fi
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter
echo 0 >/proc/sys/net/ipv4/conf/default/rp_filter

echo "$US_NODE" >/proc/sys/kernel/hostname
echo "$US_NODE" >/etc/hostname
rm -f /etc/machine-id
echo "$US_MACHINE_ID" >/etc/machine-id
mkdir -p /etc/cni/net.d
cp "$US_HERE/config/cni.conflist" /etc/cni/net.d/10-lab.conflist
# Pods see what belongs to their node, as a mount from outside spreads to them.
mount --make-rshared /

cd /
. "$US_HERE/keep.sh"
config=$US_HERE/config
keep containerd containerd -c "$config/containerd.toml" &
until ctr version >/dev/null 2>&1; do sleep 0.05; done
if [ -z "$(ctr -n k8s.io images list -q "name==$US_PAUSE")" ]; then
  ctr -n k8s.io images import "$config/pause.tar"
fi
keep kubelet kubelet --config="$config/kubelet.yaml" --kubeconfig="$config/kubelet.kubeconfig" \
  --hostname-override="$US_NODE" --node-ip="$US_ADDRESS" &
keep kube-proxy kube-proxy --config="$config/kube-proxy.yaml" &
# An agent of Understudy, as soon as there is one on the node's disk.
keep agent sh -c 'until [ -e "$0" ]; do sleep 0.1; done; exec sh "$0"' \
  "$US_HERE/disk/understudy/agent.sh" &
keep_on
