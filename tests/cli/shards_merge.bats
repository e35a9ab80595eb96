# Shards of a plan, merged: shown to be all of them, and to say what one run says.
load helper
SIMNET="${SIMNET:-$TOP/build/tests/simnet}"

# All but the run itself and how long things took, which no two runs have alike.
readonly SAME='del(.run, '"$TIMES"')
    | del(.summary.evidence[("sentinels", "late", "resets")], .targets[].evidence[("sentinels", "late")])'

# How often it was asked, and what rests on that, is not alike either where the machine lets a scan wait for
# longer than its timeout: what was not answered in time is asked again.
readonly FOUND="$SAME"' | del(.summary[("attempts", "retried", "syn_resent", "evidence", "estimate")],
    .results[].attempts, .targets[].evidence, .targets[].estimate)'

# asked FILE...: how often, of all files together: each port, and the sums
# shellcheck disable=SC2016  # variables of jq's
readonly ASKED='def add_up: map(to_entries) | add // [] | group_by(.key) | map(map(.value) | add);
    {ports: (map(.results[] | {ip, port, state, attempts}) | sort_by(.ip, .port)),
     sums: map(.summary | {attempts, retried, syn_resent}) | add_up,
     evidence: [("open", "closed", "silent") as $kind | map(.summary.evidence[$kind]) | add_up]}'
asked() {
    jq -s "$ASKED" "$@"
}

# are_same A B: byte for byte
are_same() {
    cmp "$1" "$2" || {
        diff "$1" "$2" | head -n 40
        return 1
    }
}

# same WHOLE MERGED SHARD...: what both found is the same, byte for byte; how often the merged one says that it
# asked is what its shards say. Where they asked just as often as the whole, all is the same but for times.
same() {
    local whole=$1 merged=$2
    shift 2
    jq "$FOUND" "$whole" >whole.found
    jq "$FOUND" "$merged" >merged.found
    are_same whole.found merged.found
    asked "$@" >shards.asked
    asked "$merged" >merged.asked
    are_same merged.asked shards.asked
    asked "$whole" >whole.asked
    if cmp -s whole.asked shards.asked && jq -es 'all(.summary.evidence.sentinels.lost == 0)' "$whole" "$@" >lost; then
        jq "$SAME" "$whole" >whole.same
        jq "$SAME" "$merged" >merged.same
        are_same whole.same merged.same
    else
        echo "# $# shards: this machine was too busy to ask as often as the whole did; what rests on that is not compared" >&3
    fi
}

# The script that runs all shards of p.yaml: N [OPTION...]
shard_loop() {
    cat <<'SH'
n=$1; shift
for k in $(seq "$n"); do "$PORTOLAN" run ./p.yaml --shard "$k/$n" --json "{shard}.json" --quiet "$@" || exit; done
SH
}

# Files of shards 1 to N of 127.0.0.1-8, ports 20 to 29, in this folder; OPTION...: for each run
make_shards() { # N [OPTION...]
    [ -e p.yaml ] || profile p 'hosts: 127.0.0.1-8' 'ports: 20-29' 'report: {states: [open, closed]}'
    shard_loop >go
    PORTOLAN="$PORTOLAN" in_ns "$LISTEN" 22 25 -- sh ./go "$@"
}

# says STATUS WORDS COMMAND...
says() {
    local wanted=$1 words=$2
    shift 2
    run "$@"
    echo "$output"
    [ "$status" -eq "$wanted" ]
    [[ "$output" == *"$words"* ]]
}

@test "on a simulated network merged equals unsharded, whatever the number of shards" {
    "$SIMNET" --unshare -- true 2>why || without "$(cat why)"
    profile p 'hosts: [198.18.0.1-20, "2001:2::1-2001:2::3", no-such-host.invalid]' 'ports: 1-40' \
        'scope: [198.18.0.0/15, "2001:2::/48"]' 'timeout: 200ms' 'order: random' 'seed: 5' \
        'expect: [{hosts: 198.18.0.1-9, only: [1-20]}, {hosts: [198.18.0.3, no-such-host.invalid], open: 4}]' \
        'report: {states: [open, closed, filtered]}'
    cat >go <<'SH'
"$PORTOLAN" run ./p.yaml --json whole.json --quiet
for n in 1 2 3 7 64; do
    for k in $(seq "$n"); do "$PORTOLAN" run ./p.yaml --shard "$k/$n" --json "$n/{shard}.json" --quiet; [ $? -eq 4 ] || exit 1; done
done
SH
    mkdir 1 2 3 7 64
    export PORTOLAN
    "$SIMNET" --unshare --hosts 18 --open 0.3 --silent 0.2 --rtt 1ms --seed 3 -- sh ./go
    jq -e '.summary.open > 50 and .summary.filtered > 50 and .summary.closed > 50 and .expectations != []' whole.json
    for n in 1 2 3 7 64; do
        says 4 "unresolved: no-such-host.invalid" "$PORTOLAN" merge "$n"/*.json --json merged.json
        same whole.json merged.json "$n"/*.json
        jq -e ".run.shards | length == $n and all(.complete)" merged.json
        run /usr/bin/python3 "$TOP/tests/cli/validate.py" "$TOP/docs/schema/results.json" accept merged.json
        [ "$status" -eq 0 ]
        "$PORTOLAN" convert merged.json --json - --quiet | cmp - merged.json
    done
    # Every format is written of it, and a shard that is jsonl is read like one that is json.
    "$PORTOLAN" convert 7/3-of-7.json --jsonl three.jsonl --quiet
    says 4 '' "$PORTOLAN" merge 7/[124567]-of-7.json three.jsonl --json merged.json --csv m.csv --html m.html --jsonl m.jsonl
    same whole.json merged.json 7/*.json
    [ "$(wc -l <m.csv)" -eq "$(jq '.results | length + 1' whole.json)" ]
}

@test "the order of the files does not matter; one may come from a pipe" {
    need_namespace
    make_shards 4
    "$PORTOLAN" merge ./[1-4]-of-4.json --json merged.json --quiet
    "$PORTOLAN" merge 4-of-4.json 2-of-4.json 1-of-4.json 3-of-4.json --json - --quiet | cmp - merged.json
    "$PORTOLAN" merge 4-of-4.json <(cat 2-of-4.json) - 3-of-4.json --json - --quiet <1-of-4.json | cmp - merged.json
    jq -e '.run.complete and .summary.targets == 8 and .summary.probes == 80 and (.run | has("shard") | not)' merged.json
    jq -e '.run.shards | map(.machine) | unique | length == 1 and .[0] != ""' merged.json
}

@test "what is missing: which, status 4, and the line that runs it" {
    need_namespace
    make_shards 12
    rm 02-of-12.json 05-of-12.json 06-of-12.json
    says 4 "3 of 12 shards are missing: 2,5-6/12" "$PORTOLAN" merge ./*-of-12.json --json part.json
    [ "$(grep '^portolan run' <<<"$output")" = "portolan run ./p.yaml --shard 2/12 --json ./02-of-12.json
portolan run ./p.yaml --shard 5/12 --json ./05-of-12.json
portolan run ./p.yaml --shard 6/12 --json ./06-of-12.json" ]
    jq -e '.run.complete == false and .run.missing_shards == "2,5-6/12" and (.run.shards | length) == 9' part.json
    # A shard of 12 over 8 hosts is ports of one host: the others of it are unprobed.
    jq -e '.summary.unprobed > 0 and ([.targets[].unprobed] | add) == .summary.unprobed' part.json
    "$PORTOLAN" convert part.json --json - --quiet | cmp - part.json
    # Even where nothing is to be said, this is.
    says 4 "portolan run ./p.yaml --shard 2/12" "$PORTOLAN" merge ./*-of-12.json --json part.json --quiet
    in_ns "$LISTEN" 22 25 -- sh -c "PATH=$(dirname "$PORTOLAN"):\$PATH; $(grep '^portolan run' <<<"$output" | sed 's/$/ --quiet \&\&/') true"
    says 0 '' "$PORTOLAN" merge ./*-of-12.json --json merged.json
    jq -e '.run.complete and .summary.unprobed == 0 and .summary.probes == 80 and (.run | has("missing_shards") | not)' merged.json
}

@test "a merge that lacks shards is whole by no way: merged again, with itself, with others, or compared" {
    need_namespace
    make_shards 4
    in_ns "$LISTEN" 22 25 -- "$PORTOLAN" run ./p.yaml --json whole.json --quiet
    "$PORTOLAN" merge ./[134]-of-4.json --json a.json --quiet || [ $? -eq 4 ]
    "$PORTOLAN" merge ./[12]-of-4.json --json b.json --quiet || [ $? -eq 4 ]
    for files in a.json "a.json a.json" "a.json b.json"; do
        # shellcheck disable=SC2086  # two words
        says 4 "1 of 4 shards are missing: 2/4" "$PORTOLAN" merge $files --json again.json
        jq -e '.run.complete == false and .run.cut' again.json
        "$PORTOLAN" merge again.json --json twice.json --quiet
        jq -e '.run.complete == false and .run.cut' twice.json
    done
    # A run of the whole plan knows all targets.
    says 0 '' "$PORTOLAN" merge a.json whole.json --json again.json
    jq -e '.run.complete and .summary.probes == 80' again.json
    # What was in no file has not vanished.
    says 4 '' "$PORTOLAN" diff whole.json a.json
    [[ "$output" == *"0 vanished"* ]]
    # Nor can it be added to: what is to be merged again is told.
    says 3 "a.json is itself merged, of all shards but 2/4: merge the files of these shards again, with 2-of-4.json" \
        "$PORTOLAN" merge a.json 2-of-4.json --json again.json
    says 3 "of all shards but 2/4" "$PORTOLAN" merge 2-of-4.json a.json --json again.json
    "$PORTOLAN" merge ./[1-4]-of-4.json --json all.json --quiet
    says 3 "all.json is itself merged, of all shards of a plan: 2-of-4.json cannot be added to it" "$PORTOLAN" merge all.json 2-of-4.json --json again.json
}

@test "the line is safe, whatever the names hold, and says the file in words of its own where there is no pattern" {
    need_namespace
    mkdir "it's; rm -rf"
    profile "it's; rm -rf/p" 'name: quoted' 'hosts: 127.0.0.1-2' 'ports: 20-29'
    in_ns "$PORTOLAN" run "./it's; rm -rf/p.yaml" --shard 1/2 --json one.json --quiet
    says 4 "portolan run './it'\\''s; rm -rf/p.yaml' --shard 2/2 --json quoted.2.json" "$PORTOLAN" merge one.json --json m.json
}

@test "the line has the options that the shards were given, or says that there were some" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 20-29' 'rate: 4000'
    local options=(--hosts '127.0.0.1-9' --ports 20-24 --set "description=it's" --set 'report.states=[open, closed]' --set shard=2/3)
    make_shards 3 "${options[@]}"
    rm 2-of-3.json
    says 4 "
portolan run ./p.yaml --hosts 127.0.0.1-9 --ports 20-24 --set 'description=it'\\''s' --set 'report.states=[open, closed]' --shard 2/3 --json ./2-of-3.json" \
        "$PORTOLAN" merge ./*-of-3.json --json part.json
    in_ns "$LISTEN" 22 25 -- sh -c "PATH=$(dirname "$PORTOLAN"):\$PATH; $(grep '^portolan run' <<<"$output") --quiet"
    says 0 '' "$PORTOLAN" merge ./*-of-3.json --json merged.json
    jq -e '.run.description == "it'"'"'s" and .summary.probes == 45' merged.json
    # What is no option of this kind comes from nobody that can be trusted; without any, it is an older file.
    for change in '.run.shard.options = "--json\n/etc/passwd\n"' '.run.shard.options += "--set"' 'del(.run.shard.options)'; do
        jq "$change" 1-of-3.json >one.json
        says 4 "to run what is missing, with the options of the other shards:
portolan run ./p.yaml --shard 2/3 --json p.2.json" "$PORTOLAN" merge one.json 3-of-3.json --json part.json
    done
    jq '.run.file = "--json=/etc/passwd"' 1-of-3.json >one.json
    says 4 "portolan run ./--json=/etc/passwd --hosts" "$PORTOLAN" merge one.json 3-of-3.json --json part.json
    jq '.run.profile = "../../etc/x"' 1-of-3.json >one.json
    says 4 " --json shard.2.json" "$PORTOLAN" merge one.json 3-of-3.json --json part.json
    # Too much for a record, and for a line.
    in_ns "$PORTOLAN" run ./p.yaml --shard 1/2 --json long.json --quiet --set "description=$(printf '%0900d' 7)" \
        --set "hosts=[$(printf '127.0.0.%d, ' {1..250} {1..250} {1..250} {1..250} {1..250} {1..250})127.0.0.1]"
    jq -e '.run.shard | has("options") | not' long.json
    # A profile that is options alone.
    in_ns "$PORTOLAN" run --hosts 127.0.0.1 --ports 20-24 --shard 1/2 --json 1-of-2.json --quiet
    says 4 "
portolan run --hosts 127.0.0.1 --ports 20-24 --shard 2/2 --json 2-of-2.json" "$PORTOLAN" merge 1-of-2.json --json part.json
}

@test "a shard that is there and not whole: which, and the line that runs it, as of one that is missing" {
    need_namespace
    make_shards 6
    "$PORTOLAN" convert 2-of-6.json --jsonl 2-of-6.jsonl --quiet
    head -n 3 2-of-6.jsonl >2-of-6.json
    jq '.run.complete = false | .run.stopped_by = "deadline"' 3-of-6.json >x.json
    mv x.json 3-of-6.json
    rm 6-of-6.json
    says 4 "
warning: 2 of 6 shards are incomplete: 2-3/6
warning: 1 of 6 shards are missing: 6/6" "$PORTOLAN" merge ./?-of-6.json --json part.json
    [ "$(grep -A 9 '^to run' <<<"$output" | grep -v ^w)" = "to run what is missing or incomplete:
portolan run ./p.yaml --shard 2/6 --json ./2-of-6.json
portolan run ./p.yaml --shard 3/6 --json ./3-of-6.json
portolan run ./p.yaml --shard 6/6 --json ./6-of-6.json" ]
    jq -e '.run.missing_shards == "6/6" and .warnings[-2] == "2 of 6 shards are incomplete: 2-3/6"' part.json
}

@test "one shard twice: of one run, one of them; of two, refused, or the newest" {
    need_namespace
    make_shards 3
    "$PORTOLAN" merge ./[123]-of-3.json --json merged.json --quiet
    "$PORTOLAN" convert 2-of-3.json --jsonl two.jsonl --quiet
    "$PORTOLAN" merge ./[123]-of-3.json two.jsonl 1-of-3.json --json - --quiet | cmp - merged.json
    cp 1-of-3.json old.json
    sleep 0.01
    in_ns "$LISTEN" 29 -- "$PORTOLAN" run ./p.yaml --shard 1/3 --json 1-of-3.json --quiet
    says 3 "old.json are of two runs of shard 1/3, started" "$PORTOLAN" merge ./[123]-of-3.json old.json --json new.json
    [[ "$output" == *"--prefer newest"* ]]
    [ ! -e new.json ]
    for files in "old.json 1-of-3.json" "1-of-3.json old.json"; do
        # shellcheck disable=SC2086  # two words
        "$PORTOLAN" merge ./[23]-of-3.json $files --prefer newest --json new.json --quiet
        jq -e '[.results[] | select(.state == "open") | .port] == [29]' new.json
    done
    says 2 "newest" "$PORTOLAN" merge ./[123]-of-3.json --prefer oldest --json new.json
    "$PORTOLAN" convert merged.json --json plain.json --quiet
    says 2 "these are none" "$PORTOLAN" merge plain.json --prefer newest --json new.json
}

@test "of a shard that was resumed the last report counts" {
    need_namespace
    make_shards 2
    jq '.run.complete = false | .run.stopped_by = "signal" | .run.finished = .run.started' 1-of-2.json >early.json
    for files in "early.json 1-of-2.json" "1-of-2.json early.json"; do
        # shellcheck disable=SC2086  # two words
        "$PORTOLAN" merge $files 2-of-2.json --json merged.json --quiet
        jq -e .run.complete merged.json
    done
    says 4 '' "$PORTOLAN" merge early.json 2-of-2.json --json merged.json
    jq -e '.run.complete == false and .run.stopped_by == "signal" and .run.shards[0].stopped_by == "signal"' merged.json
}

@test "a clock that was set back while shards were run: the merged report reads" {
    need_namespace
    make_shards 2
    for k in 1 2; do
        jq '.run.finished = "2026-01-01T00:00:01.000Z" | .run.started = "2026-01-01T00:00:10.000Z"' "$k-of-2.json" >"$k.json"
    done
    "$PORTOLAN" merge 1.json 2.json --json merged.json --quiet
    "$PORTOLAN" convert merged.json --json - --quiet | cmp - merged.json
    # The time that the longest of them took by a clock that nobody sets.
    [ "$(jq .run.elapsed_ms merged.json)" = "$(jq -s 'map(.run.elapsed_ms) | max' 1.json 2.json)" ]
}

@test "what differs between plans is named" {
    need_namespace
    make_shards 2
    mv 1-of-2.json one.json
    in_ns "$PORTOLAN" run ./p.yaml --shard 1/2 --json t.json --set timeout=800ms --quiet
    says 3 "one.json and t.json are not of one plan: run.timeout_ms is 900 in the first and 800 in the second" "$PORTOLAN" merge one.json t.json
    in_ns "$PORTOLAN" run ./p.yaml --shard 1/3 --json n.json --quiet
    says 3 "one.json is of 2 shards and n.json of 3" "$PORTOLAN" merge one.json n.json
    in_ns "$PORTOLAN" run ./p.yaml --shard 1/2 --json h.json --hosts 127.0.0.1-9 --quiet
    says 3 "the first is of 8 targets with 10 ports each, the second of 9 with 10" "$PORTOLAN" merge one.json h.json
    in_ns "$PORTOLAN" run ./p.yaml --shard 1/2 --json e.json --hosts 127.0.0.2-9 --quiet
    says 3 "hosts or ports of their profiles differ" "$PORTOLAN" merge one.json e.json
    in_ns "$PORTOLAN" run ./p.yaml --json whole.json --quiet
    says 3 "whole.json is no shard, and one.json is one" "$PORTOLAN" merge whole.json one.json
    says 3 "whole.json is no shard, and one.json is one" "$PORTOLAN" merge one.json whole.json
    # A name that stands for something else on another machine.
    jq '.run.shard.names = [{"name": "db.example", "ip": "127.0.0.1"}]' one.json >x.json
    jq '.run.shard.names = [{"name": "db.example", "ip": "127.0.0.9"}] | .run.shard.plan_sha256 |= ltrimstr("0")[0:60] + "0000"
        | .run.shard.plan_sha256 |= (. + "0000")[0:64]' 2-of-2.json >y.json
    says 3 "db.example is 127.0.0.1 in the first and 127.0.0.9 in the second; portolan plan --freeze FILE" "$PORTOLAN" merge x.json y.json
    jq '.run.shard.names = []' y.json >z.json
    says 3 "db.example is 127.0.0.1 in the first and no host of the second" "$PORTOLAN" merge x.json z.json
}

@test "a file that is not as large as its slice is refused" {
    need_namespace
    make_shards 2
    jq '.run.shard.targets = 9' 2-of-2.json >two.json
    jq '.run.shard.targets = 9' 1-of-2.json >one.json
    says 3 "two.json has 40 probes; shard 2/2 of its plan has 50" "$PORTOLAN" merge one.json two.json
    # Nor is a plan that says it is the same, and is of another size.
    jq '.run.shard.targets = 80 | .run.shard.ports = 1' 2-of-2.json >two.json
    says 3 "the first is of 8 targets with 10 ports each, the second of 80 with 1" "$PORTOLAN" merge 1-of-2.json two.json
}

@test "what is expected is judged by the whole" {
    need_namespace
    profile p 'hosts: 127.0.0.1-2' 'ports: 20-29' 'expect: [{hosts: 127.0.0.1, only: 22}, {hosts: 127.0.0.2, only: []}]'
    make_shards 6
    says 1 "FAILED: 127.0.0.1 25/tcp: not on the list of open ports, is open" "$PORTOLAN" merge ./*-of-6.json --json merged.json
    # Of the slices that saw nothing of it, none says that nothing else is open.
    jq -e '[.expectations[] | [.host, .port, .verdict]] == [["127.0.0.1",22,"pass"],["127.0.0.1",25,"fail"],["127.0.0.2",null,"pass"]]
        and .summary.expectations == {"pass": 2, "fail": 1, "inconclusive": 0}' merged.json
    rm 6-of-6.json
    says 4 "shards are missing: 6/6" "$PORTOLAN" merge ./*-of-6.json --json merged.json
}

@test "shards that expect something else than others: not all of it is judged" {
    need_namespace
    profile p 'hosts: 127.0.0.1-2' 'ports: 20-29' 'expect: [{hosts: "file: list", open: 22}]'
    echo 127.0.0.1 >list
    make_shards 2
    says 0 '' "$PORTOLAN" merge ./[12]-of-2.json --json merged.json
    # The same from another folder is the same.
    mkdir other && cp p.yaml list other/
    (cd other && in_ns "$LISTEN" 22 -- "$PORTOLAN" run ./p.yaml --shard 2/2 --json 2-of-2.json --quiet)
    says 0 '' "$PORTOLAN" merge 1-of-2.json other/2-of-2.json --json merged.json
    for expect in '[]' '[{hosts: 127.0.0.1, open: 22}]' '[{hosts: "file: list", open: 22}, {hosts: 127.0.0.2, closed: 25}]'; do
        in_ns "$LISTEN" 22 25 -- "$PORTOLAN" run ./p.yaml --shard 1/2 --json one.json --quiet --set "expect=$expect"
        says 1 "warning: 2-of-2.json was run with other expectations than one.json: not all of them are judged" \
            "$PORTOLAN" merge 2-of-2.json one.json --json merged.json
        says 0 '' "$PORTOLAN" merge 2-of-2.json one.json --json merged.json --allow-inconclusive
    done
    # Of a file of an older version it is not known.
    jq 'del(.run.shard.expect_sha256)' one.json >old.json
    says 0 '' "$PORTOLAN" merge old.json 2-of-2.json --json merged.json
}

@test "more than 65,536 targets are merged, and those of interest are listed" {
    sha=$(printf '%064d' 7)
    for k in 1 2; do
        /usr/bin/python3 -c "for n in range(40000): print(f'198.1{7 + $k}.{n >> 8}.{n & 255}:{\"o\" if n == 7 else \"c\"}')" >hosts
        /usr/bin/python3 "$TOP/tests/cli/results.py" --ports 22 --file hosts |
            jq -c ".run.shard = {index: $k, count: 2, plan_sha256: \"$sha\", machine: \"m$k\", targets: 80000, ports: 1, names: []}" >"$k.json"
    done
    "$PORTOLAN" merge 2.json 1.json --json merged.json --quiet
    jq -e '[.summary.targets, .summary.open, .summary.closed, [.targets[].ip]] == [80000, 2, 79998, ["198.18.0.7", "198.19.0.7"]]' merged.json
    "$PORTOLAN" convert merged.json --json - --quiet | cmp - merged.json
    # Shards that do not name all of their targets themselves.
    for k in 1 2; do
        /usr/bin/python3 "$TOP/tests/cli/results.py" --ports 22 --targets 100000 "198.1$((7 + k)).0.1:o" |
            jq -c ".run.shard = {index: $k, count: 2, plan_sha256: \"$sha\", machine: \"m$k\", targets: 200000, ports: 1, names: []}" >"$k.json"
    done
    "$PORTOLAN" merge 1.json 2.json --json merged.json --quiet
    jq -e '[.summary.targets, .summary.open, .summary.filtered, [.targets[].ip]] == [200000, 2, 199998, ["198.18.0.1", "198.19.0.1"]]' merged.json
}
