load helper

# A shell starts its background jobs with SIGINT ignored; env --default-signal undoes that.

@test "an ignored signal stays ignored: nohup, background jobs" {
    need_namespace
    profile slow 'hosts: 127.0.0.1' 'ports: 1-200' 'rate: 100'
    cat >go <<'SH'
trap '' HUP INT
"$1" run ./slow.yaml --quiet --json r.json &
pid=$!
until grep -q "^SigCgt:.*4...$" /proc/$pid/status; do sleep 0.05; done # TERM alone is caught
sleep 0.3
kill -HUP $pid
kill -INT $pid
wait $pid
SH
    run in_ns timeout 30 sh ./go "$PORTOLAN"
    [ "$status" -eq 0 ]
    jq -e '.run.complete and .run.stopped_by == null and .summary.closed == 200' r.json
}

# While a report is written to a pipe that nobody reads, signals can come one by one.
@test "a second signal ends at once; one that is ignored does not count" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-20000' 'report: {json: fifo, states: [open, closed]}'
    mkfifo fifo
    cat >go <<'SH'
exec 3<>fifo
(trap '' HUP; exec env --default-signal=INT "$1" run ./p.yaml --quiet) &
pid=$!
head -c 1 fifo >/dev/null # the scan is over, the report is being written
for signal in INT HUP HUP; do
    kill -$signal $pid
    sleep 0.2
    kill -0 $pid || exit 99
done
kill -INT $pid
wait $pid
SH
    run in_ns timeout 30 sh ./go "$PORTOLAN"
    [ "$status" -eq 130 ]
}

@test "a signal after the last verdict ends nothing: the run is complete, status 0" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-20000' 'report: {json: fifo, states: [open, closed]}'
    mkfifo fifo
    cat >go <<'SH'
exec 3<>fifo
env --default-signal=INT "$1" run ./p.yaml --quiet &
pid=$!
head -c 1 fifo >r.json
kill -INT $pid
cat fifo >>r.json 3<&- &
reader=$!
exec 3<&-
wait $pid
status=$?
wait $reader
exit $status
SH
    run in_ns timeout 30 sh ./go "$PORTOLAN"
    [ "$status" -eq 0 ]
    jq -e '.run.complete and .run.stopped_by == null and .summary.closed == 20000' r.json
}

@test "a signal while names are resolved: valid reports that say so" {
    need_nft
    [ -e /etc/resolv.conf ] || without "there is no /etc/resolv.conf to put another one over"
    "$PORTOLAN" schema results >schema.json
    echo 'nameserver 127.0.0.1' >resolv.conf
    profile p 'hosts: [127.0.0.1, host.invalid]' 'exclude_hosts: other.invalid' 'ports: 1-10'
    profile q 'hosts: host.invalid' 'ports: 1-10'
    for name in p q; do
        run in_ns -m sh -c 'mount --bind resolv.conf /etc/resolv.conf &&
            nft "add table ip t; add chain ip t c { type filter hook input priority 0; }; add rule ip t c udp dport 53 drop" &&
            exec "$3" INT "$1" run "./$2.yaml" --json "$2.json" --csv "$2.csv" --text "$2.txt"' sh "$PORTOLAN" "$name" "$TOP/tests/cli/interrupt"
        echo "$output"
        [ "$status" -eq 130 ]
        jq -e '.run.complete == false and .run.stopped_by == "signal"' "$name.json"
        jq -e '.unresolved == [{"input": "host.invalid", "message": "interrupted"}]' "$name.json"
        jq -e '.summary.unprobed == .summary.probes and .summary.attempts == 0' "$name.json"
        [ "$(wc -l <"$name.csv")" -eq 1 ]
        grep -q INCOMPLETE "$name.txt"
    done
    jq -e '.summary.probes == 10' p.json
    run /usr/bin/python3 "$TOP/tests/cli/validate.py" schema.json accept p.json q.json
    [ "$status" -eq 0 ]
}

@test "profiles that a signal left unrun have reports that say so" {
    need_namespace
    profile slow 'hosts: 127.0.0.1' 'ports: 1-1000' 'rate: 20'
    profile next 'hosts: 127.0.0.1' 'ports: 1-10'
    echo '{"old": true}' >next.json
    run in_ns "$TOP/tests/cli/interrupt" --after 5 TERM "$PORTOLAN" run ./slow.yaml ./next.yaml --json '{profile}.json'
    [ "$status" -eq 143 ]
    jq -e '.run.stopped_by == "signal" and .summary.closed > 0' slow.json
    jq -e '.run.complete == false and .run.stopped_by == "signal" and .summary.unprobed == 10' next.json
}

# All ports are silent; a firewall counts what was sent, retries too.
@test "after a signal no probe starts beyond 100 ms, whatever the engine" {
    need_nft
    profile p 'hosts: 127.0.0.1' 'ports: 1-60000' 'timeout: 300ms' 'retries: 3' 'concurrency: 200' 'rate: 5000'
    cat >go <<'SH'
nft 'add table ip t; add counter ip t syns; add chain ip t c { type filter hook input priority 0; }'
nft 'add rule ip t c tcp flags & (syn|ack) == syn counter name syns drop'
count() { nft list counter ip t syns | sed -n 's/.*packets \([0-9]*\).*/\1/p'; }
# try PORTOLAN ENGINE: where the machine lets the process wait, 100 ms are not enough: another try counts.
try() {
    engine=$2
    before=$(count)
    env --default-signal=INT "$1" run ./p.yaml --quiet --set engine=$engine --json $engine.json &
    pid=$!
    tries=0
    until [ "$(count)" -gt $((before + 2)) ]; do
        sleep 0.1
        tries=$((tries + 1))
        [ $tries -lt 100 ] || { echo "$engine sends nothing"; exit 1; }
    done
    kill -INT $pid
    sleep 0.1
    then=$(count)
    wait $pid
    status=$?
    sleep 0.5
    now=$(count)
    echo "$engine: status $status, $before before, $then SYNs 100 ms after the signal, $now later"
    [ $status -eq 130 ] || exit 1
    [ "$then" -eq "$now" ]
}
for engine in sequential threads events pool; do
    try "$1" $engine || try "$1" $engine || try "$1" $engine || try "$1" $engine || exit 1
done
SH
    run in_ns timeout 120 sh ./go "$PORTOLAN"
    echo "$output"
    [ "$status" -eq 0 ]
    for engine in sequential threads events pool; do
        jq -e '.run.complete == false and .summary.unprobed > 50000' $engine.json
    done
}

# Listed one by one, 16.7 million targets that were never begun were 2.7 GB.
@test "a signal on a large scan: what was not begun is counted, and told as ranges" {
    need_namespace
    for order in interleaved random; do
        profile large 'hosts: [127.0.0.0/8]' 'ports: 9' 'rate: 1000' 'seed: 1' "order: $order"
        run in_ns timeout 120 "$TOP/tests/cli/interrupt" TERM "$PORTOLAN" run ./large.yaml --quiet \
            --json r.json --jsonl r.jsonl --text r.txt --html r.html --xml r.xml
        [ "$status" -eq 143 ]
        jq -e '.untouched.count > 16000000 and .untouched.count <= .summary.unprobed
            and .summary.targets == 16777216 and (.targets | length) < 100000
            and (.untouched.ranges | length) <= 65536' r.json
        [ "$(cat r.json r.jsonl r.txt r.html r.xml | wc -c)" -lt 30000000 ]
        grep -q "^not begun: $(jq .untouched.count r.json) targets, in 127\." r.txt
        "$PORTOLAN" convert r.json --json - | cmp - r.json
        "$PORTOLAN" convert r.jsonl --json - | cmp - r.json
        /usr/bin/python3 "$TOP/tests/cli/validate.py" "$TOP/docs/schema/results.json" accept r.json
    done
}
