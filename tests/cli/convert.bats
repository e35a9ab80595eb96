# Reading results back: what convert writes is, byte for byte, what run itself wrote.
load helper

RUNS="normal nothing interrupted unresolved ipv6 expecting"
FORMATS=$("$PORTOLAN" convert --help | sed -n 's/^  --\([a-z]*\) PATH .*/\1/p')

# scan NAME LISTENERS PROFILE-LINE...: every format of one run
scan() {
    local name=$1 listeners=$2 reports=() format
    shift 2
    printf '%s\n' "$@" >"$name.yaml"
    for format in $FORMATS; do reports+=("--$format" "$name.$format"); done
    # shellcheck disable=SC2086  # a list of ports
    in_ns "$LISTEN" $listeners -- "$PORTOLAN" run "./$name.yaml" --quiet "${reports[@]}"
}

setup_file() {
    in_ns true 2>/dev/null || return 0 # each test says that it is skipped
    mkdir "$BATS_FILE_TMPDIR/runs"
    cd "$BATS_FILE_TMPDIR/runs" || return 1
    scan normal "22 80 1999" 'hosts: [localhost, 127.0.0.2/31]' 'address_family: ipv4' 'ports: 1-2000' 'report: {states: [open, closed, filtered]}'
    scan nothing "" 'hosts: 127.0.0.1' 'ports: 1-100'
    scan ipv6 "22 80" 'hosts: ["::1", 127.0.0.1]' 'ports: 1-100' 'order: random' 'concurrency: unlimited'
    scan unresolved "22" 'hosts: [no-such-host.invalid, 127.0.0.1]' 'ports: 1-100' || [ $? -eq 4 ]
    scan expecting "22 80" 'hosts: [127.0.0.1, 127.0.0.2, no-such-host.invalid]' 'ports: 1-100' 'expect:' \
        '  - {hosts: 127.0.0.1, open: [22, 23], closed: 80}' '  - {hosts: [127.0.0.2, no-such-host.invalid], only: [22]}' ||
        [ $? -eq 4 ]
    scan interrupted "3" 'hosts: [127.0.0.1, 127.0.0.2]' 'ports: 1-1000' 'rate: 100' 'deadline: 1s' || [ $? -eq 4 ]
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    export RUN_DIR="$BATS_FILE_TMPDIR/runs"
}

# result_file: normal.json in the test's own directory
result_file() {
    need_namespace
    cp "$RUN_DIR/normal.json" .
}

# readable: the formats that can be read back
readable() {
    for format in $FORMATS; do
        case $format in json | jsonl) echo "$format" ;; esac
    done
}

@test "convert writes every format as run did, from every format that can be read back" {
    need_namespace
    [ -n "$FORMATS" ]
    for name in $RUNS; do
        for from in $(readable); do
            for to in $FORMATS; do
                "$PORTOLAN" convert "$RUN_DIR/$name.$from" --quiet "--$to" "again.$to"
                cmp "$RUN_DIR/$name.$to" "again.$to"
            done
        done
    done
}

@test "nothing is lost on the way from one format that can be read back through another" {
    need_namespace
    for name in $RUNS; do
        for one in $(readable); do
            for other in $(readable); do
                "$PORTOLAN" convert "$RUN_DIR/$name.json" --quiet "--$one" "one.$one"
                "$PORTOLAN" convert "one.$one" --quiet "--$other" "two.$other"
                "$PORTOLAN" convert "two.$other" --json - | cmp - "$RUN_DIR/$name.json"
            done
        done
    done
}

@test "nothing is lost of results of all kinds, whichever way they go (a fixed seed)" {
    run /usr/bin/python3 "$TOP/tests/cli/roundtrip.py" "$PORTOLAN" 20260131 60
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == "60 cases, "*" formats, from json, jsonl" ]]
}

@test "what jq wrote anew, pretty or with its keys sorted, reads the same" {
    need_namespace
    for name in $RUNS; do
        jq . "$RUN_DIR/$name.json" | "$PORTOLAN" convert - --json - | cmp - "$RUN_DIR/$name.json"
        jq -S . "$RUN_DIR/$name.json" | "$PORTOLAN" convert - --json - | cmp - "$RUN_DIR/$name.json"
        jq -cS . "$RUN_DIR/$name.json" >sorted.json
        "$PORTOLAN" convert sorted.json | cmp - "$RUN_DIR/$name.text"
    done
}

@test "a file can be converted onto itself; {profile} expands" {
    result_file
    "$PORTOLAN" convert normal.json --json normal.json --csv '{profile}.csv' --quiet
    cmp normal.json "$RUN_DIR/normal.json"
    cmp normal.csv "$RUN_DIR/normal.csv"
}

@test "the text goes to standard output where no format is asked for" {
    result_file
    run "$PORTOLAN" convert normal.json
    [ "$status" -eq 0 ]
    [[ "$output" == "portolan "*"COMPLETE"*"80/tcp"* ]]
}

@test "a file that is no results file: status 3, the place and the reason, no output" {
    result_file
    head -c 2000 normal.json >cut.json
    echo '{"schema": "portolan-results/2"}' >two.json
    echo '<nmaprun/>' >nmap.xml
    : >empty.json
    for case in 'cut.json:*truncated' 'two.json:1:12: *portolan-results/1' 'nmap.xml:1:1: *begin with {' 'empty.json:1:1: *empty'; do
        run "$PORTOLAN" convert "${case%%:*}" --csv out.csv
        [ "$status" -eq 3 ]
        # shellcheck disable=SC2053  # a pattern is meant
        [[ "$output" == ${case}* ]]
        [ ! -e out.csv ]
    done
    run "$PORTOLAN" convert no-such-file.json
    [ "$status" -eq 3 ]
    [[ "$output" == *"no-such-file.json"*"No such file"* ]]
}

@test "wrong words: status 2; an output that cannot be written: status 5, the others are written" {
    result_file
    run "$PORTOLAN" convert
    [ "$status" -eq 2 ]
    run "$PORTOLAN" convert normal.json --csv - --text -
    [ "$status" -eq 2 ]
    [[ "$output" == *"both go to standard output"* ]]
    ln -s . here
    run "$PORTOLAN" convert normal.json --csv same --text ./here/same
    [ "$status" -eq 2 ]
    [[ "$output" == *"csv and text both go to ./here/same"* ]]
    [ ! -e same ]
    run "$PORTOLAN" convert normal.json --json /dev/full --csv r.csv
    [ "$status" -eq 5 ]
    cmp r.csv "$RUN_DIR/normal.csv"
    run bash -c "'$PORTOLAN' convert normal.json --csv - | head -n 1; exit \${PIPESTATUS[0]}"
    [ "$status" -eq 5 ]
}

@test "the version of a results file is shown without its control characters" {
    result_file
    sed 's/"version":"[^"]*"/"version":"\\u001b[31m"/' normal.json >hostile.json
    run "$PORTOLAN" convert hostile.json --text -
    [ "$status" -eq 0 ]
    [[ "${lines[0]}" == 'portolan \x1B[31m, profile '* ]]
}

@test "a service that this system does not know comes out as it went in" {
    result_file
    sed 's/"service":"http"/"service":"a-name-of-another-system"/' normal.json >other.json
    "$PORTOLAN" convert other.json --json - | cmp - other.json
}

@test "jsonl of more targets than are listed comes back in the order of addresses" {
    /usr/bin/python3 -c "for n in range(70000): print(f'198.{18 + (n >> 16)}.{n >> 8 & 255}.{n & 255}:{\"o\" if n % 10000 == 7 else \"c\"}')" >hosts
    /usr/bin/python3 "$TOP/tests/cli/results.py" --ports 22 --states oc --file hosts --targets 70000 >many.json
    "$PORTOLAN" convert many.json --json sorted.json --quiet
    [ "$(jq '.targets | length' sorted.json)" -eq 7 ]
    # As a run would have found them: in no order.
    "$PORTOLAN" convert sorted.json --jsonl - | grep -v '"type":"result"' >rest
    "$PORTOLAN" convert sorted.json --jsonl - | grep '"type":"result"' | sort -t: -k 6 >found
    { head -n 1 rest && cat found && tail -n +2 rest; } >many.jsonl
    "$PORTOLAN" convert many.jsonl --json - | cmp - sorted.json
}
