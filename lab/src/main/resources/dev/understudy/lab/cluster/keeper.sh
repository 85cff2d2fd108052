# SPDX-License-Identifier: Apache-2.0
# PID 1 of a lab: its network namespace is the switch, its death is the lab's end.
# Standard input decides on its life: at end of file it ends, after the line "stay" it stays.
set -eu
exec 3<&0 </dev/null
# The host's /proc is still mounted here, so this is the number that the host knows.
read -r pid _ </proc/self/stat
echo "pid $pid"
exec >/dev/null

life() {
  IFS= read -r word <&3 || exit 0
  [ "$word" = stay ] || exit 1
  exec sleep infinity 3<&-
}
life &
# Waiting also reaps every orphan that ends up here.
wait $!
