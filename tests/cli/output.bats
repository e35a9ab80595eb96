load helper

# Every command that prints something, with a profile p and another one, q.
commands() {
    printf '%s\n' 'check ./p.yaml' 'show ./p.yaml' 'plan ./p.yaml' 'list' 'schema profile' 'schema results' \
        'help' 'help run' 'help profile' 'help keys' 'help man' 'help completion' 'run --help' '--version' '--help'
}

@test "standard output that cannot be written is status 5 and a message, for every command" {
    mkdir configs
    profile p 'hosts: 127.0.0.1' 'ports: 80'
    cp p.yaml configs
    commands >commands
    while read -r words; do
        # shellcheck disable=SC2086
        run bash -c '"$@" >/dev/full' bash "$PORTOLAN" $words
        echo "$words: $status $output"
        [ "$status" -eq 5 ]
        [[ "$output" == *"cannot write standard output: No space left on device"* ]]
        # shellcheck disable=SC2086
        run bash -c '"$@" >&-' bash "$PORTOLAN" $words
        [ "$status" -eq 5 ]
        [[ "$output" == *"cannot write standard output"* ]]
        # shellcheck disable=SC2086
        run bash -c 'exec > >(true); wait $!; exec "$@"' bash "$PORTOLAN" $words # its reader is gone
        [ "$status" -eq 5 ]
        [[ "$output" == *"cannot write standard output: Broken pipe"* ]]
    done <commands
}

@test "a closed standard output is no other file's" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-10'
    run in_ns sh -c '"$1" run ./p.yaml --text - --json r.json >&-' sh "$PORTOLAN"
    [ "$status" -eq 5 ]
    [[ "$output" == *"cannot write standard output"* ]]
    run in_ns sh -c '"$1" run ./p.yaml --json r.json --csv r.csv <&- >&- 2>&-' sh "$PORTOLAN"
    [ "$status" -eq 0 ]
    jq -e .run.complete r.json
    [ "$(wc -l <r.csv)" -eq 1 ]
}

@test "an option with a PATH given twice, or with an empty PATH, is status 2" {
    profile p 'hosts: 127.0.0.1' 'ports: 80'
    formats=$("$PORTOLAN" run --help | sed -n 's/^ *--\([a-z-]*\) PATH .*/\1/p')
    [[ $'\n'"$formats"$'\n' == *$'\n'save-expect$'\n'* ]]
    [[ $'\n'"$formats"$'\n' == *$'\n'json$'\n'* ]]
    for format in $formats; do
        run "$PORTOLAN" run ./p.yaml --$format a --$format b
        [ "$status" -eq 2 ]
        [[ "$output" == *"--$format is given twice, with \"a\" and \"b\""* ]]
        run "$PORTOLAN" run ./p.yaml --$format ""
        [ "$status" -eq 2 ]
        [[ "$output" == *"--$format wants a PATH, not an empty one"* ]]
        run "$PORTOLAN" run ./p.yaml --$format=
        [ "$status" -eq 2 ]
    done
}

@test "two reports of one call never go to one file: status 2, nothing is sent or written" {
    need_namespace
    mkdir sub
    profile p 'hosts: 127.0.0.1' 'ports: 80' 'report: {json: r.json}'
    profile q 'hosts: 127.0.0.1' 'ports: 81' 'report: {json: ./sub/../r.json}'
    profile sub/p 'hosts: 127.0.0.1' 'ports: 82'
    run in_ns "$PORTOLAN" run ./p.yaml ./q.yaml
    [ "$status" -eq 2 ]
    [[ "$output" == *"json of profile p (./p.yaml) and json of profile q (./q.yaml) both go to "* ]]
    [ ! -e r.json ]
    run in_ns "$PORTOLAN" run ./p.yaml sub/p.yaml --csv '{profile}.csv'
    [ "$status" -eq 2 ]
    [ ! -e p.csv ]
    run in_ns "$PORTOLAN" run ./p.yaml --csv same --json ./same
    [ "$status" -eq 2 ]
    echo old >real
    ln -s real link
    run in_ns "$PORTOLAN" run ./p.yaml --csv real --json link
    [ "$status" -eq 2 ]
    [ "$(cat real)" = old ]
    run in_ns "$PORTOLAN" run ./p.yaml --csv - --json -
    [ "$status" -eq 2 ]
    [[ "$output" == *"both go to standard output"* ]]
    run in_ns "$PORTOLAN" run ./p.yaml --csv - --json /dev/stdout
    [ "$status" -eq 2 ]
    [[ "$output" == *"json and csv of profile p both go to standard output"* ]]
}

@test "no report takes the place of a profile of the call: status 2, it is as it was" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 80'
    profile q 'hosts: 127.0.0.1' 'ports: 81' 'report: {csv: ./p.yaml}'
    cp p.yaml before
    run in_ns "$PORTOLAN" run ./p.yaml --json p.yaml
    [ "$status" -eq 2 ]
    [[ "$output" == *"json of profile p would replace the profile ./p.yaml"* ]]
    run in_ns "$PORTOLAN" run ./p.yaml ./q.yaml
    [ "$status" -eq 2 ]
    [[ "$output" == *"csv of profile q would replace the profile ./p.yaml"* ]]
    cmp p.yaml before
}

@test "/dev/stdout is standard output: nothing is renamed over the file behind it" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 80'
    {
        echo before
        in_ns "$PORTOLAN" run ./p.yaml --csv /dev/stdout --quiet
        echo after
    } >file
    [ "$(sed -n 1p file)" = before ]
    [[ "$(sed -n 2p file)" == '"host",'* ]]
    [ "$(sed -n '$p' file)" = after ]
}

@test "/dev/stderr is standard error: what was said before and after stays" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 80'
    {
        echo before >&2
        in_ns "$PORTOLAN" run ./p.yaml --csv /dev/stderr --json r.json
        echo after >&2
    } 2>file
    [ "$(sed -n 1p file)" = before ]
    grep -q '^"host",' file
    grep -q '^wrote r.json$' file
    grep -q '^wrote /dev/stderr$' file
    [ "$(sed -n '$p' file)" = after ]
}

@test "standard output takes the text of one profile after the other; devices take anything" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 80'
    profile q 'hosts: 127.0.0.2' 'ports: 80'
    run in_ns "$PORTOLAN" run ./p.yaml ./q.yaml
    [ "$status" -eq 0 ]
    [[ "$output" == *"profile p "*"profile q "* ]]
    run in_ns "$PORTOLAN" run ./p.yaml --json /dev/null --csv /dev/null
    [ "$status" -eq 0 ]
}

@test "every destination is opened before anything is sent, those of later profiles too" {
    need_nft
    profile p 'hosts: 127.0.0.1' 'ports: 1-100' 'report: {json: p.json}'
    profile q 'hosts: 127.0.0.1' 'ports: 80' 'report: {json: p.yaml/q.json, csv: q.yaml/this.csv}'
    cat >go <<'SH'
nft 'add table ip t; add counter ip t syns; add chain ip t c { type filter hook input priority 0; }'
nft 'add rule ip t c tcp flags & (syn|ack) == syn counter name syns'
"$1" run ./p.yaml ./q.yaml
echo "status $?"
nft list counter ip t syns
SH
    run in_ns sh ./go "$PORTOLAN"
    [[ "$output" == *"cannot write p.yaml/q.json"* ]]
    [[ "$output" == *"cannot write q.yaml/this.csv"* ]]
    [[ "$output" == *"status 5"* ]]
    [[ "$output" == *"packets 0 "* ]]
    [ ! -e p.json ]
}

@test "a later profile that is rejected when names are known: status 3, nothing is sent" {
    need_nft
    profile p 'hosts: 127.0.0.1' 'ports: 1-100' 'report: {json: p.json}'
    profile q 'hosts: 127.0.0.1' 'exclude_hosts: no-such-host.invalid' 'ports: 80'
    cat >go <<'SH'
nft 'add table ip t; add counter ip t syns; add chain ip t c { type filter hook input priority 0; }'
nft 'add rule ip t c tcp flags & (syn|ack) == syn counter name syns'
"$1" run ./p.yaml ./q.yaml
echo "status $?"
nft list counter ip t syns
SH
    run in_ns sh ./go "$PORTOLAN"
    [[ "$output" == *"no-such-host.invalid does not resolve"* ]]
    [[ "$output" == *"status 3"* ]]
    [[ "$output" == *"packets 0 "* ]]
    [ ! -e p.json ]
}

@test "a closed pipe on - is status 5; the other reports are still written" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-5000' 'report: {text: "-", json: r.json, csv: r.csv, states: [open, closed]}'
    run in_ns bash -c '{ "$1" run ./p.yaml; echo $? >status; } | true' bash "$PORTOLAN"
    [ "$(cat status)" -eq 5 ]
    [[ "$output" == *"cannot write standard output: Broken pipe"* ]]
    jq -e '.run.complete and (.results | length) == 5000' r.json
    [ "$(wc -l <r.csv)" -eq 5001 ]
}

@test "memory that runs out prints nothing partial" {
    python3 -c 'print("hosts:\n" + "".join(f"  - 127.{i >> 16}.{i >> 8 & 255}.{i & 255}\n" for i in range(1, 60000)) + "ports: 80")' >p.yaml
    "$PORTOLAN" show ./p.yaml >whole
    [ "$(wc -l <whole)" -gt 50000 ]
    seen=0
    for kb in $(seq 6000 2000 60000); do
        status=0
        (ulimit -v "$kb" && exec "$PORTOLAN" show ./p.yaml) >out 2>err || status=$?
        [ "$status" -ge 125 ] && continue # not enough to start the program at all
        if [ "$status" -eq 0 ]; then
            cmp out whole
        else
            [ ! -s out ]
            grep -q 'memory' err
            seen=$((seen + 1))
        fi
    done
    [ "$seen" -gt 0 ]
}

@test "control characters from outside are never printed raw" {
    need_namespace
    mkdir configs
    name=$'configs/e\033[31mvil.yaml'
    printf 'hosts: 127.0.0.1\nports: 80\ndescription: "a\\e[31mb\\u202Ec"\n' >"$name"
    printf 'hosts: [127.0.0.1]\nports: 80\nnonsense: "\\e[2J"\n' >configs/bad.yaml
    {
        "$PORTOLAN" list || true
        "$PORTOLAN" check "$name" || true
        "$PORTOLAN" check $'no/\033[1mfile.yaml' || true
        "$PORTOLAN" $'\033[1mcommand' || true
        "$PORTOLAN" run $'--\033[1moption' || true
        "$PORTOLAN" run ./p.yaml --progress $'\033[1m' || true
        in_ns "$PORTOLAN" run "$name" --json $'\033[1mr.json' || true
        in_ns "$PORTOLAN" run "$name" --json $'\033[1m/r.json' || true
        "$PORTOLAN" run a b --json $'\033[1m/r.json' || true
        "$PORTOLAN" plan "$name" --set $'hosts="\033[1m"' || true
        "$PORTOLAN" schema $'\033[1m' || true
    } >out 2>&1
    [ "$(wc -l <out)" -gt 10 ]
    run grep -c $'[\001-\010\013-\037\177]' out
    [ "$output" = 0 ]
    run grep -c $'\u202e' out
    [ "$output" = 0 ]
}

@test "list is a table: NAME DESCRIPTION PATH" {
    mkdir configs
    profile configs/short 'description: one' 'hosts: 127.0.0.1' 'ports: 80'
    profile configs/a-longer-name 'description: "two, für alle"' 'hosts: 127.0.0.1' 'ports: 80'
    profile configs/broken 'hosts: 127.0.0.1'
    run "$PORTOLAN" list
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 4 ]
    [[ "${lines[0]}" =~ ^"NAME           DESCRIPTION "\ +PATH$ ]]
    [[ "${lines[1]}" =~ ^"a-longer-name  two, für alle "\ +./configs/a-longer-name.yaml$ ]]
    [[ "$output" == *"broken         does not load: "*"ports"* ]]
    [[ "$output" == *"short          one "* ]]
    # The paths begin in one column, but where a description is too long for its own.
    head=${lines[0]%PATH}
    before=${lines[1]%./configs*}
    [ "${#before}" -eq "${#head}" ] # in characters
}

@test "what a run warns of is told once where the text and standard error go to one place" {
    need_namespace
    profile p 'hosts: [127.0.0.5/30, no-such-host.invalid]' 'ports: 80' 'expect: [{hosts: 127.0.0.5, open: 80}]'
    told() { # FILE: each of them once
        [ "$(grep -c 'unresolved: no-such-host.invalid' "$1")" -eq 1 ]
        [ "$(grep -c 'warning: 127.0.0.5/30' "$1")" -eq 1 ]
        [ "$(grep -c '^expectations' "$1")" -eq 1 ]
    }
    run in_ns "$PORTOLAN" run ./p.yaml --progress never
    [ "$status" -eq 4 ]
    printf '%s\n' "$output" >out
    told out
    in_ns "$PORTOLAN" run ./p.yaml >>both 2>>both && false
    told both
    # A terminal, as a person has it.
    in_ns script -qec "'$PORTOLAN' run ./p.yaml --progress never" /dev/null </dev/null | tr -d '\r' >terminal
    told terminal
    # Two places: each has them.
    in_ns "$PORTOLAN" run ./p.yaml >out 2>err && false
    told out
    told err
    in_ns "$PORTOLAN" run ./p.yaml --text r.txt >out 2>err && false
    told r.txt
    told err
}
