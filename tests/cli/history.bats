# A history: kept runs, what changed since the last complete one, statuses.
load helper
bats_require_minimum_version 1.5.0

# night PORTS [OPTION...]: a run in which these ports are open; the JSON is r.json
night() {
    local ports=$1
    shift
    # shellcheck disable=SC2086  # a list of ports
    run in_ns "$LISTEN" $ports -- timeout 60 "$PORTOLAN" run ./lan.yaml --history h --json r.json --quiet "$@"
    echo "$output"
}

# lists FILTER EXPECTED: what jq makes of the changes
lists() {
    local seen
    seen=$(jq -c ".changes | $1" r.json)
    echo "$1: $seen"
    [ "$seen" = "$2" ]
}

@test "runs are kept, and each is compared with the last complete one" {
    need_namespace
    profile lan 'hosts: [127.0.0.1, 127.0.0.2]' 'ports: 1-100'
    night "22 80"
    [ "$status" -eq 0 ]
    lists '[.since, .opened_count, .closed_count]' '[null,0,0]'
    night "22 80" --fail-on-change
    [ "$status" -eq 0 ]
    night "22 25" --fail-on-change
    [ "$status" -eq 1 ]
    lists '[.opened[], .closed[] | [.host, .port, .service, .was, .is]]' \
        '[["127.0.0.1",25,"smtp",["closed","filtered"],["open"]],["127.0.0.1",80,"http",["open"],["closed"]]]'
    [ "$(jq -r .changes.since r.json)" = "$(sed -n 2p h/lan/index.jsonl | jq -r .when)" ]
    night "22 25" --fail-on-change
    [ "$status" -eq 0 ]
    [ "$(wc -l <h/lan/index.jsonl)" -eq 4 ]
    cmp r.json h/lan/latest.json
    zcat "h/lan/$(tail -n 1 h/lan/index.jsonl | jq -r .file)" | cmp - r.json
    run "$PORTOLAN" diff "h/lan/$(head -n 1 h/lan/index.jsonl | jq -r .file)" h/lan/latest.json
    echo "$output"
    [ "$status" -eq 1 ]
    [[ "$output" == *"1 opened, 1 closed"* ]]
}

@test "every line of an index is as its schema says" {
    need_namespace
    profile lan 'hosts: [127.0.0.1, localhost, no-such-host.invalid]' 'ports: 20-90' 'confirm: 1' 'address_family: ipv4'
    night "22 80"
    [ "$status" -eq 4 ]
    night "22 23"
    jq -s -c '.[]' h/lan/index.jsonl | while read -r line; do
        echo "$line" >line.json
        /usr/bin/python3 "$TOP/tests/cli/validate.py" "$TOP/docs/schema/index.json" accept line.json
        echo "$line" | jq 'del(.when)' >line.json
        /usr/bin/python3 "$TOP/tests/cli/validate.py" "$TOP/docs/schema/index.json" reject line.json
    done
    [ "$(jq -s -c '[.[] | .unresolved]' h/lan/index.jsonl)" = '[1,1]' ]
    [ "$(sed -n 2p h/lan/index.jsonl | jq -c .seen)" = '{"confirmed":{"127.0.0.1":[23]},"closed":{"127.0.0.1":[80]}}' ]
}

@test "the profile's key does the same, and --set reaches what lies deeper" {
    need_namespace
    profile lan 'hosts: 127.0.0.1' 'ports: 20-30' 'history: {dir: h, keep: {all: 1d}}'
    run "$PORTOLAN" show ./lan.yaml --set history.keep.daily=forever
    [[ "$output" == *$'history:\n  dir: "h"\n  keep:\n    all: 1d\n    daily: forever\n  changes_after: 1\n'* ]]
    in_ns "$LISTEN" 22 -- "$PORTOLAN" run ./lan.yaml --text /dev/null --quiet
    [ "$(wc -l <h/lan/index.jsonl)" -eq 1 ]
    # The word for none is no folder of that name, unless it is quoted.
    for value in none '"none"'; do
        run "$PORTOLAN" show ./lan.yaml --set "history.dir=$value" --set "journal=$value"
        [[ "$output" == *"journal: $value"* && "$output" == *"  dir: $value"* ]]
    done
    run "$PORTOLAN" run ./lan.yaml --shard 1/2
    [ "$status" -eq 2 ]
    [[ "$output" == *"--set history.dir=none leaves it out" ]]
    in_ns "$PORTOLAN" run ./lan.yaml --shard 1/2 --set history.dir=none --json /dev/null --quiet
    run "$PORTOLAN" show ./lan.yaml --set history.keep.al=1d
    [ "$status" -eq 3 ]
    [[ "$output" == *'unknown key "al"; did you mean "all"?'* ]]
}

@test "a history that cannot be kept or does not read is said before anything is sent" {
    need_namespace
    profile lan 'hosts: 127.0.0.1' 'ports: 20-30'
    echo "no folder" >h
    night "22"
    [ "$status" -eq 5 ]
    [ ! -e r.json ]
    rm h
    mkdir -p h/lan
    echo "no index" >h/lan/index.jsonl
    night "22"
    [ "$status" -eq 3 ]
    [[ "$output" == *"h/lan/index.jsonl:1:"* ]]
    [ ! -e r.json ]
    [ "$(cat h/lan/index.jsonl)" = "no index" ]
    # What is to be done is said, and helps.
    [[ "$output" == *"move h/lan/index.jsonl away"* ]]
    rm h/lan/index.jsonl
    night "22"
    cp h/lan/index.jsonl whole
    sed -i 's/"when"/"wh/' h/lan/index.jsonl
    night "22"
    [ "$status" -eq 3 ]
    mv h/lan/index.jsonl away
    night "22 25"
    [ "$status" -eq 0 ]
    head -n 1 h/lan/index.jsonl | cmp - whole
    [ "$(jq -r .changes.since r.json)" = "$(jq -r .when whole)" ]
    rm -r h/lan/* r.json
    ln -s /etc/passwd h/lan/index.jsonl
    night "22"
    [ "$status" -eq 5 ]
    run "$PORTOLAN" run ./lan.yaml --fail-on-change
    [ "$status" -eq 2 ]
    [[ "$output" == *"--fail-on-change wants a history"* ]]
    run "$PORTOLAN" run ./lan.yaml --history -
    [ "$status" -eq 3 ]
}

@test "an incomplete run is kept, and never compared with" {
    need_namespace
    profile lan 'hosts: 127.0.0.1' 'ports: 1-2000'
    night "22"
    in_ns "$LISTEN" 22 -- "$TOP/tests/cli/interrupt" --after 5 INT "$PORTOLAN" run ./lan.yaml --set rate=20 --history h --json r.json --quiet || true
    [ "$(sed -n 2p h/lan/index.jsonl | jq .complete)" = false ]
    night "22 80"
    lists '[.since, .opened[].port]' "[\"$(head -n 1 h/lan/index.jsonl | jq -r .when)\",80]"
}

@test "two runs that end at once are both kept" {
    need_namespace
    profile lan 'hosts: 127.0.0.1' 'ports: 1-200'
    # shellcheck disable=SC2016  # for the other shell
    in_ns "$LISTEN" 22 -- sh -c 'for i in 1 2 3 4 5 6 7 8; do "$0" run ./lan.yaml --history h --json "$i.json" --quiet & done; wait' "$PORTOLAN"
    [ "$(wc -l <h/lan/index.jsonl)" -eq 8 ]
    [ "$(jq -r .file h/lan/index.jsonl | sort -u | wc -l)" -eq 8 ]
    for file in $(jq -r .file h/lan/index.jsonl); do "$PORTOLAN" convert "h/lan/$file" --csv /dev/null --quiet; done
    [ "$(jq -s -c '[.[] | .seen.open // {}] | map(select(length > 0)) | length' h/lan/index.jsonl)" -eq 1 ]
}

# as_if_days_ago N: the kept run, its file and its line, began so many days before now
as_if_days_ago() {
    local when name
    when=$(date -u -d "$1 days ago" +%Y-%m-%dT%H:%M:%S.000Z)
    name=$(echo "$when" | tr -d ':-').json.gz
    mv h/lan/2*Z.json.gz "kept-$1"
    jq -c --arg when "$when" --arg file "$name" '.when = $when | .file = $file' h/lan/index.jsonl >"line-$1"
    rm -r h
    echo "$name" >"name-$1"
}

@test "history tells runs, changes and ports, as text, JSON and CSV" {
    need_namespace
    profile lan 'hosts: [127.0.0.1, 127.0.0.2]' 'ports: 1-100' 'history: {dir: h}'
    night "22 80"
    night "22 25"
    night "22"
    run "$PORTOLAN" history ./lan.yaml
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "${lines[0]}" == "history of lan (h/lan): 3 runs, 3 of them complete, from "* ]]
    [[ "$output" == *" complete           2       2       0 "*"+1 -1"* ]]
    [[ "$output" == *" closed          127.0.0.1 80/tcp http"* ]]
    [[ "$output" =~ 80/tcp\ +closed\ .*\ 1\ of\ 3\ +http ]]
    cp -r h other
    for place in ./lan.yaml other other/lan other/lan/; do
        "$PORTOLAN" history "$place" --json told.json --csv runs.csv --csv-ports ports.csv --quiet
        run /usr/bin/python3 "$TOP/tests/cli/validate.py" "$TOP/docs/schema/history.json" accept told.json
        echo "$output"
        [ "$status" -eq 0 ]
        [ "$(jq -c '[.profile, (.runs | length), (.ports[] | [.port, .now, .open_runs, .known_runs])]' told.json)" = \
            '["lan",3,[22,"open",3,3],[25,"closed",1,2],[80,"closed",1,3]]' ]
        [ "$(jq -r '.ports[1].first_open' told.json)" = "$(sed -n 2p h/lan/index.jsonl | jq -r .when)" ]
        mlr --icsv --ojson cut -f changes_opened,changes_closed,open runs.csv | jq -c '[.[] | [.[]]]' | grep -qxF '[[2,0,0],[2,1,1],[1,0,1]]'
        mlr --icsv --ojson cut -f port,open_runs ports.csv | jq -c '[.[] | [.[]]]' | grep -qxF '[[22,3],[25,1],[80,1]]'
    done
    run "$PORTOLAN" history ./lan.yaml --since 1ms --csv-ports -
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 1 ] # nothing was open in no run
}

@test "history refuses what it cannot tell of" {
    mkdir -p several/one several/two empty
    touch several/one/index.jsonl several/two/index.jsonl
    profile lan 'hosts: 127.0.0.1' 'ports: 22'
    while IFS='|' read -r expected words message; do
        # shellcheck disable=SC2086  # a list of words
        run "$PORTOLAN" history $words
        echo "$words: $status: $output"
        [ "$status" -eq "$expected" ]
        [[ "$output" == *"$message"* ]]
    done <<'CASES'
3|several|several histories are in several
3|empty|no history is in empty
3|nowhere.yaml|cannot
3|./lan.yaml|has no key history
3|./lan.yaml --history h|cannot read the history h/lan
2|several/one --since soon|--since wants a duration
2|several/one --dry-run|it wants --prune
2|several/one --prune|--prune wants a PROFILE
2|several/one --xml -|no option --xml
0|several/one|0 runs
CASES
    echo "{" >several/one/index.jsonl
    run "$PORTOLAN" history several/one
    [ "$status" -eq 3 ]
    [[ "$output" == *"several/one/index.jsonl:1:"* ]]
    [ -w /dev/full ]
    run "$PORTOLAN" history several/two --text /dev/full
    [ "$status" -eq 5 ]
}

@test "old results files go, by day, and nothing else; a dry run says which" {
    need_namespace
    profile lan 'hosts: 127.0.0.1' 'ports: 20-90'
    for days in 40 39 20 500; do
        night "22"
        as_if_days_ago "$days"
    done
    mkdir -p h/lan
    for days in 500 40 39 20; do
        cp "kept-$days" "h/lan/$(cat "name-$days")"
        cat "line-$days" >>h/lan/index.jsonl
    done
    touch h/lan/notes.txt h/lan/20200101T000000.json.gz
    profile kept 'name: lan' 'hosts: 127.0.0.1' 'ports: 20-90' 'history: {dir: h, keep: {all: 30d, daily: 400d}}'
    find h | sort >before
    run "$PORTOLAN" history ./kept.yaml --prune --dry-run
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == "would remove h/lan/$(cat name-500)"*"1 results file, "*" would go" ]]
    find h | sort | cmp - before
    "$PORTOLAN" history ./kept.yaml --prune >/dev/null
    find h | sort | diff - before | grep -c '^>' | grep -qx 1
    [ ! -e "h/lan/$(cat name-500)" ]
    [ "$(wc -l <h/lan/index.jsonl)" -eq 4 ]
    # A run does the same when it was kept, as of the time of the run before.
    in_ns "$LISTEN" 22 -- "$PORTOLAN" run ./kept.yaml --quiet --json /dev/null --set history.keep.all=1d --set history.keep.daily=18d
    [ ! -e "h/lan/$(cat name-40)" ]
    [ ! -e "h/lan/$(cat name-39)" ]
    [ -e "h/lan/$(cat name-20)" ]
    [ -e h/lan/notes.txt ]
    [ -e h/lan/20200101T000000.json.gz ]
    [ "$(wc -l <h/lan/index.jsonl)" -eq 5 ]
}

@test "a clock that is wrong for one run takes no results away, and moves no --since" {
    need_namespace
    profile lan 'hosts: 127.0.0.1' 'ports: 20-30' 'history: {dir: h, keep: {all: 2d, daily: 3d}}'
    for when in 2026-03-0{1..6} 2036-03-07 2026-03-08 1970-01-01 2026-03-09 2026-03-10; do
        in_ns faketime -f "$when 02:00:00" "$PORTOLAN" run ./lan.yaml --json /dev/null --quiet
        [ "$when" != 2036-03-07 ] || [ "$(cd h/lan && echo 2*)" = "$(echo 2026030{3..6}T020000.000Z.json.gz) 20360307T020000.000Z.json.gz" ]
    done
    run faketime -f "2026-03-10 03:00:00" "$PORTOLAN" history h --since 3d --csv -
    echo "$output"
    [ "$(cut -d , -f 1 <<<"$output" | grep -o '[0-9]*-[0-9]*-[0-9]*' | tr '\n' ' ')" = "2036-03-07 2026-03-08 1970-01-01 2026-03-09 2026-03-10 " ]
}

@test "a full disk: the night is said not to be kept, and what is old goes all the same" {
    need_namespace
    profile lan 'hosts: 127.0.0.1' 'ports: 20-90' 'history: {dir: h, keep: {all: 1d, daily: 1d}}'
    mkdir h
    in_ns -m sh -c '
        mount -t tmpfs -o size=64k none h
        for day in 01 02; do faketime -f "2026-01-$day 02:00:00" "$0" run ./lan.yaml --quiet --json /dev/null || exit 9; done
        dd if=/dev/zero of=h/full bs=1k 2>/dev/null
        "$0" run ./lan.yaml --quiet --json r.json
        echo "status $?"
        ls h/lan
        rm h/full
        "$0" run ./lan.yaml --quiet --json r.json
        echo "status $?"
        wc -l <h/lan/index.jsonl' "$PORTOLAN" >out 2>&1 || true
    cat out
    grep -q 'No space left on device' out
    [ "$(grep '^status' out | tr '\n' ' ')" = "status 5 status 0 " ]
    [ "$(grep -c '^20260101' out)" -eq 0 ]
    grep -q '^20260102' out
    [ "$(tail -n 1 out)" -eq 3 ]
}

@test "a disk with room for a part of what is kept: the run that goes on with the journal does not keep it twice" {
    need_namespace
    profile lan 'hosts: 127.0.0.1' 'ports: 1-2000' 'report: {states: [open, closed]}' 'history: {dir: h}'
    mkdir h
    in_ns -m sh -c '
        mount -t tmpfs -o size=100k none h
        "$0" run ./lan.yaml --journal j --json r.json --quiet
        echo "status $?, $(ls h/lan | tr "\n" " ")$(wc -l <h/lan/index.jsonl)"
        mount -o remount,size=2m h
        "$0" run ./lan.yaml --journal j --resume --json r.json --quiet
        echo "status $?, $(ls h/lan | wc -l) $(wc -l <h/lan/index.jsonl)"
        cmp r.json h/lan/latest.json' "$PORTOLAN" >out 2>&1 || true
    cat out
    [[ "$(grep '^status' out)" = "status 5, 2"*"Z.json.gz index.jsonl 1
status 0, 3 1" ]]
}

@test "history draws a page and writes metrics" {
    need_namespace
    profile lan 'hosts: [127.0.0.1, 127.0.0.2]' 'ports: 1-100' 'history: {dir: h}'
    night "22 80"
    night "22 25"
    night "22 25" --set rate=50 --set deadline=1s
    [ "$status" -eq 4 ]
    "$PORTOLAN" history ./lan.yaml --html lan.html --prom lan.prom --quiet
    sed -n 's,.*<script type="application/json" id="data">,,; /^{"tool"/,/^"masks"/p' lan.html | sed 's,</script>$,,' >data.json
    [ "$(jq -c '[.profile, .runs.complete, .runs.open[:2], (.changes | map(.[1:])), .left_out]' data.json)" = \
        '["lan","110",[2,2],[["opened","127.0.0.1",25],["closed","127.0.0.1",80]],0]' ]
    # What the run that was cut short did not come to is in its mask, and ends nothing.
    [ "$(jq -c '[.rows[0][2][] | [.[0], .[2][:3]]]' data.json)" = '[[22,"o3"],[25,"uo2"],[80,"oc2"]]' ]
    jq -e '.masks | keys == ["2"]' data.json
    grep -qx 'portolan_history_runs{profile="lan"} 3' lan.prom
    "$PORTOLAN" history h/lan --html - --quiet | cmp -n 2000 - lan.html
    run "$PORTOLAN" history h/lan --html /dev/full --quiet
    [ "$status" -eq 5 ]
    run "$PORTOLAN" history h/lan --html 'no-{started' --quiet
    [ "$status" -eq 2 ]
    mkdir locked
    run "$PORTOLAN" history h/lan --html locked --quiet
    [ "$status" -eq 5 ]
}

@test "every report tells what changed: text, Prometheus, JUnit if asked, jsonl" {
    need_namespace
    profile lan 'hosts: [127.0.0.1, 127.0.0.2]' 'ports: 1-100'
    night "22 80" --text r.txt
    grep -qxF 'the history has no complete run of these hosts and ports to compare with' r.txt
    night "22 80" --text r.txt --prom r.prom
    since=$(head -n 1 h/lan/index.jsonl | jq -r .when)
    grep -qxF "SINCE $since: nothing changed" r.txt
    grep -qxF 'portolan_changes{profile="lan",kind="opened"} 0' r.prom
    night "22 25" --text r.txt --prom r.prom --junit r.xml --jsonl r.jsonl
    since=$(sed -n 2p h/lan/index.jsonl | jq -r .when)
    # The first block: before the table of any host.
    [ "$(sed -n '3,7p' r.txt)" = "COMPLETE

SINCE $since: 1 opened, 1 closed
opened          127.0.0.1 25/tcp smtp
closed          127.0.0.1 80/tcp http" ]
    grep -qxF 'portolan_changes{profile="lan",kind="closed"} 1' r.prom
    grep -qxF "portolan_changes_since_timestamp_seconds{profile=\"lan\"} $(date -d "$since" +%s.%3N | sed 's/\.*0*$//')" r.prom
    xmllint --xpath 'string(/testsuites/@tests)' r.xml | grep -qx 1
    # Hosts in doubt, and those that flap, fail nothing.
    jq -c '.changes += {opened_count: 0, opened: [], closed_count: 0, closed: [], fails: true, perhaps_gone_count: 1,
        perhaps_gone: [{host: "web", ip: "192.0.2.7"}], flapping_hosts_count: 2, flapping_hosts: [{host: "db", ip: "192.0.2.8"}]}' \
        r.json >doubt.json
    "$PORTOLAN" convert doubt.json --text doubt.txt --prom doubt.prom --junit doubt.xml --quiet
    grep -q '^SINCE .*: 1 host perhaps went, 2 hosts flapping$' doubt.txt
    grep -qx 'perhaps went    web (192.0.2.7)' doubt.txt
    grep -qx 'flapping        1 more' doubt.txt
    grep -qxF 'portolan_changes{profile="lan",kind="perhaps_gone"} 1' doubt.prom
    grep -qxF 'portolan_changes{profile="lan",kind="flapping_hosts"} 2' doubt.prom
    [ "$(xmllint --xpath 'string(/testsuites/@failures)' doubt.xml)" = 0 ]
    tail -n 1 r.jsonl | jq -e '.changes.opened_count == 1'
    night "22 80" --fail-on-change --junit r.xml
    [ "$status" -eq 1 ]
    [ "$(xmllint --xpath 'concat(/testsuites/@tests, " ", /testsuites/@failures, " ", count(//testcase), " ", count(//failure))' r.xml)" = "4 3 4 3" ]
    xmllint --xpath 'string(//testcase[@name="127.0.0.1 25/tcp unchanged"]/failure/@message)' r.xml | grep -qx closed
    night "22 80" --fail-on-change --junit r.xml
    [ "$(xmllint --xpath 'concat(/testsuites/@tests, " ", /testsuites/@failures)' r.xml)" = "2 0" ]
}

@test "2,000 nights of 5,000 ports are a page of less than 1.5 MB" {
    need_namespace
    profile lan 'hosts: 127.0.0.1' 'ports: 1-100' 'history: {dir: h}'
    night "22 80"
    night "22 80"
    tail -n 1 h/lan/index.jsonl >line
    read -r runs ports open < <(/usr/bin/python3 "$TOP/tests/tools/nights.py" line many 2000 500 10)
    [ "$ports" -gt 4500 ]
    "$PORTOLAN" history many --html many.html --prom many.prom --quiet
    [ "$(stat -c %s many.html)" -lt 1500000 ]
    sed -n 's,.*<script type="application/json" id="data">,,; /^{"tool"/,/^<script>/p' many.html | sed '/^<script>/d; s,</script>$,,' >data.json
    [ "$(jq -c '[(.runs.at | length), (.rows | map(.[2] | length) | add), .left_out, .runs.open[-1]]' data.json)" = "[$runs,$ports,0,$open]" ]
    # Each row tells of every run.
    # shellcheck disable=SC2016  # jq's own variable
    jq -r '.rows[][2][][2]' data.json | /usr/bin/python3 -c '
import re, sys
for code in sys.stdin:
    assert sum(int(length or "1", 36) for length in re.findall("[a-z]([0-9A-Z]*)", code)) == int(sys.argv[1]), code' "$runs"
    grep -qx "portolan_history_open_ports{profile=\"many\"} $open" many.prom
}
