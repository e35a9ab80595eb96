# A journal, and runs that go on: what is refused, what is taken over, what is told.
load helper

# Ports that answer at once, slowly enough to be stopped: 2,000 a second.
slow() {
    profile p 'hosts: 127.0.0.1-4' 'ports: 1-2500' 'rate: 2000' "$@"
}

# part [OPTION...]: runs p for a second.
part() {
    run in_ns "$PORTOLAN" run ./p.yaml --set deadline=1s --journal j --json part.json --quiet "$@"
    echo "$output"
    [ "$status" -eq 4 ]
}

whole() {
    run in_ns "$PORTOLAN" run ./p.yaml --set rate=0 --journal j --resume --json r.json --quiet "$@"
    echo "$output"
}

refused() { # STATUS WORDS OPTION...
    local wanted=$1 words=$2
    shift 2
    run in_ns "$PORTOLAN" run ./p.yaml "$@"
    echo "$output"
    [ "$status" -eq "$wanted" ]
    [[ "$output" == *"$words"* ]]
}

@test "a run goes on, and its results say how" {
    need_namespace
    slow
    part
    cp j before
    refused 3 '--resume goes on with it' --journal j
    cmp j before
    part --resume
    whole
    [ "$status" -eq 0 ]
    [ ! -e j ]
    jq -e '.summary | .probes == 10000 and .closed == 10000 and .unprobed == 0 and .attempts < 10100' r.json
    jq -e '.run | .complete and .stopped_by == null and ([.segments[].reason] == ["deadline", "deadline", null])' r.json
    jq -e '([.run.segments[].probes] | add) == 10000 and all(.run.segments[]; .probes > 0)' r.json
    jq -e '.run as $run | .run.resumed | .taken_over == ([$run.segments[:2][].probes] | add) and (.salvaged | not)' r.json
    jq -e '.run.elapsed_ms >= 2000 and .run.started == .run.segments[0].started' r.json
    jq -e '(.targets | length) == 4 and all(.targets[]; .closed == 2500)' r.json
    # What it may have missed is told of all of it, of the run as a whole.
    jq -e '.summary | .estimate.basis == "answered" and (.evidence.closed | add) == 10000' r.json
    jq -e 'all(.targets[]; .estimate.basis == "not-recorded")' r.json
    run /usr/bin/python3 "$TOP/tests/cli/validate.py" "$TOP/docs/schema/results.json" accept r.json
    echo "$output"
    [ "$status" -eq 0 ]
    "$PORTOLAN" convert r.json --json again.json --quiet
    cmp r.json again.json
    "$PORTOLAN" convert r.json | grep -q '^resumed: 3 segments; .* the oldest verdict is .* older than the end$'
}

@test "what was killed goes on" {
    need_namespace
    slow 'order: random' 'report: {states: [open, closed]}'
    for _ in 1 2 3 4; do
        run in_ns "$TOP/tests/cli/kill-grown" j "$PORTOLAN" run ./p.yaml --set rate=200 --journal j --resume --json r.json --quiet
        [ "$status" -eq 137 ]
    done
    [ ! -e r.json ]
    whole
    [ "$status" -eq 0 ]
    jq -e '.summary.closed == 10000 and (.results | length) == 10000' r.json
    jq -e '[.run.segments[].reason] == ["killed", "killed", "killed", "killed", null]' r.json
    jq -e '[.results[] | .ip + " \(.port)"] | unique | length == 10000' r.json
    # They follow one another in the time of the run as well.
    jq -e 'def ms: (.[0:19] + "Z" | fromdate) * 1000 + (.[20:23] | tonumber);
        ([.run.segments[:4][] | (.finished | ms) - (.started | ms)] | add) as $before
        | $before > 0 and (.results | map(.offset_ms) | max >= $before)' r.json
}

@test "show tells what a journal holds, convert makes a report of it" {
    need_namespace
    slow
    part
    "$PORTOLAN" show ./j >told
    cat told
    grep -q '^  the run was stopped by its deadline$' told
    grep -q '^  settled: [0-9]* of 10000 probes ' told
    grep -q -- '--resume would still ask [0-9]* probes' told
    "$PORTOLAN" convert j --json now.json --quiet
    jq -e '.run.complete | not' now.json
    run /usr/bin/python3 "$TOP/tests/cli/validate.py" "$TOP/docs/schema/results.json" accept now.json
    [ "$status" -eq 0 ]
    for key in closed unprobed attempts; do
        [ "$(jq ".summary.$key" now.json)" -eq "$(jq ".summary.$key" part.json)" ]
    done
    # What may have been missed is not told: a journal holds verdicts, not the attempts they took.
    jq -e '.summary.estimate.basis == "not-recorded"' now.json
    [ "$(jq -c '.targets | map(del(.estimate, .evidence))' now.json)" = \
        "$(jq -c '.targets | map(del(.estimate, .evidence))' part.json)" ]
    [ "$(jq -c '.run | del(.paths, .elapsed_ms, .finished, .segments, .resumed, .effective_concurrency, .workers)' now.json)" = \
        "$(jq -c '.run | del(.paths, .elapsed_ms, .finished, .effective_concurrency, .workers)' part.json)" ]
    head -c 300 j >cut
    run "$PORTOLAN" show ./cut
    [ "$status" -eq 3 ]
    run "$PORTOLAN" convert cut
    [ "$status" -eq 3 ]
}

@test "another plan, or a narrower scope, is refused before anything is sent" {
    need_namespace
    slow
    part
    cp j before
    refused 3 'another timeout, retries than' --journal j --resume --set timeout=1s --set retries=0
    refused 3 'is outside the profile'"'"'s scope' --journal j --resume --set scope=10.0.0.0/8
    cmp j before
}

@test "where asked, a journal of another plan, or a damaged one, is set aside, and a new run begins" {
    need_namespace
    slow
    part
    cp j before
    # Where no new run begins nothing is moved.
    refused 3 'is outside the profile'"'"'s scope' --journal j --resume --set-aside --set ports=1-9 --set scope=10.0.0.0/8
    cmp j before
    [ ! -e j.old ]
    echo mine >j.old
    refused 5 'j.old is there and no journal' --journal j --resume --set-aside --set ports=1-9
    [ "$(cat j.old)" = mine ]
    cmp j before
    rm j.old
    run in_ns "$PORTOLAN" run ./p.yaml --set ports=1-9 --journal j --resume --set-aside --json r.json
    echo "$output"
    [ "$status" -eq 0 ]
    [ ! -e j ]
    cmp j.old before
    jq -e '.summary.attempts == 36 and .run.segments == null' r.json
    jq -e '.warnings | length == 1 and (.[0] | contains("another ports") and contains("j.old"))' r.json
    # What is of the plan goes on as ever; a damaged one gives way, and what is no journal stays.
    cp before j
    whole --set-aside
    [ "$status" -eq 0 ]
    jq -e '.run.resumed.taken_over > 0 and .warnings == []' r.json
    head -c 60 before >j
    run in_ns "$PORTOLAN" run ./p.yaml --set ports=1-9 --journal j --resume --set-aside --json r.json --quiet
    [ "$status" -eq 0 ]
    cmp j.old <(head -c 60 before)
    echo mine >j
    refused 3 'is not a journal' --journal j --resume --set-aside
    [ "$(cat j)" = mine ]
    refused 2 'it wants --resume' --journal j --set-aside
}

@test "files that are no journals, and options that do not fit, are refused" {
    need_namespace
    slow
    refused 2 '--resume wants a journal' --resume
    refused 2 '--keep-journal wants a journal' --keep-journal
    refused 2 'it wants --resume' --journal j --salvage
    refused 2 'it wants --resume' --journal j --max-age 24h
    refused 2 'wants a duration' --journal j --resume --max-age soon
    refused 2 'the same each time' --journal 'j-{started}'
    refused 2 'the same each time' --journal -
    refused 2 'json and journal of profile p both go to j' --journal j --json ./j
    profile q 'hosts: 127.0.0.1' 'ports: 1'
    run in_ns "$PORTOLAN" run ./p.yaml ./q.yaml --journal j
    [ "$status" -eq 2 ]
    mkfifo fifo
    refused 3 'is a named pipe' --journal fifo --resume
    mkdir folder
    refused 3 'is a folder' --journal folder --resume
    echo mine >mine
    refused 3 'is not a journal' --journal mine --resume
    [ "$(cat mine)" = mine ]
    ln -s mine link
    refused 3 'is a symbolic link' --journal link --resume
    refused 5 'cannot write the journal' --journal none/j --resume
    [ ! -e j ]
}

@test "a journal that another run is using is refused" {
    need_namespace
    slow
    in_ns timeout 20 "$PORTOLAN" run ./p.yaml --journal j --quiet >/dev/null &
    local pid=$!
    for _ in $(seq 100); do
        [ ! -e j ] || break
        sleep 0.05
    done
    refused 3 'in use by another run' --journal j --resume
    wait "$pid"
    [ ! -e j ]
}

@test "a journal of a call that could not begin holds nothing: the next one is not refused" {
    need_namespace
    profile a 'hosts: 127.0.0.1' 'ports: 1-10' 'journal: a.journal'
    profile b 'hosts: 127.0.0.1' 'ports: 1-10' 'journal: missing/b.journal'
    run in_ns "$PORTOLAN" run ./a.yaml ./b.yaml --quiet
    echo "$output"
    [ "$status" -eq 5 ]
    run in_ns "$PORTOLAN" run ./a.yaml --quiet
    echo "$output"
    [ "$status" -eq 0 ]
    [ ! -e a.journal ]
}

@test "a signal while names are resolved leaves no journal: what is excluded by name stays excluded" {
    need_nft
    [ -e /etc/resolv.conf ] || without "there is no /etc/resolv.conf to put another one over"
    echo 'nameserver 127.0.0.1' >resolv.conf
    printf '127.0.0.2 other.invalid\n' >hosts
    profile p 'hosts: [127.0.0.1, 127.0.0.2]' 'exclude_hosts: other.invalid' 'ports: 1-10'
    # shellcheck disable=SC2016  # for the inner shell
    run in_ns -m sh -c 'mount --bind resolv.conf /etc/resolv.conf &&
        nft "add table ip t; add chain ip t c { type filter hook input priority 0; }; add rule ip t c udp dport 53 drop" &&
        exec "$2" INT "$1" run ./p.yaml --journal j --json p.json' sh "$PORTOLAN" "$TOP/tests/cli/interrupt"
    echo "$output"
    [ "$status" -eq 130 ]
    [ ! -e j ]
    [[ "$output" != *"--resume goes on"* ]]
    jq -e '.run.stopped_by == "signal" and .summary.attempts == 0' p.json
    # shellcheck disable=SC2016  # for the inner shell
    run in_ns -m sh -c 'mount --bind hosts /etc/hosts && exec "$1" run ./p.yaml --journal j --resume --json p.json' sh "$PORTOLAN"
    [ "$status" -eq 0 ]
    [ "$(jq -c '.targets | map(.ip)' p.json)" = '["127.0.0.1"]' ]
}

@test "a kept journal is finished, and gives way to the next run" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-100' 'journal: "{profile}.journal"'
    for _ in 1 2; do
        run in_ns "$PORTOLAN" run ./p.yaml --keep-journal --quiet --json r.json
        [ "$status" -eq 0 ]
        [ -e p.journal ]
        jq -e '.summary.attempts == 100 and (.run.segments == null)' r.json
        "$PORTOLAN" show ./p.journal | grep -q 'the run is finished'
    done
    in_ns "$PORTOLAN" run ./p.yaml --quiet --resume --json r.json
    [ ! -e p.journal ]
}

@test "reports that could not be written are written when the run goes on, which asks nothing" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-100'
    run in_ns "$PORTOLAN" run ./p.yaml --journal j --quiet --json /dev/full
    [ "$status" -eq 5 ]
    whole
    [ "$status" -eq 0 ]
    jq -e '.summary.closed == 100 and .summary.attempts == 100' r.json
    [ ! -e j ]
}

@test "what is damaged is refused with its place, or salvaged" {
    need_namespace
    slow
    part
    part --resume
    # The first chunk of data begins behind the second marker but one: flip a bit of its payload.
    /usr/bin/python3 - <<'PY'
data = bytearray(open("j", "rb").read())
at, marker = 0, b"\xce\xa9\x42\x4b"
for _ in range(3):
    at = data.index(marker, at + 1)
data[at + 30] ^= 1
open("j", "wb").write(data)
open("place", "w").write(str(at))
PY
    refused 3 "is damaged at byte $(cat place); --salvage takes what is whole" --journal j --resume
    whole --salvage
    [ "$status" -eq 0 ]
    jq -e '.summary.closed == 10000 and .run.resumed.salvaged' r.json
    "$PORTOLAN" convert r.json | grep -q 'salvaged from a damaged journal'
}

@test "old verdicts are asked again where that is wanted" {
    need_namespace
    slow
    part
    sleep 1
    whole --max-age 500ms
    [ "$status" -eq 0 ]
    jq -e --slurpfile part part.json '.summary.closed == 10000 and .run.resumed.taken_over == 0
        and $part[0].summary.attempts > 0 and .summary.attempts >= 10000 + $part[0].summary.attempts' r.json
}

@test "a full disk is told at once, and the scan goes on" {
    need_namespace
    profile p 'hosts: 127.0.0.1-4' 'ports: 1-2500' 'rate: 4000' 'report: {states: [closed]}'
    mkdir small
    run in_ns -m sh -c 'mount -t tmpfs -o size=8k none small && "$0" run ./p.yaml --journal small/j --json r.json --progress never; echo "status $?"' "$PORTOLAN"
    echo "$output"
    [[ "$output" == *'cannot write the journal small/j: No space left on device'* ]]
    [[ "$output" == *'the scan goes on, without its journal'* ]]
    [[ "$output" == *'status 5'* ]]
    jq -e '.summary.closed == 10000 and .run.complete' r.json
}

@test "open ports, confirmed, and what is expected, are judged over all segments" {
    need_namespace
    slow 'confirm: 2' 'expect: [{hosts: 127.0.0.1, only: [22, 80]}]'
    run in_ns "$LISTEN" 22:close 80:close 2400:close -- sh -c '
        "$0" run ./p.yaml --set deadline=2s --journal j --json part.json --quiet
        "$0" run ./p.yaml --set rate=0 --journal j --resume --json r.json --quiet' "$PORTOLAN"
    echo "$output"
    [ "$status" -eq 1 ]
    jq -e '[.results[] | [.port, .confirmed]] | unique == [[22, "2/2"], [80, "2/2"], [2400, "2/2"]]' r.json
    jq -c '.summary, .expectations' r.json
    jq -e '.summary.open == 3 and .summary.expectations.fail == 1 and .summary.expectations.inconclusive == 0' r.json
    jq -e '.expectations | map([.port, .verdict]) == [[22, "pass"], [80, "pass"], [2400, "fail"]]' r.json
}

@test "a journal that version 1 wrote is read" {
    "$PORTOLAN" show "$TOP/tests/cli/old/journal-1" | grep -q '^  settled: '
    "$PORTOLAN" convert "$TOP/tests/cli/old/journal-1" --json now.json --quiet
    # All that was told then is told now; keys may have been added.
    jq -n --slurpfile old "$TOP/tests/cli/old/journal-1.json" --slurpfile now now.json -e '
        [$old[0] | paths(scalars)] as $paths
        | ($paths | length > 500) and all($paths[]; . as $path | ($old[0] | getpath($path)) == ($now[0] | getpath($path)))'
}
