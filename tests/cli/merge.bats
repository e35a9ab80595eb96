# One results file of several.
load helper

# make NAME ARGUMENTS...: NAME.json, as tests/cli/results.py makes it
make() {
    local name=$1
    shift
    /usr/bin/python3 "$TOP/tests/cli/results.py" "$@" >"$name.json"
}

# merge FILE...: merged.json, which is valid, comes out of convert as it is, and of jsonl too
merge() {
    run "$PORTOLAN" merge "$@" --json merged.json
    echo "$output"
    [ "$status" -eq 0 ]
    run /usr/bin/python3 "$TOP/tests/cli/validate.py" "$TOP/docs/schema/results.json" accept merged.json
    echo "$output"
    [ "$status" -eq 0 ]
    "$PORTOLAN" convert merged.json --json - | cmp - merged.json
    "$PORTOLAN" convert merged.json --jsonl - | "$PORTOLAN" convert - --json - | cmp - merged.json
}

# is FILTER EXPECTED: what jq makes of merged.json
is() {
    local seen
    seen=$(jq -c "$1" merged.json)
    echo "$1: $seen"
    [ "$seen" = "$2" ]
}

@test "a scan in parts, merged, knows what the whole scan knows" {
    need_namespace
    profile whole 'hosts: [127.0.0.1, 127.0.0.2, 127.0.0.3]' 'ports: 1-200' 'report: {states: [open, closed, filtered]}'
    # Listeners of one call, so that all scans meet the same ports.
    in_ns "$LISTEN" 22 80 150 -- sh -c "for part in 'whole hosts=[127.0.0.1,127.0.0.2,127.0.0.3] ports=1-200' \
        'a hosts=[127.0.0.1,127.0.0.2] ports=1-100' 'b hosts=[127.0.0.1,127.0.0.2] ports=101-200' 'c hosts=127.0.0.3 ports=1-200'; do
        set -- \$part; '$PORTOLAN' run ./whole.yaml --set \$2 --set \$3 --json \$1.json --quiet || exit 1; done"
    merge a.json b.json c.json
    is '[.run.ports, .run.complete, .summary.targets, .summary.probes, .summary.open, .summary.closed, .summary.unprobed, .warnings, .disagreements]' \
        "$(jq -c '[.run.ports, .run.complete, .summary.targets, .summary.probes, .summary.open, .summary.closed, .summary.unprobed, [], []]' whole.json)"
    is '[.merged[] | [.file, .ports, .targets]]' '[["a.json","1-100",2],["b.json","101-200",2],["c.json","1-200",1]]'
    run "$PORTOLAN" diff whole.json merged.json
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == *"no difference is known: 3 hosts compared"* ]]
    [[ "$output" != *unknown:* ]]
}

@test "results.json goes to standard output, every format where it is asked for" {
    make a 198.18.0.1:occ
    make b 198.18.0.2:occ
    "$PORTOLAN" merge a.json b.json --quiet | jq -e '.summary.targets == 2'
    "$PORTOLAN" merge a.json b.json --quiet --csv merged.csv --text - | grep -q '^merged: b.json, profile made'
    [ "$(wc -l <merged.csv)" -eq 3 ]
}

@test "what none has probed is unprobed, and that is told" {
    make a --ports 22,80 198.18.0.1:oc
    make b --ports 443 198.18.0.2:o
    merge a.json b.json
    is '[.targets[] | [.ip, .open, .closed, .unprobed]]' '[["198.18.0.1",1,1,1],["198.18.0.2",1,0,2]]'
    is .warnings '["not every host was probed on every port: 3 probes are unprobed"]'
    # So that no port of it is thought to be closed.
    make whole --ports 22,80,443 198.18.0.1:oco 198.18.0.2:ooo
    "$PORTOLAN" diff whole.json merged.json --json - --quiet | jq -e '.different | not'
}

@test "overlaps that disagree are reported and kept; open is kept before closed before filtered" {
    make a --states ocf 198.18.0.1:oco 198.18.0.2:ccc
    make b --states ocf 198.18.0.1:cfo
    run "$PORTOLAN" merge a.json b.json --text -
    [ "$status" -eq 0 ]
    [[ "$output" == *"warning: the merged runs do not agree on 2 ports: see disagreements"* ]]
    [[ "$output" == *"not agreed: 198.18.0.1 80/tcp: filtered in b.json"* ]]
    merge a.json b.json
    is '[.disagreements[] | [.ip, .port, [.seen[] | [.run, .states, .reason]]]]' \
        '[["198.18.0.1",22,[[0,["open"],"syn-ack"],[1,["closed"],"conn-refused"]]],["198.18.0.1",80,[[0,["closed"],"conn-refused"],[1,["filtered"],"no-response"]]]]'
    is '[.results[] | select(.ip == "198.18.0.1") | .state]' '["open","closed","open"]'
    is '[.summary.probes, .summary.open, .summary.closed]' '[6,2,4]'
    # In the other order the same states are kept.
    cp merged.json ab.json
    merge b.json a.json
    is '[.results[] | select(.ip == "198.18.0.1") | .state]' '["open","closed","open"]'
    # A merged file is merged again, and nothing of it is lost.
    make c 198.18.0.3:occ
    merge ab.json c.json
    is '[.merged[].file]' '["ab.json","c.json","a.json","b.json"]'
    is '[.disagreements[] | [.port, [.seen[].run]]]' '[[22,[2,3]],[80,[2,3]]]'
}

@test "a port that is not listed disagrees with what the counts allow" {
    make a 198.18.0.1:occ
    make b 198.18.0.1:ccc
    merge a.json b.json
    is '[.disagreements[] | [.port, [.seen[] | [.states, .reason]]]]' '[[22,[[["open"],"syn-ack"],[["closed"],null]]]]'
    is '[.summary.open, .summary.closed, .summary.unprobed]' '[1,2,0]'
    make a 198.18.0.1:ocf
    merge a.json b.json
    is '[.summary.open, .summary.closed, .summary.filtered]' '[1,1,1]'
    make a 198.18.0.1:fff
    merge a.json b.json
    is '.warnings' '["the merged runs do not agree on ports that they do not list (3 times): what the first of them says is counted"]'
}

@test "what one could not ask, or did not come to, another one knows" {
    make a 198.18.0.1:oeu --stopped signal
    make b 198.18.0.1:occ
    merge a.json b.json
    is '[.summary.open, .summary.closed, .summary.error, .summary.unprobed]' '[1,2,0,0]'
    is '[.run.complete, .run.stopped_by, .disagreements]' '[true,null,[]]'
    make b --ports 22 198.18.0.1:o
    merge a.json b.json
    is '[.summary.open, .summary.error, .summary.unprobed]' '[1,1,1]'
}

@test "states that not all of them list are left out, and counted" {
    make a --states oc --ports 22,80 198.18.0.1:oc
    make b --states o --ports 443 198.18.0.1:c
    merge a.json b.json
    is '[.run.states, [.results[].port], .summary.closed]' '[["open","error"],[22],2]'
    is .warnings '["not all of the merged runs list the state closed: the results leave it out, the counts have it"]'
}

@test "different profiles and settings" {
    make a --profile one --sha aa 198.18.0.1:occ --started 2026-02-01T00:00:00.000Z
    make b --profile two --sha bb 198.18.0.2:occ --started 2026-01-01T00:00:00.000Z --unresolved gone.example
    jq -c '.run.engine = "events"' b.json >c.json
    merge a.json c.json
    is '[.run.profile, .run.profile_sha256, .run.started, .run.finished, .run.elapsed_ms, .run.engine]' \
        '["merged","","2026-01-01T00:00:00.000Z","2026-02-01T00:00:00.000Z",2000,"pool"]'
    is '[.warnings, .unresolved]' '[["the merged runs had different settings: those of a.json are written"],[{"input":"gone.example","message":"gone"}]]'
}

@test "expectations come along, each once" {
    need_namespace
    profile a 'hosts: [127.0.0.1, no-such-host.invalid]' 'ports: 1-100' 'expect: [{hosts: [127.0.0.1, no-such-host.invalid], open: [22, 23]}]'
    profile b 'hosts: 127.0.0.2' 'ports: 1-100' 'expect: [{hosts: 127.0.0.2, closed: 80}]'
    in_ns "$LISTEN" 22 -- sh -c "'$PORTOLAN' run ./a.yaml --json a.json --quiet; '$PORTOLAN' run ./b.yaml --json b.json --quiet" || true
    merge a.json b.json
    is '[.expectations[] | [.host, .port, .verdict]]' \
        '[["127.0.0.1",22,"pass"],["127.0.0.1",23,"fail"],["127.0.0.2",80,"pass"],["no-such-host.invalid",22,"inconclusive"],["no-such-host.invalid",23,"inconclusive"]]'
    is .summary.expectations '{"pass":2,"fail":1,"inconclusive":2}'
    merge a.json b.json a.json
    is .summary.expectations '{"pass":2,"fail":1,"inconclusive":2}'
}

@test "many hosts: beyond 65,536 those of interest are listed" {
    for net in 18 19; do
        /usr/bin/python3 -c "for n in range(40000): print(f'198.$net.{n >> 8}.{n & 255}:{\"o\" if n == 7 else \"c\"}')" >hosts
        make "$net" --ports 22 --file hosts
    done
    mv 18.json a.json
    mv 19.json b.json
    merge a.json b.json
    is '[.summary.targets, .summary.open, .summary.closed, [.targets[].ip]]' '[80000,2,79998,["198.18.0.7","198.19.0.7"]]'
    run "$PORTOLAN" merge merged.json a.json
    [ "$status" -eq 3 ]
    [[ "$output" == *"merged.json has 80000 targets"*"cannot be merged"* ]]
}

@test "files that cannot be read: status 3, all are told; wrong words: status 2" {
    make a 198.18.0.1:occ
    echo '{' >bad.json
    run "$PORTOLAN" merge a.json bad.json no-such.json
    [ "$status" -eq 3 ]
    [[ "$output" == *"bad.json:"*"no-such.json"* ]]
    run "$PORTOLAN" merge
    [ "$status" -eq 2 ]
    run "$PORTOLAN" merge - -
    [ "$status" -eq 2 ]
    run "$PORTOLAN" merge a.json --json /dev/full
    [ "$status" -eq 5 ]
    cp a.json copy.json
    "$PORTOLAN" merge - copy.json --json - --quiet <a.json | jq -e '.summary.probes == 3'
}

@test "the halves of an interrupted scan are complete together" {
    make a 198.18.0.1:ocu 198.18.0.2:uuu --states ocf --stopped signal
    make b 198.18.0.1:uuc 198.18.0.2:occ --states ocf --stopped signal
    merge a.json b.json
    is '[.run.complete, .run.stopped_by, .summary.unprobed, [.merged[].complete]]' '[true,null,0,[false,false]]'
    # One that has no verdict is enough.
    make b 198.18.0.1:uuu 198.18.0.2:occ --states ocf --stopped signal
    merge a.json b.json
    is '[.run.complete, .run.stopped_by, .summary.unprobed]' '[false,"signal",1]'
}

@test "of a run that was killed not all targets are known: another of its profile knows them" {
    make whole 198.18.0.1:occ 198.18.0.2:occ --states ocf
    "$PORTOLAN" convert whole.json --jsonl - | head -n 3 >a.jsonl
    make b 198.18.0.1:uuc --states ocf --stopped signal --sha 11ee
    merge a.jsonl b.json
    is '[.run.complete, .run.cut, .summary.unprobed]' '[false,true,0]'
    make b 198.18.0.1:uuc 198.18.0.2:occ --states ocf --stopped signal
    merge a.jsonl b.json
    is '[.run.complete, .run.cut, .summary.unprobed]' '[true,null,0]'
}
