# SPDX-License-Identifier: Apache-2.0
# Enters the cgroups of a node, then becomes the "unshare" that makes its namespaces: the order
# matters, because a cgroup namespace is rooted where its maker stands.
set -eu
for group in $US_CGROUPS; do
  echo 0 >"$group/cgroup.procs"
done
exec "$@"
