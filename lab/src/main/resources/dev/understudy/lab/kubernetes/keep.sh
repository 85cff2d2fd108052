# SPDX-License-Identifier: Apache-2.0
# Read by control.sh and node.sh: keeps programs running, as a service manager would.

# keep NAME COMMAND...: runs it again whenever it ends, with its output in $logs/NAME.log. While
# the file $US_HERE/held/NAME exists, it stays down.
keep() {
  name=$1
  shift
  while :; do
    while [ -e "$US_HERE/held/$name" ]; do sleep 0.1; done
    "$@" >>"$US_HERE/log/$name.log" 2>&1 &
    echo $! >"$US_HERE/$name.pid"
    status=0
    wait $! || status=$?
    echo "$name ended with status $status"
    sleep 0.3
  done
}

# Waiting for everything also reaps every orphan that ends up with PID 1.
keep_on() {
  while :; do
    wait
    sleep 1
  done
}
