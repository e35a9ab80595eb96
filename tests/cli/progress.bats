load helper

# on_terminal COLUMNS COMMAND...: its standard streams are a terminal so wide. Prints what came.
on_terminal() {
    local columns=$1
    shift
    need_namespace
    printf '%q ' "$@" >command
    in_ns script -qec "stty cols $columns rows 24; . ./command" /dev/null </dev/null
}

# states: what the line was, one state a line, without the moves of the cursor.
states() {
    tr '\r' '\n' | tr -d '\b' | sed 's/ *$//'
}

@test "the progress line shows share, rate, open ports and ETA, and fits the terminal" {
    profile p 'hosts: 127.0.0.1' 'ports: 1-1500' 'rate: 1000'
    for columns in 200 80 40 24 12 2; do
        on_terminal $columns "$LISTEN" 22 -- "$PORTOLAN" run ./p.yaml --json r.json >raw
        states <raw | grep -v 'wrote r.json' >lines || true
        echo "$columns columns:"; cat lines
        [ "$(grep -c % lines || true)" -gt 2 ] || [ $columns -lt 12 ]
        [ "$(awk -v most=$columns 'length > most - 1' lines | wc -l)" -eq 0 ]
    done
    on_terminal 80 "$LISTEN" 22 -- "$PORTOLAN" run ./p.yaml --json r.json | states >lines
    grep -Eq '^[0-9]+\.[0-9]%  [0-9]+ probes/s  1 open  ETA 0:0[0-9]$' lines
}

@test "the progress line is erased at the end" {
    profile p 'hosts: 127.0.0.1' 'ports: 1-600' 'rate: 1000'
    on_terminal 80 "$PORTOLAN" run ./p.yaml --json r.json >raw
    grep -q 'ETA' raw
    # As a terminal would: the last state of the line before "wrote" is blank from end to end.
    python3 - <<'PY'
shown, column, rows = {}, 0, []
for c in open("raw", newline="").read():
    if c == "\r":
        column = 0
    elif c == "\b":
        column = max(0, column - 1)
    elif c == "\n":
        rows.append("".join(shown.get(i, " ") for i in range(200)).rstrip())
        shown, column = {}, 0
    else:
        shown[column] = c
        column += 1
print(rows)
assert rows == ["wrote r.json"], rows
PY
}

@test "several profiles: the line says which" {
    profile p 'hosts: 127.0.0.1' 'ports: 1-600' 'rate: 1000'
    profile q 'hosts: 127.0.0.2' 'ports: 1-600' 'rate: 1000'
    on_terminal 80 "$PORTOLAN" run ./p.yaml ./q.yaml --json '{profile}.json' | states >lines
    grep -q '^1 of 2  ' lines
    grep -q '^2 of 2  ' lines
}

@test "COLUMNS counts where standard error is no terminal; --quiet shows nothing" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-600' 'rate: 1000'
    COLUMNS=20 in_ns "$PORTOLAN" run ./p.yaml --json r.json --progress always 2>raw
    states <raw >lines
    grep -q '%' lines
    [ "$(grep -v wrote lines | awk 'length > 19' | wc -l)" -eq 0 ]
    run in_ns "$PORTOLAN" run ./p.yaml --json r.json --progress always --quiet
    [ "$output" = "" ]
}

@test "colour on a terminal, unless NO_COLOR is set and not empty" {
    profile p 'hosts: 127.0.0.1' 'ports: 22'
    on_terminal 80 "$LISTEN" 22 -- "$PORTOLAN" run ./p.yaml --quiet >with
    grep -q $'\033\\[' with
    NO_COLOR='' on_terminal 80 "$LISTEN" 22 -- "$PORTOLAN" run ./p.yaml --quiet >empty
    grep -q $'\033\\[' empty
    NO_COLOR=1 on_terminal 80 "$LISTEN" 22 -- "$PORTOLAN" run ./p.yaml --quiet >without
    run grep -c $'\033\\[' without
    [ "$output" = 0 ]
}

@test "the progress line stays where a live report has nothing new" {
    profile p 'hosts: 127.0.0.1' 'ports: 1-1500' 'rate: 1000'
    on_terminal 80 "$LISTEN" 22 -- "$PORTOLAN" run ./p.yaml --jsonl r.jsonl | states >lines
    cat lines
    [ "$(grep -c % lines)" -gt 3 ]
    # Erased for the one port that was found, and at the end.
    [ "$(sed -n '/%/,$p' lines | grep -vc '[^ ]')" -le 5 ]
}
