# Slices of a plan: which process scans which, what it records, how it ends.
load helper

# Variables by which what starts one process a slice numbers them; the test's own runner may be one.
clean() {
    env -u SLURM_ARRAY_TASK_ID -u SLURM_ARRAY_TASK_MIN -u JOB_COMPLETION_INDEX -u AWS_BATCH_JOB_ARRAY_INDEX \
        -u CLOUD_RUN_TASK_INDEX -u PARALLEL_SEQ -u CI_NODE_INDEX "$@"
}

refused() { # STATUS WORDS COMMAND...
    local wanted=$1 words=$2
    shift 2
    run clean "$@"
    echo "$output"
    [ "$status" -eq "$wanted" ]
    [[ "$output" == *"$words"* ]]
}

# The targets and the ports that `plan` shows of every slice, up to ten targets each.
planned() { # N OPTION...
    local n=$1 k
    shift
    for ((k = 1; k <= n; k++)); do
        "$PORTOLAN" plan ./p.yaml --shard "$k/$n" "$@" >slice || return 1
        awk -v k="$k" '/^  [0-9]/ { print "target", $1, k } /^ports/ { print "ports", $4, k } /^probes/ { print "probes", $2, k }' slice
    done
}

@test "a thousand slices of ten million probes are the plan, by targets" {
    profile p 'hosts: 10.0.0.0-10.0.39.15' 'ports: 1-1000' 'scope: any' 'order: random'
    planned 1000 >all
    [ "$(grep -c ^probes all)" -eq 1000 ]
    [ "$(awk '/^probes/ { sum += $2 } END { print sum }' all)" -eq 10000000 ]
    [ "$(grep ^target all | cut -d' ' -f2 | sort -u | wc -l)" -eq 10000 ]
    [ "$(grep -c ^target all)" -eq 10000 ]
}

@test "slices of ports, where there are fewer targets" {
    profile p 'hosts: 10.0.0.1-3' 'ports: "1-40,65535"' 'scope: any'
    for n in 4 7 50 123; do
        planned "$n" >all
        [ "$(awk '/^probes/ { sum += $2 } END { print sum }' all)" -eq 123 ]
        /usr/bin/python3 - "$n" <<'PY'
import sys
count, slices = int(sys.argv[1]), {}
for line in open("all"):
    kind, value, number = (line.split() + [""])[:3] if len(line.split()) == 3 else (line.split()[0], "1-40,65535", line.split()[1])
    slices.setdefault(int(number), {})[kind] = value
def expand(text):
    for piece in text.split(","):
        first, _, last = piece.partition("-")
        yield from range(int(first), int(last or first) + 1)
probes = [(one["target"], port) for one in slices.values() for port in expand(one["ports"])]
assert len(slices) == count and len(probes) == len(set(probes)) == 123, (len(slices), len(probes), len(set(probes)))
PY
    done
    refused 3 'the plan has fewer probes than slices: 123' "$PORTOLAN" plan ./p.yaml --shard 1/124
}

@test "all slices together find what one run finds, and each says what it is of" {
    need_namespace
    profile p 'hosts: 127.0.0.1-5' 'ports: 20-60' 'order: random' 'report: {states: [open, closed]}'
    cat >go <<'SH'
"$1" run ./p.yaml --json whole.json --quiet || exit
for n in 1 2 5 6 64 205; do
    for k in $(seq "$n"); do "$1" run ./p.yaml --shard "$k/$n" --json "$n-{shard}.json" --quiet || exit; done
done
SH
    in_ns "$LISTEN" 22 50 60 -- sh ./go "$PORTOLAN"
    jq -e '.run | has("shard") | not' whole.json
    jq -r '.results[] | "\(.ip) \(.port) \(.state)"' whole.json | sort >wanted
    [ "$(wc -l <wanted)" -eq 205 ]
    for n in 1 2 5 6 64 205; do
        [ "$(find . -name "$n-*.json" | wc -l)" -eq "$n" ]
        jq -r '.results[] | "\(.ip) \(.port) \(.state)"' "$n"-*.json | sort | cmp - wanted
        [ "$(jq -s 'map(.summary.probes) | add' "$n"-*.json)" -eq 205 ]
        jq -se "map(.run.shard.index) == [range(1; $n + 1)] and all(.[]; .run.shard.count == $n)" "$n"-*.json
        jq -se 'map([.run.shard.plan_sha256, .run.profile_sha256]) | unique | length == 1' 2-1-of-2.json "$n"-*.json
    done
    [ "$(jq -r .run.profile_sha256 whole.json)" = "$(jq -r .run.profile_sha256 2-1-of-2.json)" ]
    [ -e 64-07-of-64.json ]
    run /usr/bin/python3 "$TOP/tests/cli/validate.py" "$TOP/docs/schema/results.json" accept 205-001-of-205.json
    [ "$status" -eq 0 ]
    "$PORTOLAN" convert 6-3-of-6.json --json again.json --csv '{profile}-{shard}.csv' --quiet
    cmp again.json 6-3-of-6.json
    [ -e p-3-of-6.csv ]
    "$PORTOLAN" convert 6-3-of-6.json | grep -qx 'SLICE 3 OF 6, COMPLETE'
    ! "$PORTOLAN" convert whole.json | grep -q SLICE
}

@test "the number of the slice is what the array, the job or the pipeline says" {
    profile p 'hosts: 10.0.0.1-8' 'ports: 22' 'scope: any'
    is() { # NUMBER VARIABLE=VALUE...
        local number=$1
        shift
        run clean env "$@" "$PORTOLAN" plan ./p.yaml --shard auto/8
        echo "$* $output"
        [[ "$output" == *"shard        $number of 8 "* && "$output" == *"  10.0.0.$number"* ]]
    }
    is 1 SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=7
    is 8 SLURM_ARRAY_TASK_ID=8 SLURM_ARRAY_TASK_MIN=1
    is 3 SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_MIN=0 CI_NODE_INDEX=
    is 1 JOB_COMPLETION_INDEX=0
    is 8 JOB_COMPLETION_INDEX=7
    is 2 AWS_BATCH_JOB_ARRAY_INDEX=1
    is 6 CLOUD_RUN_TASK_INDEX=5
    is 4 PARALLEL_SEQ=4
    is 5 CI_NODE_INDEX=5
    profile p 'hosts: 10.0.0.1-8' 'ports: 22' 'scope: any' 'shard: auto/8'
    run clean env PARALLEL_SEQ=7 "$PORTOLAN" plan ./p.yaml
    [[ "$output" == *"shard        7 of 8 "* ]]
    run clean env PARALLEL_SEQ=7 "$PORTOLAN" plan ./p.yaml --shard 2/4
    [[ "$output" == *"shard        2 of 4 "* ]]
    run clean env PARALLEL_SEQ=7 "$PORTOLAN" show ./p.yaml
    [[ "$output" == *"shard: auto/8"* ]]
}

@test "never, for want of a number, the whole plan" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-99' 'shard: auto/8'
    profile q 'hosts: 127.0.0.1' 'ports: 1-99'
    for command in run plan; do
        refused 2 'SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, AWS_BATCH_JOB_ARRAY_INDEX, CLOUD_RUN_TASK_INDEX, PARALLEL_SEQ or CI_NODE_INDEX' \
            "$PORTOLAN" "$command" ./p.yaml
        refused 2 'none of them is set' "$PORTOLAN" "$command" ./q.yaml --shard auto/8
        refused 2 'both PARALLEL_SEQ and CI_NODE_INDEX are set' env PARALLEL_SEQ=1 CI_NODE_INDEX=1 "$PORTOLAN" "$command" ./p.yaml
        refused 2 'both SLURM_ARRAY_TASK_ID and PARALLEL_SEQ are set' env PARALLEL_SEQ=1 SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_MIN=1 \
            "$PORTOLAN" "$command" ./p.yaml
        refused 2 'SLURM_ARRAY_TASK_MIN is not set' env SLURM_ARRAY_TASK_ID=1 "$PORTOLAN" "$command" ./p.yaml
        refused 2 'CI_NODE_INDEX is "first", no number' env CI_NODE_INDEX=first "$PORTOLAN" "$command" ./p.yaml
        refused 2 'CI_NODE_INDEX is "-1", no number' env CI_NODE_INDEX=-1 "$PORTOLAN" "$command" ./p.yaml
        refused 2 'CI_NODE_INDEX is 0, and the slices are 1 to 8' env CI_NODE_INDEX=0 "$PORTOLAN" "$command" ./p.yaml
        refused 2 'JOB_COMPLETION_INDEX is 8, and the slices are 0 to 7' env JOB_COMPLETION_INDEX=8 "$PORTOLAN" "$command" ./p.yaml
        refused 2 'SLURM_ARRAY_TASK_ID is 3, and the slices are 4 to 11' env SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=4 \
            "$PORTOLAN" "$command" ./p.yaml
        for shard in 0/8 9/8 1/0 /8 8 '' 1/8x +1/8 auto auto/0 1/100001 1/99999999999999999999; do
            refused 2 "--shard must be K/N with K from 1 to N, or auto/N, with N at most 100000, not \"$shard\"" \
                "$PORTOLAN" "$command" ./q.yaml --shard "$shard"
        done
        refused 3 'less than one attempt a second is left to each slice of rate 7' "$PORTOLAN" "$command" ./q.yaml --shard 1/8 --set rate=7
    done
    refused 2 'a history wants the whole plan' "$PORTOLAN" run ./q.yaml --shard 1/8 --history h
    refused 2 'a history wants the whole plan' "$PORTOLAN" run ./q.yaml --set 'history={dir: h}' --set shard=1/8
    [ ! -e h ]
    refused 3 'whole plans are compared, no slices' "$PORTOLAN" compare ./q.yaml --set shard=1/8
    refused 2 'is given twice' "$PORTOLAN" run ./q.yaml --shard 1/8 --shard 2/8
    run "$PORTOLAN" check ./p.yaml
    [ "$status" -eq 0 ]
}

@test "a slice judges what it asks, and leaves the status to the merge" {
    need_namespace
    profile p 'hosts: 127.0.0.1-4' 'ports: 20-30' 'expect: [{hosts: 127.0.0.1, open: 22}, {hosts: 127.0.0.3, open: 25, closed: 26}]'
    cat >go <<'SH'
"$1" run ./p.yaml --json whole.json --quiet
echo "whole $?"
for k in 1 2 3 4; do "$1" run ./p.yaml --shard $k/4 --json "s{shard}.json" --quiet; echo "shard $?"; done
"$1" run ./p.yaml --shard 6/8 --json half.json --quiet; echo "half $?"
"$1" run ./p.yaml --shard 1/4 --save-expect e.yaml; echo "save $?"
SH
    run in_ns "$LISTEN" 22 -- sh ./go "$PORTOLAN"
    echo "$output"
    [[ "$output" == "whole 1
shard 0
shard 0
shard 0
shard 0
half 0
"*"--save-expect wants the whole plan"*"
save 2" ]]
    [ ! -e e.yaml ]
    [ "$(jq -sc 'map(.expectations | length)' s?-of-4.json)" = '[1,0,2,0]' ]
    [ "$(jq -c '.expectations | map([.ip, .port, .verdict])' whole.json)" = \
        "$(jq -sc 'map(.expectations[] | [.ip, .port, .verdict])' s?-of-4.json)" ]
    [ "$(jq -c '.expectations | map(.port)' half.json)" = '[25,26]' ]
    jq -e '.run.ports == "25-30" and .summary.probes == 6' half.json
}

@test "names that stand for something else make another plan, and are told" {
    need_namespace
    profile p 'hosts: [one.test, two.test, 127.0.0.9]' 'ports: 1-4'
    printf '127.0.0.1 one.test\n127.0.0.2 two.test\n' >here
    printf '127.0.0.1 one.test\n127.0.0.3 two.test\n' >there
    cat >go <<'SH'
mount --bind "$2" /etc/hosts || exit 77
"$1" run ./p.yaml --shard "$3" --json "$4" --quiet
SH
    in_ns --mount sh ./go "$PORTOLAN" here 1/2 a.json || without "no mount namespace can be made here"
    in_ns --mount sh ./go "$PORTOLAN" here 2/2 b.json
    in_ns --mount sh ./go "$PORTOLAN" there 1/2 c.json
    [ "$(jq -r .run.shard.plan_sha256 a.json)" = "$(jq -r .run.shard.plan_sha256 b.json)" ]
    [ "$(jq -r .run.shard.plan_sha256 a.json)" != "$(jq -r .run.shard.plan_sha256 c.json)" ]
    [ "$(jq -c '[.run.shard.names[] | .name, .ip]' b.json)" = '["one.test","127.0.0.1","two.test","127.0.0.2"]' ]
    [ "$(jq -c '[.run.shard.names[] | .name, .ip]' c.json)" = '["one.test","127.0.0.1","two.test","127.0.0.3"]' ]
    [ "$(jq -c '[.targets[].host]' b.json)" = '["two.test","127.0.0.9"]' ]
    # All addresses of a name are the same in whatever order a name server has them today.
    profile p 'hosts: [all.test, 127.0.0.9]' 'resolve: all' 'ports: 1-4'
    printf '127.0.0.6 all.test\n127.0.0.5 all.test\n' >here
    printf '127.0.0.5 all.test\n127.0.0.6 all.test\n' >there
    in_ns --mount sh ./go "$PORTOLAN" here 1/2 a.json
    in_ns --mount sh ./go "$PORTOLAN" there 2/2 b.json
    "$PORTOLAN" merge a.json b.json --json merged.json --quiet
    [ "$(jq -c '[.targets[].ip]' merged.json)" = '["127.0.0.5","127.0.0.6","127.0.0.9"]' ]
}

@test "a slice that was stopped goes on with its journal, and with no other" {
    need_namespace
    profile p 'hosts: [localhost, 127.0.0.2-4]' 'ports: 1-2500' 'rate: 4000' 'journal: "j/{profile}.{shard}"' \
        'expect: [{hosts: 127.0.0.2, closed: 7}, {hosts: 127.0.0.4, open: 7}]'
    mkdir j
    part() { # SHARD
        run in_ns "$PORTOLAN" run ./p.yaml --shard "$1" --resume --set deadline=1s --json part.json --quiet
        echo "$output"
        [ "$status" -eq 4 ]
    }
    part 2/2
    [ -e j/p.2-of-2 ]
    "$PORTOLAN" show j/p.2-of-2 | grep -q '^  shard: 2 of 2$'
    part 2/5
    jq -e '.run.shard.index == 2 and .run.ports == "1-2500"' part.json
    run in_ns "$PORTOLAN" run ./p.yaml --shard 1/2 --resume --journal j/p.2-of-2
    echo "$output"
    [ "$status" -eq 3 ]
    [[ "$output" == *'of a run with another shard than the profile'* ]]
    run in_ns "$PORTOLAN" run ./p.yaml --resume --journal j/p.2-of-2
    [ "$status" -eq 3 ]
    [[ "$output" == *'another shard'* ]]
    "$PORTOLAN" convert j/p.2-of-2 --json now.json --quiet
    jq -e '.run.shard | .index == 2 and .count == 2' now.json
    in_ns "$PORTOLAN" run ./p.yaml --shard 2/2 --resume --set rate=0 --json r.json --quiet
    [ ! -e j/p.2-of-2 ]
    jq -e '.summary | .probes == 5000 and .closed == 5000' r.json
    jq -e '.run | (.segments | length) == 2 and .shard.index == 2 and .shard.plan_sha256 == $a[0].run.shard.plan_sha256' --slurpfile a now.json r.json
    jq -e '.expectations == [{host: "127.0.0.4", ip: "127.0.0.4", port: 7, expected: "open", state: "closed", verdict: "fail"}]' r.json
    # Of ports alone.
    part 7/9
    ports=$(jq -r .run.ports part.json)
    in_ns "$PORTOLAN" run ./p.yaml --shard 7/9 --resume --set rate=0 --json r.json --quiet
    jq -e '.run | .ports == $ports and .shard.index == 7' --arg ports "$ports" r.json
    jq -e '.summary | .closed == .probes and .probes < 2500' r.json
}

@test "where no name resolves, a slice says so" {
    need_namespace
    profile p 'hosts: nowhere.invalid' 'ports: 1-9'
    run in_ns "$PORTOLAN" run ./p.yaml --shard 2/3 --json r.json --quiet
    [ "$status" -eq 4 ]
    jq -e '.run.shard.index == 2 and .summary.probes == 0 and (.unresolved | length) == 1' r.json
}

@test "a frozen profile is the same plan wherever names stand for something else" {
    need_namespace
    profile p 'hosts: [one.test, two.test, 127.0.0.8/30]' 'exclude_hosts: [three.test]' 'ports: 20-24' 'shard: auto/2' \
        'expect: [{hosts: [two.test, alias.test], open: 22}]'
    printf '127.0.0.1 one.test\n127.0.0.2 two.test alias.test\n127.0.0.9 three.test\n' >here
    printf '127.0.0.7 one.test two.test alias.test\n' >there
    cat >go <<'SH'
mount --bind "$1" /etc/hosts || exit 77
shift
exec "$@"
SH
    in_ns --mount sh ./go here true || without "no mount namespace can be made here"
    run in_ns --mount sh ./go here "$PORTOLAN" plan ./p.yaml --freeze f.yaml
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == *"wrote f.yaml"* && "$output" == *"probes       25"* ]]
    # What is frozen needs no names; what is not, is another plan.
    for k in 1 2; do
        in_ns --mount sh ./go here env PARALLEL_SEQ=$k "$PORTOLAN" run ./p.yaml --json "p-{shard}.json" --quiet
        in_ns --mount sh ./go there env PARALLEL_SEQ=$k "$PORTOLAN" run ./f.yaml --json "f-{shard}.json" --quiet
        [ "$(jq -r .run.shard.plan_sha256 p-$k-of-2.json)" = "$(jq -r .run.shard.plan_sha256 f-$k-of-2.json)" ]
        [ "$(jq -c '[.targets[] | .host, .ip], .expectations' p-$k-of-2.json)" = "$(jq -c '[.targets[] | .host, .ip], .expectations' f-$k-of-2.json)" ]
    done
    [ "$(jq -sc 'map(.targets[].host)' f-?-of-2.json)" = '["one.test","two.test","127.0.0.8","127.0.0.10","127.0.0.11"]' ]
    [ "$(jq -sc 'map(.expectations[].ip)' f-?-of-2.json)" = '["127.0.0.2"]' ]
    in_ns --mount sh ./go there "$PORTOLAN" plan ./f.yaml --freeze g.yaml
    cmp f.yaml g.yaml
    in_ns --mount sh ./go there "$PORTOLAN" plan ./f.yaml --freeze - >h.yaml
    cmp f.yaml h.yaml
}

@test "freezing: what is refused, and a list beside the profile" {
    profile p 'hosts: [127.0.0.1, nowhere.invalid]' 'ports: 1-9'
    profile q 'hosts: [127.0.0.1, 127.0.0.1-3]' 'ports: 1-9' 'exclude_hosts: 127.0.0.2'
    run "$PORTOLAN" plan ./p.yaml --freeze f.yaml
    echo "$output"
    [ "$status" -eq 4 ]
    [[ "$output" == *"f.yaml is not written: not every name resolves"* && ! -e f.yaml ]]
    refused 2 'would replace the profile itself' "$PORTOLAN" plan ./q.yaml --freeze q.yaml
    refused 2 '--freeze writes the whole plan' "$PORTOLAN" plan ./q.yaml --freeze f.yaml --shard 1/2
    refused 5 'none/f.yaml' "$PORTOLAN" plan ./q.yaml --freeze /proc/none/f.yaml
    refused 3 'is no NAME=ADDRESS' "$PORTOLAN" plan ./q.yaml --set hosts=web=lan
    refused 3 "outside the profile's scope" "$PORTOLAN" plan ./q.yaml --set hosts=web=10.0.0.1
    "$PORTOLAN" plan ./q.yaml --set shard=2/3 --freeze f.yaml >plan
    grep -q '^targets      2$' plan
    "$PORTOLAN" show ./f.yaml | grep -qx 'shard: 2/3'
    for ((i = 0; i < 10001; i++)); do echo "n$i.test=127.1.$((i / 250)).$((i % 250))"; done >list
    profile many 'hosts: "file: list"' 'ports: 1'
    mkdir deep
    run "$PORTOLAN" plan ./many.yaml --freeze deep/m.yaml
    echo "$output"
    [[ "$status" -eq 0 && "$output" == *"wrote deep/m.yaml.hosts"* ]]
    cmp list deep/m.yaml.hosts
    run "$PORTOLAN" plan deep/m.yaml --shard 3/10001
    [[ "$output" == *"  127.1.0.2 (n2.test)"* ]]
}
