# Whoever reads a live report may stop reading, read slowly, or leave: what then becomes of the run.
# In a pipe that `exec 3<>fifo` holds open, what is written stays until somebody reads it.
load helper

# An engine each: what follows must hold of all of them.
ENGINES="sequential threads events pool"

# More ports than a minute is enough for.
long_profile() {
    profile p 'hosts: 127.0.0.1' 'ports: 1-60000' 'rate: 1000' 'concurrency: 20' "$@"
}

# stopped_by WORD FILE
stopped_by() {
    jq -e --arg word "$1" '.run.stopped_by == $word and (.run.complete | not) and .summary.unprobed > 0 and .summary.closed > 0' "$2"
}

# whole_lines FILE: a jsonl that was cut: a run, results, and nothing that is not of it.
whole_lines() {
    [ "$(head -n -1 "$1" | jq -r .type | uniq | tr '\n' ' ')" = "run result " ]
}

@test "a deadline ends a run whose live report nobody reads" {
    need_namespace
    long_profile 'deadline: 1s' 'report: {states: [closed]}'
    mkfifo fifo
    cat >go <<'SH'
exec 3<>fifo
timeout 30 "$1" run ./p.yaml --quiet --set "engine=$2" --set rate=8000 --jsonl - --json "$2.json" >fifo 3<&-
status=$?
dd if=fifo of="$2.jsonl" bs=64k iflag=nonblock 2>/dev/null
exit $status
SH
    for engine in $ENGINES; do
        run in_ns sh ./go "$PORTOLAN" "$engine"
        echo "$engine: $status: $output"
        [ "$status" -eq 5 ]
        [ "$output" = "portolan: cannot write standard output: the run is over and nobody reads; the rest of the report is given up" ]
        stopped_by deadline "$engine.json"
        whole_lines "$engine.jsonl"
    done
}

@test "a signal ends a run whose live report nobody reads" {
    need_namespace
    long_profile 'report: {states: [closed]}'
    mkfifo fifo
    cat >go <<'SH'
exec 3<>fifo
timeout 30 "$3" --after 500 TERM "$1" run ./p.yaml --quiet --set "engine=$2" --jsonl fifo --json "$2.json" 3<&-
status=$?
dd if=fifo of="$2.jsonl" bs=64k iflag=nonblock 2>/dev/null
exit $status
SH
    for engine in $ENGINES; do
        run in_ns sh ./go "$PORTOLAN" "$engine" "$TOP/tests/cli/interrupt"
        echo "$engine: $status: $output"
        [ "$status" -eq 143 ]
        [[ "$output" = *"cannot write fifo: the run is over and nobody reads"* ]]
        stopped_by signal "$engine.json"
        whole_lines "$engine.jsonl"
    done
}

# It was complete: the signal ends the wait for a reader, and nothing else.
@test "a signal after the last verdict ends the wait for a reader" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-3000' 'engine: threads' 'concurrency: 20' 'report: {states: [closed]}'
    mkfifo fifo
    cat >go <<'SH'
exec 3<>fifo
env --default-signal=TERM "$1" run ./p.yaml --quiet --jsonl fifo --json p.json 3<&- &
pid=$!
# All ports were asked (the fifth number of the second line Tcp: connects that were begun), and the workers are gone.
is_over() {
    [ "$(awk '$1 == "Tcp:" { begun = $6 } END { print begun }' /proc/$pid/net/snmp)" -ge 3000 ] &&
        [ "$(ls /proc/$pid/task | wc -l)" -lt 10 ]
}
tries=0
until is_over; do
    sleep 0.05
    tries=$((tries + 1))
    [ $tries -lt 400 ] || exit 99
done
kill -TERM $pid
wait $pid
SH
    run in_ns timeout 30 sh ./go "$PORTOLAN"
    echo "$output"
    [ "$status" -eq 5 ]
    [[ "$output" = *"the run is over and nobody reads"* ]]
    jq -e '.run.complete and .run.stopped_by == null and .summary.closed == 3000' p.json
}

@test "a reader that is merely slow gets all of it, after a deadline and after a signal" {
    need_namespace
    long_profile 'report: {states: [closed]}'
    cat >slow.py <<'PY'
import os, sys, time
while data := os.read(0, 4096):
    os.write(1, data)
    time.sleep(0.05)
PY
    for how in deadline signal; do
        if [ $how = deadline ]; then
            command=("$PORTOLAN" run ./p.yaml --set deadline=1s)
        else
            command=("$TOP/tests/cli/interrupt" --after 500 TERM "$PORTOLAN" run ./p.yaml)
        fi
        # shellcheck disable=SC2016
        run in_ns timeout 60 bash -c '"$@" --quiet --jsonl - --json p.json | /usr/bin/python3 slow.py >p.jsonl; exit ${PIPESTATUS[0]}' bash "${command[@]}"
        echo "$how: $status: $output"
        [ "$status" -eq "$([ $how = signal ] && echo 143 || echo 4)" ]
        stopped_by $how p.json
        tail -n 1 p.jsonl | jq -e '.type == "summary"'
        [ "$(grep -c '"type":"result"' p.jsonl)" -eq "$(jq .summary.closed p.json)" ]
    done
}

@test "once its only output is gone, a run stops" {
    need_namespace
    # Ten minutes, if nothing stops it.
    profile p 'hosts: 127.0.0.1' 'ports: 1-60000' 'rate: 100'
    for engine in $ENGINES; do
        for state in closed open; do # nothing is open: no second line is ever written
            # shellcheck disable=SC2016
            run in_ns timeout 60 bash -c '"$@" | head -n 1 >first; exit ${PIPESTATUS[0]}' bash \
                "$PORTOLAN" run ./p.yaml --set "engine=$engine" --set "report.states=[$state]" --jsonl -
            echo "$engine, $state: $status: $output"
            [ "$status" -eq 5 ]
            [[ "$output" = *"p: stopped: nothing that was asked for can be written any more; "*" of 60000 probes have no verdict"* ]]
            [[ "$output" = *"cannot write standard output: Broken pipe"* ]]
            jq -e '.type == "run"' first
        done
    done
    # A report that is written at the end, too; and each of several profiles.
    cp p.yaml q.yaml
    # shellcheck disable=SC2016
    run in_ns timeout 60 bash -c '"$@" | true; exit ${PIPESTATUS[0]}' bash "$PORTOLAN" run ./p.yaml ./q.yaml
    echo "$output"
    [ "$status" -eq 5 ]
    [[ "$output" = *"p: stopped: "*"q: stopped: "* ]]
}

@test "a journal that can be written keeps a run going without its readers" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-2000' 'rate: 2000'
    # shellcheck disable=SC2016
    run in_ns timeout 60 bash -c '"$@" | head -n 1 >first; exit ${PIPESTATUS[0]}' bash \
        "$PORTOLAN" run ./p.yaml --jsonl - --journal p.journal
    echo "$output"
    [ "$status" -eq 5 ]
    "$PORTOLAN" convert p.journal --json p.json
    jq -e '.run.complete and .summary.closed == 2000' p.json
    # Its disk full: neither is left.
    mkdir small
    # shellcheck disable=SC2016
    run in_ns -m timeout 60 bash -c 'mount -t tmpfs -o size=8k none small && "$@" | head -n 1 >first; exit ${PIPESTATUS[0]}' bash \
        "$PORTOLAN" run ./p.yaml --set hosts=127.0.0.1-8 --set ports=1-60000 --set rate=20000 --set order=random --jsonl - --journal small/p.journal
    echo "$output"
    [ "$status" -eq 5 ]
    [[ "$output" = *"p: stopped: nothing that was asked for can be written any more"* ]]
}

@test "a full disk stops a run that writes nothing else, and no other" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-60000' 'rate: 1000' 'report: {states: [closed]}'
    mkdir small
    # shellcheck disable=SC2016
    run in_ns -m timeout 60 sh -c 'mount -t tmpfs -o size=64k none small && "$@" && exit 0
        status=$?; cp small/p.jsonl p.jsonl; exit $status' sh "$PORTOLAN" run ./p.yaml --jsonl small/p.jsonl
    echo "$output"
    [ "$status" -eq 5 ]
    [[ "$output" = *"cannot write small/p.jsonl"*"No space left on device"* ]]
    [[ "$output" = *"p: stopped: "* ]]
    whole_lines p.jsonl
    # shellcheck disable=SC2016
    run in_ns -m timeout 60 sh -c 'mount -t tmpfs -o size=64k none small && exec "$@"' sh \
        "$PORTOLAN" run ./p.yaml --set ports=1-3000 --jsonl small/p.jsonl --json p.json
    echo "$output"
    [ "$status" -eq 5 ]
    jq -e '.run.complete and .summary.closed == 3000' p.json
}
