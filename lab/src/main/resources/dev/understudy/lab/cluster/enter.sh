# SPDX-License-Identifier: Apache-2.0
# Enters the cgroups of a node, then becomes the "unshare" that makes its namespaces: the order
# matters, because a cgroup namespace is rooted where its maker stands.
set -eu
for group in $US_CGROUPS; do
  echo 0 >"$group/cgroup.procs"
done
if [ -z "${US_LEAF:-}" ]; then
  exec "$@"
fi
# A group of cgroup v2 that has processes cannot hand its controllers on. So the namespace is made
# here, and the node lives in a leaf below its root, with the "unshare" that waits for its end.
mkdir -p "$US_LEAF"
exec unshare --cgroup sh -ec 'echo 0 >"$US_LEAF/cgroup.procs"; exec "$@"' sh "$@"
