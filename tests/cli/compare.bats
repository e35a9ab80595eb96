load helper
TIMED=1
SIMNET="${SIMNET:-$TOP/build/tests/simnet}"

# valid FILE...: by the schema of comparisons
valid() {
    "$PORTOLAN" schema comparison >schema.json
    run python3 "$TOP/tests/cli/validate.py" schema.json accept "$@"
    echo "$output"
    [ "$status" -eq 0 ]
}

# study OPTION...: compares two limits of p.yaml on loopback
study() {
    in_ns "$LISTEN" 22 80 443 -- "$PORTOLAN" compare ./p.yaml --vary concurrency=10,100 "$@"
}

@test "compare: a wrong command line is status 2" {
    profile p 'hosts: 127.0.0.1' 'ports: 1-100'
    profile q 'hosts: 127.0.0.1' 'ports: 1-100' 'name: p'
    while IFS='|' read -r arguments message; do
        # shellcheck disable=SC2086
        run "$PORTOLAN" compare $arguments
        echo "$arguments: $output"
        [ "$status" -eq 2 ]
        [[ "$output" == *"$message"* ]]
    done <<'TABLE'
|something is missing
./p.yaml --vary concurrency|--vary wants KEY=VALUE
./p.yaml --vary =1|--vary wants KEY=VALUE
./p.yaml --vary concurrency=1,,2|a value is empty
./p.yaml --vary concurrency=|a value is empty
./p.yaml --vary concurrency=1,2,1|1 is given twice
./p.yaml --vary concurrency=1 --vary concurrency=2|--vary concurrency is given twice
./p.yaml --repeat 0|--repeat is a number from 1 to 1000
./p.yaml --repeat 1001|--repeat is a number from 1 to 1000
./p.yaml --repeat 3 --repeat 4|--repeat is given twice
./p.yaml --warmup x|--warmup is a number from 0 to 100
./p.yaml --pause 5|--pause is a duration
./p.yaml --pause 2h|--pause is a duration
./p.yaml --baseline nobody|no variant is called "nobody"; there are "p"
./p.yaml ./q.yaml|two variants are called "p"
./p.yaml ./p.yaml|two variants are called "p"
- -|standard input can be read once only
./p.yaml --json r --csv r|both go to r
./p.yaml --xml r|no option --xml
TABLE
}

@test "compare: a rejected profile or value is status 3, told once, and nothing is sent" {
    profile p 'hosts: 127.0.0.1' 'ports: 1-100'
    profile bad 'hosts: 127.0.0.1' 'ports: 70000'
    profile outside 'hosts: 198.18.0.1' 'ports: 1-100'
    run "$PORTOLAN" compare ./bad.yaml --vary concurrency=1,2,3 --json r.json
    [ "$status" -eq 3 ]
    [ "${#lines[@]}" -eq 1 ]
    [[ "$output" == *"bad.yaml:2:8: "* ]]
    run "$PORTOLAN" compare ./p.yaml --vary engine=pool,steam --json r.json
    [ "$status" -eq 3 ]
    [[ "$output" == *"--vary engine=steam"* ]]
    run "$PORTOLAN" compare ./outside.yaml --vary concurrency=1,2 --json r.json
    [ "$status" -eq 3 ]
    [ "${#lines[@]}" -eq 1 ]
    [[ "$output" == *scope* ]]
    run "$PORTOLAN" compare ./p.yaml --vary "timeout=$(seq -s, 300)"
    [ "$status" -eq 2 ]
    run "$PORTOLAN" compare ./p.yaml --vary "seed=$(seq -s, 20)" --vary "timeout=$(seq -s, 20)"
    [ "$status" -eq 3 ]
    [[ "$output" == *"more than 256 variants"* ]]
    [ ! -e r.json ]
}

@test "compare: every variant, every run, in turns; JSON, CSV and text agree" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-500'
    run study --repeat 3 --warmup 1 --vary engine=pool,sequential --json r.json --csv r.csv --text r.txt
    [ "$status" -eq 0 ]
    jq -e '[.variants[].name] == ["p concurrency=10 engine=pool", "p concurrency=10 engine=sequential",
        "p concurrency=100 engine=pool", "p concurrency=100 engine=sequential"]' r.json
    jq -e '.variants[3].settings == {concurrency: "100", engine: "sequential"}' r.json
    jq -e '[.variants[].runs | length] == [3, 3, 3, 3] and .complete' r.json
    # ABCD BCDA CDAB: each round begins one further on; the warm-up was round 0
    jq -e '[.variants[] | .runs | map(.order)] == [[4, 7, 10], [1, 8, 11], [2, 5, 12], [3, 6, 9]]' r.json
    jq -e 'all(.variants[].runs[]; .open == 3 and .closed == 497 and .found == 3 and .recall == 1 and .failure == null)' r.json
    jq -e '.reference == {source: "union", open: [22, 80, 443 | {ip: "127.0.0.1", port: .}]}' r.json
    jq -e '.flips == [] and .flips_total == 0' r.json
    jq -e 'all(.variants[].runs[]; .peak_rss_kb > 500 and .peak_in_flight >= 1)' r.json
    jq -e 'all(.variants[1, 3].runs[]; .peak_in_flight == 1 and .workers == 1)' r.json
    jq -e 'all(.variants[]; .connect_us.count == 9 and ([.connect_us.histogram[].count] | add) == 9)' r.json
    [ "$(wc -l <r.csv)" -eq 13 ]
    grep -q "p concurrency=100 engine=sequential" r.txt
    grep -q "^RECOMMENDED: " r.txt
    # The tables fit a terminal; what they leave out is named, and what is no plain word explained.
    tables=$(sed -n '/^SPEED /,/^no port\|did not look/p' r.txt)
    [ "$(wc -l <<<"$tables")" -ge 18 ]
    [ "$(wc -L <<<"$tables")" -le 80 ]
    for title in RUNS MEDIAN INTERVAL MIN-MAX PROBES/S SPEED-UP VERDICT FOUND PRECISION RETRIED PERMITS MEMORY; do
        [ "$(grep -cE "^(SPEED|OPEN PORTS|COST|.no room here for) .*\b$title\b" <<<"$tables")" -eq 1 ]
    done
    grep -qE '^SPEED-UP: how many times as fast as the baseline' <<<"$tables"
    valid r.json
}

@test "compare: names too long for a column stand on lines of their own; short ones leave room" {
    need_namespace
    long=$(printf 'x%.0s' {1..60})
    profile "$long" 'hosts: 127.0.0.1' 'ports: 1-50'
    in_ns "$PORTOLAN" compare "./$long.yaml" --vary concurrency=10,100 --repeat 1 --warmup 0 --text r.txt --quiet
    [ "$(grep -cx "$long concurrency=100" r.txt)" -eq 3 ]
    [ "$(grep -v "$long" r.txt | sed -n '/^SPEED/,/^no port/p' | wc -L)" -le 80 ]
    grep -qE '^ +1 +[0-9.]+ m?s .*baseline$' r.txt
    profile a 'hosts: 127.0.0.1' 'ports: 1-50'
    profile b 'hosts: 127.0.0.1' 'ports: 1-50'
    in_ns "$PORTOLAN" compare ./a.yaml ./b.yaml --repeat 1 --warmup 0 --text r.txt --quiet
    grep -qE '^SPEED +RUNS +MEDIAN +INTERVAL .* SPEED-UP +VERDICT$' r.txt
}

@test "compare: profiles side by side, with a baseline by name, text by default" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-200'
    profile q 'hosts: 127.0.0.1' 'ports: 1-100'
    run in_ns "$LISTEN" 22 150 -- "$PORTOLAN" compare ./p.yaml ./q.yaml --repeat 2 --warmup 0 --baseline q
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == *"COMPLETE"*"reference: 2 open ports"* ]]
    [[ "$output" == *"do not ask the same"* ]]
    in_ns "$LISTEN" 22 150 -- "$PORTOLAN" compare ./p.yaml ./q.yaml --repeat 2 --warmup 0 --baseline q --json r.json --quiet
    jq -e '[.variants[].baseline] == [false, true]' r.json
    # What q does not ask for it has not missed; but all that p finds it cannot find.
    jq -e '.variants[1] | .found == 1 and .missed == 0' r.json
    jq -e '.recommendation.variant == "p"' r.json
}

@test "compare: --baseline takes the varied part alone; ; separates values with commas" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-100'
    in_ns "$LISTEN" 22 -- "$PORTOLAN" compare ./p.yaml --vary 'ports=22,23;1-50' --baseline ports=1-50 \
        --repeat 1 --warmup 0 --json r.json --quiet
    jq -e '[.variants[] | [.name, .baseline, .runs[0].probes]] == [["p ports=22,23", false, 2], ["p ports=1-50", true, 50]]' r.json
}

@test "compare: standard input is a profile, also for many variants" {
    need_namespace
    printf 'hosts: 127.0.0.1\nports: 1-50\n' |
        in_ns "$LISTEN" 22 -- "$PORTOLAN" compare - --vary concurrency=1,2 --repeat 1 --warmup 0 --json r.json --quiet
    jq -e '[.variants[].name] == ["stdin concurrency=1", "stdin concurrency=2"]' r.json
}

@test "compare: what the profile expects is the reference" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-500' 'expect:' '  - {hosts: 127.0.0.1, open: "22,80", only: "22,80,99"}'
    study --repeat 2 --warmup 0 --json r.json --quiet
    jq -e '.reference == {source: "expect", open: [22, 80, 99 | {ip: "127.0.0.1", port: .}]}' r.json
    jq -e '.variants[0] | .found == 2 and .missed == 1 and .extra == 1 and .recall == 0.6667 and .precision == 0.6667' r.json
    jq -e '.recommendation.variant == null and (.recommendation.why | test("missed open ports"))' r.json
    # Open ports that no rule is about are neither right nor wrong.
    profile p 'hosts: 127.0.0.1' 'ports: 1-500' 'expect:' '  - {hosts: 127.0.0.1, open: "22"}'
    study --repeat 2 --warmup 0 --json r.json --quiet
    jq -e '.variants[0] | .found == 1 and .extra == 0 and .precision == 1' r.json
    valid r.json
}

@test "compare: as the first process of a container, too" {
    need_namespace
    in_ns -pf true 2>/dev/null || without "no process namespace can be made here"
    profile p 'hosts: 127.0.0.1' 'ports: 1-50'
    in_ns -pf "$PORTOLAN" compare ./p.yaml --repeat 1 --warmup 0 --json r.json --quiet
    jq -e '.complete and .variants[0].runs[0].failure == null' r.json
}

@test "compare: where a network drops what comes too fast, recall falls and the limit that finds all is named" {
    profile p 'hosts: 198.18.0.1' 'ports: 1-2000' 'scope: [198.18.0.0/15]' 'timeout: 500ms' 'retries: 0' 'adaptive: false'
    run "$SIMNET" --unshare --seed 3 --hosts 1 --open 0.1 --rtt 20ms --syn-rate 2000 -- "$PORTOLAN" compare ./p.yaml \
        --vary concurrency=16,128,1024 --repeat 2 --warmup 0 --json r.json --csv r.csv --quiet
    [ "$status" -ne 77 ] || without "$output"
    echo "$output"
    [ "$status" -eq 0 ]
    jq -c '.variants[] | [.name, .recall, .missed]' r.json
    jq -e '.variants[0].recall == 1 and .variants[0].recall > .variants[1].recall and .variants[1].recall > .variants[2].recall' r.json
    jq -e '.recommendation | .variant == "p concurrency=16" and .ties == [.variant]' r.json
    # The runs that missed much say so of themselves, beside what was measured.
    jq -c '.variants[] | [.name, .missed_open, .recall_at_least, .runs[].estimate]' r.json
    jq -e '.variants[0].recall_at_least > .variants[2].recall_at_least' r.json
    jq -e 'all(.variants[1:][].runs[]; .estimate.basis == "sentinels")' r.json
    jq -r '.variants[].runs[] | .estimate | "\(.missed_open_at_most) \(.basis)"' r.json >says
    /usr/bin/python3 -c 'import csv, sys
for row in csv.DictReader(open("r.csv")): print(row["missed_open_at_most"], row["basis"])' | diff - says
    # The reference is the union, and here it is the truth, which only the simulator knows.
    "$SIMNET" --print-truth --seed 3 --hosts 1 --open 0.1 --ports 1-2000 >truth
    jq -r '.reference.open[] | "\(.ip) \(.port) open"' r.json | diff - truth
    # Every flip is by name, with what was seen: open at times, filtered at others.
    jq -e 'all(.flips[] | select(.in_reference); .host == "198.18.0.1" and .seen.open >= 2 and .seen.filtered >= 1
        and (.seen | add) == 6 and (.variants | index("p concurrency=16") == null))' r.json
    jq -e '(.flips_total >= (.flips | length)) and .flips_of_open == ([.flips[] | select(.seen.open)] | length)' r.json
    valid r.json
}

@test "compare: hostile names and values stay text in every output" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 22'
    local value=$'</script><img onerror=1>;it\'s a "quote";\xe2\x80\xaeright-to-left;=1+1'
    run in_ns "$LISTEN" 22 -- "$PORTOLAN" compare ./p.yaml --vary $'description=\x1b[31m,\xff' --json r.json
    echo "$output"
    # What is not UTF-8, and what a terminal would obey, is no value of a profile.
    [ "$status" -eq 3 ]
    [[ "$output" == *"a control character"*"not valid UTF-8"* ]]
    [[ "$output" != *$'\x1b'* ]]
    run in_ns "$LISTEN" 22 -- "$PORTOLAN" compare ./p.yaml --vary "description=$value" --repeat 2 --warmup 0 \
        --json r.json --csv r.csv --text r.txt
    echo "$output"
    [ "$status" -eq 0 ]
    valid r.json
    jq -e '[.variants[].settings.description] == ["</script><img onerror=1>", "it\u0027s a \"quote\"", "\u202eright-to-left", "=1+1"]' r.json
    jq -e 'all(.variants[].name, .recommendation.why; test("[\u0000-\u001f\u202a-\u202e]") | not)' r.json
    run grep -c $'\xe2\x80\xae' r.txt
    [ "$output" = 0 ]
    python3 - <<'PY'
import csv
rows = list(csv.DictReader(open("r.csv", encoding="utf-8", newline="")))
assert len(rows) == 8, rows
assert {row["settings"] for row in rows} >= {"description=</script><img onerror=1>", "description=it's a \"quote\""}, rows
assert all(None not in row and None not in row.values() for row in rows)
PY
}

@test "compare: nothing open is nothing to measure recall by" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-50'
    run in_ns "$PORTOLAN" compare ./p.yaml --repeat 2 --warmup 0 --json r.json --quiet
    [ "$status" -eq 0 ]
    jq -e '.recommendation.variant == null and .variants[0].recall == null' r.json
    valid r.json
}

@test "compare: SIGINT writes what there is, marked incomplete, status 130; no run is left behind" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-100' 'rate: 100'
    run in_ns "$LISTEN" 22 -- "$TOP/tests/cli/interrupt" INT "$PORTOLAN" compare ./p.yaml \
        --vary concurrency=1,2,3 --repeat 100 --warmup 0 --json r.json --csv r.csv --text r.txt
    [ "$status" -eq 130 ]
    jq -e '.complete == false and ([.variants[].runs | length] | add) < 300' r.json
    [ "$(wc -l <r.csv)" -eq "$(jq '[.variants[].runs | length] | add + 1' r.json)" ]
    grep -q INCOMPLETE r.txt
    for process in /proc/[0-9]*; do
        [ "$(readlink "$process/cwd")" != "$PWD" ] || [ "$(readlink "$process/exe")" != "$PORTOLAN" ]
    done
    valid r.json
}

@test "compare: a run whose process is killed is a failed run, not a silent end" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-100' 'rate: 100'
    # Of this study alone: the child is found by its parent.
    cat >kill-one <<'SH'
"$@" &
pid=$!
tries=0
until child=$(cat /proc/$pid/task/$pid/children) && [ -n "$child" ]; do
    sleep 0.05
    tries=$((tries + 1))
    [ $tries -lt 400 ] || { kill $pid; exit 99; }
done
kill -KILL $child
wait $pid
SH
    run in_ns "$LISTEN" 22 -- sh ./kill-one "$PORTOLAN" compare ./p.yaml --repeat 2 --warmup 0 --json r.json
    echo "$output"
    [ "$status" -eq 4 ]
    [[ "$output" == *"a run failed: the process of the run was ended by signal 9"* ]]
    jq -e '.complete == false and .recommendation.variant == null' r.json
    jq -e '[.variants[0].runs[] | .failure == null] == [false, true]' r.json
    valid r.json
}

@test "compare: an output that cannot be written is status 5, known before the first run" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-100'
    run study --json p.yaml/r.json --csv r.csv
    [ "$status" -eq 5 ]
    [ ! -e r.csv ]
    run study --json /dev/full --csv r.csv --repeat 1 --warmup 0
    [ "$status" -eq 5 ]
    [ "$(wc -l <r.csv)" -eq 3 ]
}

@test "compare: progress over the whole study when asked for, never otherwise" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-100' 'rate: 200'
    run study --repeat 1 --json r.json --progress always
    [[ "$output" == *"run 1 of 4"*"a warm-up of p concurrency=10"* ]]
    [[ "$output" == *"run 4 of 4  ETA 0:"* ]]
    run study --repeat 1 --warmup 0 --json r.json
    [[ "$output" != *"ETA"* ]]
}

@test "compare: --pause waits before each run but the first" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-10'
    in_ns "$PORTOLAN" compare ./p.yaml --repeat 3 --warmup 0 --pause 300ms --json r.json --quiet
    jq -e 'def ms: (.[0:19] + "Z" | fromdate) * 1000 + (.[20:23] | tonumber);
        [.variants[0].runs[].started | ms] | .[1] - .[0] >= 290 and .[2] - .[1] >= 290' r.json
    jq -e '.pause_ms == 300' r.json
}

@test "compare: the four strategies of configs/, with one command" {
    need_namespace
    run in_ns "$LISTEN" 22 80 443 8080 -- "$PORTOLAN" compare "$TOP"/configs/compare-*.yaml --baseline sequential \
        --repeat 2 --set ports=1-10000 --json r.json --text -
    echo "$output"
    [ "$status" -eq 0 ]
    jq -e '[.variants[] | [.name, .engine, .concurrency]] == [["events-unbounded", "events", "unlimited"],
        ["pool-500", "pool", 500], ["sequential", "sequential", 500], ["threads-250", "threads", 250]]' r.json
    jq -e 'all(.variants[]; .recall == 1 and .agreement == 1 and .found == 4)' r.json
}

@test "run-variant is no command for people" {
    run "$PORTOLAN" help
    [[ "$output" != *run-variant* ]]
    run "$PORTOLAN" run-varian
    [ "$status" -eq 2 ]
    [[ "$output" != *run-variant* ]]
    run "$PORTOLAN" run-variant
    [ "$status" -eq 2 ]
    run "$PORTOLAN" run-variant 1
    [ "$status" -eq 2 ]
    [[ "$output" == *"compare starts this"* ]]
    run sh -c 'printf "hosts: 1.2.3.4\n" | "$0" run-variant $$ 3>&-' "$PORTOLAN"
    [ "$status" -eq 2 ]
    [[ "$output" == *"nowhere to leave"* ]]
    run sh -c 'printf "hosts: 1.2.3.4\n" | "$0" run-variant $$ 3>record' "$PORTOLAN"
    [ "$status" -eq 0 ]
    grep -q "scope" record || grep -q "ports is missing" record
}

@test "compare: ends where SIGCHLD was inherited ignored" {
    profile p 'hosts: 127.0.0.1' 'ports: 1-100'
    cat >ignoring.py <<'PY'
import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])
PY
    run in_ns "$LISTEN" 22 -- timeout -k 1 30 python3 ignoring.py "$PORTOLAN" compare ./p.yaml \
        --vary concurrency=10,100 --repeat 1 --warmup 0 --quiet --json c.json
    echo "$output"
    [ "$status" -eq 0 ]
    jq -e '[.variants[].found] == [1, 1]' c.json
}
