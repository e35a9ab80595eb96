# jsonl is written while the run lasts, in place; its lines hold what results.json holds.
load helper

# same_as_json NAME: NAME.jsonl, put together again, is NAME.json
same_as_json() {
    jq -Ss '(map(select(.type == "target") | del(.type))) as $targets
        | (map(select(.type == "result") | del(.type)) | sort_by(.ip, .port)) as $results
        | (.[0] | {schema, tool}) + (last | del(.type)) + {targets: $targets, results: $results}' "$1.jsonl" >"$1.lines"
    jq -S '.results |= sort_by(.ip, .port)' "$1.json" | cmp - "$1.lines"
}

# wait_for PATTERN FILE: until a line matches, or 20 seconds
wait_for() {
    for _ in $(seq 200); do
        if grep -q "$1" "$2" 2>/dev/null; then return 0; fi
        sleep 0.1
    done
    return 1
}

@test "jsonl holds the run first, results as found, targets, and the summary last" {
    need_namespace
    profile p 'hosts: [127.0.0.1, no-such-host.invalid, 127.0.0.2]' 'ports: 1-2000' 'report: {states: [open, closed]}' \
        'expect: [{hosts: 127.0.0.1, open: 22, closed: 80}]'
    run in_ns "$LISTEN" 22 80 -- "$PORTOLAN" run ./p.yaml --jsonl p.jsonl --json p.json --quiet
    [ "$status" -eq 4 ]
    same_as_json p
    [ "$(jq -r .type p.jsonl | uniq -c | sed 's/^ *//')" = $'1 run\n4000 result\n2 target\n1 summary' ]
    head -n 1 p.jsonl | jq -e '.schema == "portolan-results/1" and .run.ports == "1-2000" and (.run | has("finished") | not)'
    # Equal offsets: by target, in the order of the profile, and port.
    jq -c 'select(.type == "result") | [.offset_ms, .ip, .port]' p.jsonl >order
    jq -sc 'sort[]' order | cmp - order
}

@test "while the run lasts, its lines can be read, and they stay as they are" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-3000' 'rate: 1000' 'order: sequential'
    echo "an older file, longer than the first line of the new one $(seq -s ' ' 1000)" >p.jsonl
    in_ns "$LISTEN" 22 80 2999 -- "$PORTOLAN" run ./p.yaml --jsonl p.jsonl --json p.json --quiet 3>&- &
    wait_for '"port":80,' p.jsonl
    cp p.jsonl early.jsonl
    [ ! -e p.json ]
    wait $!
    [ "$(jq -r .type early.jsonl | tr '\n' ' ')" = "run result result " ]
    cmp -n "$(stat -c %s early.jsonl)" early.jsonl p.jsonl
    same_as_json p
}

@test "an interrupted run ends its jsonl with a summary that says so; a killed one leaves whole lines" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-60000' 'rate: 1000' 'order: sequential'
    run in_ns "$LISTEN" 22 80 -- "$TOP/tests/cli/interrupt" --after 200 INT "$PORTOLAN" run ./p.yaml --jsonl p.jsonl --json p.json
    [ "$status" -eq 130 ]
    tail -n 1 p.jsonl | jq -e '.type == "summary" and .run.complete == false and .run.stopped_by == "signal"'
    same_as_json p
    # shellcheck disable=SC2016
    run in_ns "$LISTEN" 22 80 -- sh -c '"$1" run ./p.yaml --jsonl k.jsonl --quiet & pid=$!
        for i in $(seq 200); do grep -q "\"port\":80," k.jsonl && break; sleep 0.1; done; kill -KILL $pid; wait $pid' sh "$PORTOLAN"
    [ "$status" -eq 137 ]
    [ "$(jq -r .type k.jsonl | tr '\n' ' ')" = "run result result " ]
}

@test "before the first probe is sent, the old jsonl is as it was" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-10'
    echo old >p.jsonl
    run in_ns "$PORTOLAN" run ./p.yaml --jsonl p.jsonl --json /dev/null/r.json
    [ "$status" -eq 5 ]
    [ "$(cat p.jsonl)" = old ]
    run in_ns "$PORTOLAN" run ./p.yaml --jsonl new.jsonl --json /dev/null/r.json
    [ "$status" -eq 5 ]
    [ ! -e new.jsonl ]
    chmod 400 p.jsonl
    [ "$(id -u)" -eq 0 ] || {
        run in_ns "$PORTOLAN" run ./p.yaml --jsonl p.jsonl
        [ "$status" -eq 5 ]
    }
}

@test "jsonl goes to standard output, a pipe or a device, and fails as the others do" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-100'
    run in_ns "$LISTEN" 22 -- "$PORTOLAN" run ./p.yaml --jsonl - --json p.json --quiet
    [ "$status" -eq 0 ]
    printf '%s\n' "$output" >p.jsonl
    same_as_json p
    run in_ns "$PORTOLAN" run ./p.yaml --jsonl /dev/full --json full.json
    [ "$status" -eq 5 ]
    [[ "$output" == *"cannot write /dev/full: No space left on device"* ]]
    jq -e .run.complete full.json
    profile slow 'hosts: 127.0.0.1' 'ports: 1-1000' 'rate: 1000' 'report: {states: [closed]}'
    # shellcheck disable=SC2016
    run in_ns bash -c '"$1" run ./slow.yaml --jsonl - --json slow.json | head -n 1 >first; exit ${PIPESTATUS[0]}' bash "$PORTOLAN"
    [ "$status" -eq 5 ]
    [[ "$output" == *"cannot write standard output: Broken pipe"* ]]
    jq -e '.run.complete and .summary.closed == 1000' slow.json
}

@test "each of several profiles has its jsonl; a confirmed port is told once" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-100' 'confirm: 3'
    profile q 'hosts: 127.0.0.2' 'ports: 1-100' 'engine: sequential'
    run in_ns "$LISTEN" 22 80 -- "$PORTOLAN" run ./p.yaml ./q.yaml --jsonl '{profile}.jsonl' --json '{profile}.json'
    [ "$status" -eq 0 ]
    same_as_json p
    same_as_json q
    [ "$(jq -c 'select(.type == "result") | .confirmed' p.jsonl | sort | uniq -c | sed 's/^ *//')" = '2 "3/3"' ]
}

@test "what a run that is killed has found is read back" {
    need_namespace
    profile slow 'hosts: 127.0.0.1' 'ports: 1-1000' 'rate: 200' 'order: sequential' 'report: {jsonl: r.jsonl, states: [open, closed]}'
    cat >go <<'SH'
"$1" run ./slow.yaml --quiet &
pid=$!
for try in $(seq 200); do
    [ "$(grep -c result r.jsonl)" -lt 50 ] 2>/dev/null || [ ! -s r.jsonl ] || break
    sleep 0.05
done
kill -KILL $pid
wait $pid
SH
    run in_ns "$LISTEN" 22 -- timeout 30 sh ./go "$PORTOLAN"
    "$PORTOLAN" convert r.jsonl --json r.json --text r.txt
    jq -e '(.run.complete | not) and .run.cut and .open_ports == [22] and .summary.closed >= 48
        and .summary.unprobed == 1000 - .summary.open - .summary.closed' r.json
    grep -q INCOMPLETE r.txt
    grep -q 'engine pool, concurrency auto, timeout 900ms' r.txt
    /usr/bin/python3 "$TOP/tests/cli/validate.py" "$TOP/docs/schema/results.json" accept r.json
}
