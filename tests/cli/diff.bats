# What changed between two results files, and what cannot be told.
load helper
bats_require_minimum_version 1.5.0

# make NAME ARGUMENTS...: NAME.json, as tests/cli/results.py makes it
make() {
    local name=$1
    shift
    /usr/bin/python3 "$TOP/tests/cli/results.py" "$@" >"$name.json"
}

# differ STATUS [OPTIONS]: compares old.json with new.json; the JSON is diff.json
differ() {
    local expected=$1
    shift
    run "$PORTOLAN" diff old.json new.json --json diff.json --quiet "$@"
    echo "$output"
    [ "$status" -eq "$expected" ]
    run /usr/bin/python3 "$TOP/tests/cli/validate.py" "$TOP/docs/schema/diff.json" accept diff.json
    echo "$output"
    [ "$status" -eq 0 ]
}

# is FILTER EXPECTED: what jq makes of diff.json
is() {
    local seen
    seen=$(jq -c "$1" diff.json)
    echo "$1: $seen"
    [ "$seen" = "$2" ]
}

@test "two real runs: what opened and closed; the same run is no difference" {
    need_namespace
    profile p 'hosts: [127.0.0.1, 127.0.0.2]' 'ports: 1-100'
    in_ns "$LISTEN" 22 80 -- "$PORTOLAN" run ./p.yaml --json old.json --quiet
    in_ns "$LISTEN" 22 25 -- "$PORTOLAN" run ./p.yaml --json new.json --quiet
    differ 1
    is '[.changes[] | [.ip, .port, .change, .old, .new]]' \
        '[["127.0.0.1",25,"opened",["closed"],["open"]],["127.0.0.1",80,"closed",["open"],["closed"]]]'
    is .different true
    cp old.json new.json
    differ 0
    is '[.different, .summary.hosts_compared, .changes, .unknown]' '[false,2,[],[]]'
}

@test "the text tells people the same" {
    make old 198.18.0.1=web:occ 198.18.0.2:ccc 198.18.0.4:ooo
    make new 198.18.0.1=web:coc 198.18.0.2:cff 198.18.0.3:occ
    run "$PORTOLAN" diff old.json new.json
    echo "$output"
    [ "$status" -eq 1 ]
    [[ "$output" == "OLD old.json: profile made, started 2026-01-31T12:00:00.000Z, COMPLETE"* ]]
    [[ "$output" == *$'\nweb (198.18.0.1)\nPORT '* ]]
    [[ "$output" == *"22/tcp    closed          open                closed "* ]]
    [[ "$output" == *"80/tcp    opened          closed              open "* ]]
    [[ "$output" == *$'\n198.18.0.2\nports that are not listed: -2 closed, +2 filtered\n'* ]]
    [[ "$output" == *$'\nappeared: 198.18.0.3; open: 22\n'* ]]
    [[ "$output" == *$'\nvanished: 198.18.0.4; open: 22, 80, 81\n'* ]]
    [[ "$output" == *"DIFFERENT: 2 hosts compared, 2 changed, 1 appeared, 1 vanished; ports: 1 opened, 1 closed,"* ]]
}

@test "a state that is listed neither before nor after still shows, by the counts" {
    make old 198.18.0.1:occ
    make new 198.18.0.1:ocf
    differ 1
    is '[.unlisted[] | [.ip, .open, .closed, .filtered]]' '[["198.18.0.1",0,-1,1]]'
    is .changes '[]'
    make old 198.18.0.1:occ
    make new 198.18.0.1:coc
    differ 1
    is .unlisted '[]'
    # Of two absent ports, one closed and one filtered: which is which nobody knows.
    make old 198.18.0.1:ocf
    make new 198.18.0.1:oof
    differ 1
    is '[.changes[] | [.port, .change, .old, .new]]' '[[80,"opened",["closed","filtered"],["open"]]]'
    make old 198.18.0.1:ocf
    make new 198.18.0.1:ofc
    differ 0
}

@test "states are changed where both are listed" {
    make old --states ocf 198.18.0.1:ofc
    make new --states ocf 198.18.0.1:fcc
    differ 1
    is '[.changes[] | [.port, .change, .old, .new]]' \
        '[[22,"closed",["open"],["filtered"]],[80,"changed",["filtered"],["closed"]]]'
    # Listed in one only: the counts of the other tell.
    make new 198.18.0.1:ocf
    differ 0
    make new 198.18.0.1:off
    differ 1
    is '[.changes[] | [.port, .change, .old, .new]]' '[[81,"changed",["closed"],["filtered"]]]'
}

@test "what one of the two did not probe is unknown, never closed" {
    make old --ports 22,80-81 198.18.0.1:ooc
    make new --ports 22,443 198.18.0.1:co
    differ 1
    is '[.changes[] | [.port, .change]]' '[[22,"closed"]]'
    is '[.unknown[] | [.port, .why, .old, .new]]' \
        '[[80,"not-probed",["open"],null],[443,"not-probed",null,["open"]]]'
    make new --ports 443 198.18.0.1:c
    differ 0
    is '[.summary.unknown, .different]' '[2,false]'
}

@test "what one of the two may not have probed is unknown, and it is warned about" {
    make old 198.18.0.1:ooc 198.18.0.2:occ
    make new --stopped signal 198.18.0.1:ouu 198.18.0.2:uuu
    differ 4
    is '[.unknown[] | [.ip, .port, .why]]' '[["198.18.0.1",80,"unprobed"],["198.18.0.2",22,"unprobed"]]'
    is .warnings '["new.json is incomplete: stopped by a signal; of 6 probes, 5 have no verdict"]'
    run "$PORTOLAN" diff old.json new.json
    [[ "$output" == *"INCOMPLETE: stopped by a signal"*"warning: new.json is incomplete"*"no difference is known"* ]]
    run "$PORTOLAN" diff new.json old.json --json diff.json
    [ "$status" -eq 4 ]
    [[ "$output" == *"warning: new.json is incomplete"* ]]
    is '[.unknown[] | [.ip, .port, .old, .new]]' '[["198.18.0.1",80,null,["open"]],["198.18.0.2",22,null,["open"]]]'
}

@test "a port that this machine could not ask is unknown" {
    make old 198.18.0.1:ooc
    make new 198.18.0.1:oee
    differ 4
    is '[.unknown[] | [.port, .why]]' '[[80,"error"]]'
    is .warnings '["new.json: 2 probes ended in an error of the machine that scanned"]'
}

@test "a state that is not listed and may be open is unknown" {
    make old --states o 198.18.0.1:occ
    make new --states c 198.18.0.1:ofc
    differ 1
    is '[.unknown[] | [.port, .why, .old, .new]]' '[[22,"not-listed",["open"],["open","filtered"]]]'
    # Port 80 was closed, and now is open or filtered.
    is '[.unlisted[] | [.open, .closed, .filtered]]' '[[0,-1,0]]'
    is .changes '[]'
}

@test "a host whose name did not resolve has neither vanished nor appeared" {
    make old 198.18.0.1=web:ooc 198.18.0.2:ccc
    make new --unresolved web 198.18.0.2:ccc
    differ 4
    is '[.unknown_hosts[] | [.host, .in, .why, .open_ports]]' '[["web","old","unresolved",[22,80]]]'
    is '[.vanished, .appeared]' '[[],[]]'
    mv old.json web.json
    mv new.json old.json
    mv web.json new.json
    differ 4
    is '[.unknown_hosts[] | [.host, .in]]' '[["web","new"]]'
}

@test "hosts are told apart by their address, IPv6 too" {
    make old 198.18.0.1=web:occ 2001:2::1:occ
    make new 198.18.0.9=web:occ 2001:2::1:coc
    differ 1
    is '[.appeared[0].ip, .vanished[0].ip, .summary.hosts_compared]' '["198.18.0.9","198.18.0.1",1]'
    is '[.changes[] | [.ip, .port]]' '[["2001:2::1",22],["2001:2::1",80]]'
}

@test "beyond 65,536 targets a host that is not listed is one without anything open, of the same profile" {
    make old --targets 70000 198.18.0.1:oof 198.18.0.2:off
    make new --targets 70000 198.18.0.2:off 198.18.0.3:off
    differ 1
    is '[.changes[] | [.ip, .port, .change, .old, .new]]' \
        '[["198.18.0.3",22,"opened",["closed","filtered"],["open"]],["198.18.0.1",22,"closed",["open"],["closed","filtered"]],["198.18.0.1",80,"closed",["open"],["closed","filtered"]]]'
    # One that the run did not come to may have had anything open.
    make new --stopped signal --targets 70000 --untouched 198.18.0.0-198.18.0.1 --untouched-count 1 198.18.0.2:off
    differ 4
    is '[.changes, [.unknown_hosts[] | [.ip, .in, .why]]]' '[[],[["198.18.0.1","old","not-listed"]]]'
    # Another profile may not have had it.
    make new --sha 11ee --targets 70000 198.18.0.2:off 198.18.0.3:off
    differ 0
    is '[.unknown_hosts[] | [.ip, .in, .why]]' \
        '[["198.18.0.3","new","not-listed"],["198.18.0.1","old","not-listed"]]'
    # All of a small run are listed.
    make new 198.18.0.2:off
    differ 1
    is '[.vanished[].ip]' '["198.18.0.1"]'
}

@test "runs in the wrong order are warned about" {
    make old --started 2026-02-01T00:00:00.000Z 198.18.0.1:occ
    make new --started 2026-01-01T00:00:00.000Z 198.18.0.1:occ
    differ 0
    is .warnings '["new.json was started before old.json: is their order right?"]'
}

@test "one side may come from standard input; both cannot" {
    make old 198.18.0.1:occ
    run bash -c "'$PORTOLAN' diff old.json - --quiet <old.json"
    [ "$status" -eq 0 ]
    run "$PORTOLAN" diff - -
    [ "$status" -eq 2 ]
}

@test "files that cannot be read: status 3, both are told; an output that cannot be written: 5" {
    make old 198.18.0.1:occ
    echo '{}' >bad.json
    run "$PORTOLAN" diff bad.json no-such.json
    [ "$status" -eq 3 ]
    [[ "$output" == *"bad.json:1:"*"\"schema\" is missing"*"no-such.json"* ]]
    run "$PORTOLAN" diff old.json old.json --text /dev/full
    [ "$status" -eq 5 ]
    run "$PORTOLAN" diff old.json
    [ "$status" -eq 2 ]
}

@test "--quiet: nothing is printed where nothing changed" {
    make old 198.18.0.1:occ
    run "$PORTOLAN" diff old.json old.json --quiet
    [ "$status" -eq 0 ]
    [ "$output" = "" ]
    run "$PORTOLAN" diff old.json old.json --quiet --text -
    [ "$status" -eq 0 ]
    [ "$output" = "" ]
    # A file, and JSON, are written all the same: something reads them.
    run "$PORTOLAN" diff old.json old.json --quiet --text diff.text --json -
    [ "$status" -eq 0 ]
    jq -e '.different | not' <<<"$output"
    grep -q '^no difference is known' diff.text
    run "$PORTOLAN" diff old.json old.json
    [[ "$output" == *"no difference is known"* ]]
    make new 198.18.0.1:coc
    run "$PORTOLAN" diff old.json new.json --quiet
    [ "$status" -eq 1 ]
    [[ "$output" == *"80/tcp    opened"*"DIFFERENT"* ]]
}

@test "an incomplete run that shows no difference is status 4, and never silent" {
    make old 198.18.0.1:occ
    make new --stopped deadline 198.18.0.1:ouu
    for order in 'old.json new.json' 'new.json old.json'; do
        for options in '--quiet' '--quiet --text -' '--quiet --text diff.text' '--quiet --json diff.json'; do
            run --separate-stderr "$PORTOLAN" diff $order $options
            [ "$status" -eq 4 ]
            [ "$output" = "" ]
            [ "$stderr" = "warning: new.json is incomplete: the deadline passed; of 3 probes, 2 have no verdict" ]
        done
        run --separate-stderr "$PORTOLAN" diff $order
        [ "$status" -eq 4 ]
        [[ "$output" == *"warning: new.json is incomplete"* ]]
        [ "$stderr" = "" ]
    done
    # What is known to differ does, whatever else is not known.
    make new --stopped deadline --states oc 198.18.0.1:cuu
    differ 1
    is '[.changes[].port]' '[22]'
}

@test "--fail-unknown: what is not known is status 1 as well" {
    make old --ports 22,80 198.18.0.1:oo
    make new --ports 22 198.18.0.1:o
    differ 0
    differ 1 --fail-unknown
    is '[.different, .summary.unknown]' '[false,1]'
    run "$PORTOLAN" diff old.json new.json --quiet --fail-unknown
    [ "$status" -eq 1 ]
    [[ "$output" == *"80/tcp    unknown"* ]]
    # Nobody knows of a port that was not asked whether it opened, though nothing is listed.
    make old 198.18.0.1:occ
    make new 198.18.0.1:ocu
    differ 0
    differ 1 --fail-unknown
    is .unknown '[]'
    make new --stopped signal 198.18.0.1:ocu
    differ 1 --fail-unknown
    # Nothing is unknown, nothing fails.
    make new 198.18.0.1:ocf
    cp new.json old.json
    differ 0 --fail-unknown
}

@test "what was open and is silent where the new run may have missed it is perhaps closed" {
    make old --evidence 198.18.0.1:ooc 198.18.0.2:occ
    make new --evidence --poor 198.18.0.1 198.18.0.1:ofc 198.18.0.2:occ
    differ 1
    differ 0 --allow-inconclusive
    is '[.changes, .different]' '[[],false]'
    is '[.perhaps[] | [.ip, .port, .change, .old, .new]]' \
        '[["198.18.0.1",80,"perhaps-closed",["open"],["closed","filtered"]]]'
    is '.summary | [.closed, .perhaps_closed, .hosts_changed, .hosts_perhaps_changed]' '[0,1,0,1]'
    run "$PORTOLAN" diff old.json new.json
    echo "$output"
    [ "$status" -eq 1 ]
    [[ "$output" == *"warning: new.json may well have missed ports of 1 host: what is silent there need not have changed"* ]]
    [[ "$output" == *"80/tcp    perhaps-closed  open                closed or filtered "* ]]
    [[ "$output" == *$'\nPERHAPS DIFFERENT: 2 hosts compared, 0 changed,'*"; perhaps closed: 1 (the new run may have missed it)" ]]
    run "$PORTOLAN" diff old.json new.json --quiet --allow-inconclusive
    [ "$status" -eq 0 ]
    [ "$output" = "" ]
    # What is known to differ is told apart, and is status 1.
    make new --evidence --poor 198.18.0.1 198.18.0.1:ofc 198.18.0.2:fcc
    differ 1 --allow-inconclusive
    is '[[.changes[], .perhaps[]] | .[] | [.ip, .port, .change]]' \
        '[["198.18.0.2",22,"closed"],["198.18.0.1",80,"perhaps-closed"]]'
    # So it is where the bound is good, and where the file tells of none.
    make new --evidence 198.18.0.1:ofc 198.18.0.2:occ
    differ 1 --allow-inconclusive
    is '[.changes[].change, (.perhaps | length)]' '["closed",0]'
    make new 198.18.0.1:ofc 198.18.0.2:occ
    differ 1 --allow-inconclusive
}

@test "a listed port is perhaps closed by silence, not by an answer nor by an error on the way" {
    make old --evidence --states ocf 198.18.0.1:ooo
    make new --evidence --states ocf --poor 198.18.0.1 198.18.0.1:fcf
    differ 1 --allow-inconclusive
    is '[[.changes[], .perhaps[]] | .[] | [.port, .change, .new]]' \
        '[[80,"closed",["closed"]],[22,"perhaps-closed",["filtered"]],[81,"perhaps-closed",["filtered"]]]'
    make new --evidence --states ocf --poor 198.18.0.1 --filtered admin-prohibited 198.18.0.1:foo
    differ 1 --allow-inconclusive
    is '[.changes[] | [.port, .change]]' '[[22,"closed"]]'
}

@test "closed ports that a run may have missed make no difference either" {
    make old --evidence 198.18.0.1:occ
    make new --evidence --poor 198.18.0.1 198.18.0.1:ocf
    differ 0 --allow-inconclusive
    is '[.unlisted[] | [.closed, .filtered, .perhaps]]' '[[-1,1,true]]'
    run "$PORTOLAN" diff old.json new.json
    [ "$status" -eq 1 ]
    [[ "$output" == *"ports that are not listed: -1 closed, +1 filtered (or missed)"* ]]
    run "$PORTOLAN" diff new.json old.json --allow-inconclusive
    [ "$status" -eq 0 ]
    # One that was silent for certain and is refused now .
    make new --evidence --poor 198.18.0.1 198.18.0.1:occ
    make old --evidence 198.18.0.1:ocf
    differ 1 --allow-inconclusive
    is '[.unlisted[].perhaps]' '[false]'
    make old --evidence --states ocf 198.18.0.1:ocf
    make new --evidence --states ocf --poor 198.18.0.1 198.18.0.1:ofc
    differ 1 --allow-inconclusive
    is '[[.changes[], .perhaps[]] | .[] | [.port, .change]]' '[[81,"changed"],[80,"perhaps-changed"]]'
}

@test "what is open has opened, whatever the old run may have missed" {
    make old --evidence --poor 198.18.0.1 198.18.0.1:off
    make new --evidence 198.18.0.1:oof
    differ 1 --allow-inconclusive
    is '[.changes[] | [.port, .change, .missed_before]]' '[[80,"opened",true]]'
    run "$PORTOLAN" diff old.json new.json
    [[ "$output" == *"80/tcp    opened "*"(OLD may have missed it)"* ]]
    make old --evidence 198.18.0.1:off
    differ 1
    is '[.changes[].missed_before]' '[false]'
}

@test "of a host that answered nothing at all the run as a whole says whether it was missed" {
    make old --evidence 198.18.0.1:ooc 198.18.0.2:occ
    make new --evidence --poor all --poor 198.18.0.1 198.18.0.1:ooc 198.18.0.2:fff
    differ 0 --allow-inconclusive
    is '[.perhaps[] | [.ip, .port]]' '[["198.18.0.2",22]]'
    make new --evidence 198.18.0.1:ooc 198.18.0.2:fff
    differ 1 --allow-inconclusive
    is '[.changes[] | [.ip, .port, .change]]' '[["198.18.0.2",22,"closed"]]'
    # One of more than are listed.
    make old --evidence --targets 70000 198.18.0.1:oof 198.18.0.2:off
    make new --evidence --targets 70000 --poor all 198.18.0.2:off
    differ 0 --allow-inconclusive
    is '[.perhaps[] | [.ip, .port]]' '[["198.18.0.1",22],["198.18.0.1",80]]'
}

@test "text from outside is not obeyed by a terminal" {
    make old 198.18.0.1:occ
    make new $'198.18.0.1=we\x1b[31mb:coc' --profile $'\x1b[31m'
    run "$PORTOLAN" diff old.json new.json
    [ "$status" -eq 1 ]
    [[ "$output" != *$'\x1b'* ]]
    [[ "$output" == *'we\x1B[31mb (198.18.0.1)'* ]]
}

@test "the lines of a run that was killed are compared as far as they go" {
    make old 198.18.0.1:oco 198.18.0.2:occ 198.18.0.3:ccc
    make new 198.18.0.1:occ 198.18.0.2:ooc
    "$PORTOLAN" convert new.json --jsonl - | head -n 3 >new.jsonl # the run and two open ports
    run "$PORTOLAN" diff old.json new.jsonl --json diff.json
    echo "$output"
    [ "$status" -eq 4 ]
    # Whatever has no line may be anything: nothing closed, nothing vanished.
    jq -e '.changes == [] and .vanished == [] and (.new.complete | not)' diff.json
    "$PORTOLAN" convert new.jsonl --json cut.json --quiet
    jq -e '.run.cut and (.run.complete | not) and .run.stopped_by == null and (.results | length) == 2' cut.json
    "$PORTOLAN" convert cut.json --json - | cmp - cut.json
}
