load helper

@test "the three outputs agree, and jq reads the open ports" {
    need_ipv6
    profile p 'hosts: [127.0.0.1, "::1"]' 'ports: 1-2000' 'report: {json: out/r.json, csv: out/r.csv, text: "-"}'
    mkdir out
    run in_ns "$LISTEN" 80 1999 -- "$PORTOLAN" run ./p.yaml
    [ "$status" -eq 0 ]
    [[ "$output" == *"COMPLETE"* ]]
    [[ "$output" == *"80/tcp    open      syn-ack"* ]]
    [ "$(jq -c .open_ports out/r.json)" = "[80,1999]" ]
    [ "$(jq .summary.probes out/r.json)" -eq 4000 ]
    [ "$(jq -c '[.results[] | [.ip, .port]]' out/r.json)" = '[["127.0.0.1",80],["127.0.0.1",1999],["::1",80],["::1",1999]]' ]
    [ "$(wc -l <out/r.csv)" -eq 5 ]
}

@test "one result a line: line tools read results.json too" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-100'
    in_ns "$LISTEN" 5 50 -- "$PORTOLAN" run --json r.json --quiet ./p.yaml
    [ "$(grep -c '"state":"open"' r.json)" -eq 2 ]
}

@test "a run with nothing open is valid JSON and a CSV header" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-100'
    in_ns "$PORTOLAN" run --json r.json --csv r.csv ./p.yaml
    jq -e '.run.complete and (.results | length) == 0 and .open_ports == []' r.json
    [ "$(wc -l <r.csv)" -eq 1 ]
}

@test "standard input is a profile" {
    need_namespace
    printf 'hosts: 127.0.0.1\nports: 9\n' | in_ns "$PORTOLAN" run - --json r.json
    jq -e '.summary.closed == 1' r.json
}

@test "several profiles: PATH needs {profile}" {
    need_namespace
    profile a 'hosts: 127.0.0.1' 'ports: 1-10'
    profile b 'hosts: 127.0.0.2' 'ports: 1-10'
    run "$PORTOLAN" run ./a.yaml ./b.yaml --json r.json
    [ "$status" -eq 2 ]
    run in_ns "$PORTOLAN" run ./a.yaml ./b.yaml --json 'r-{profile}.json'
    [ "$status" -eq 0 ]
    [ "$(jq -r '.targets[0].ip' r-a.json r-b.json | tr '\n' ' ')" = "127.0.0.1 127.0.0.2 " ]
}

@test "an interrupted run: status 130, valid reports that say so" {
    need_namespace
    profile slow 'hosts: 127.0.0.1' 'ports: 1-1000' 'rate: 20'
    run in_ns "$TOP/tests/cli/interrupt" --after 5 INT "$PORTOLAN" run ./slow.yaml --json r.json --text r.txt
    [ "$status" -eq 130 ]
    jq -e '.run.complete == false and .run.stopped_by == "signal"' r.json
    jq -e '.summary | .open + .closed + .filtered + .error + .unprobed == .probes and .unprobed > 900' r.json
    grep -q INCOMPLETE r.txt
    run in_ns "$TOP/tests/cli/interrupt" --after 5 TERM "$PORTOLAN" run ./slow.yaml --json r.json
    [ "$status" -eq 143 ]
    run in_ns "$TOP/tests/cli/interrupt" --after 5 HUP "$PORTOLAN" run ./slow.yaml --json r.json
    [ "$status" -eq 129 ]
}

@test "a deadline ends it: status 4" {
    need_namespace
    profile slow 'hosts: 127.0.0.1' 'ports: 1-1000' 'rate: 20' 'deadline: 1s'
    run in_ns "$PORTOLAN" run ./slow.yaml --json r.json
    [ "$status" -eq 4 ]
    jq -e '.run.stopped_by == "deadline"' r.json
}

@test "an unresolved name: the others are scanned, status 4" {
    need_namespace
    profile p 'hosts: [no-such-host.invalid, 127.0.0.1]' 'ports: 1-10'
    run in_ns "$PORTOLAN" run ./p.yaml --json r.json
    [ "$status" -eq 4 ]
    jq -e '.unresolved[0].input == "no-such-host.invalid" and .summary.closed == 10' r.json
    profile x 'hosts: 127.0.0.1' 'exclude_hosts: no-such-host.invalid' 'ports: 1-10'
    run in_ns "$PORTOLAN" run ./x.yaml --json x.json
    [ "$status" -eq 3 ]
    [ ! -e x.json ]
}

@test "an output that cannot be written: status 5, the old file stays, the others are written" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-10'
    run in_ns "$PORTOLAN" run ./p.yaml --json p.yaml/r.json
    [ "$status" -eq 5 ]
    [[ "$output" == *"p.yaml/r.json"* ]]
    run in_ns "$PORTOLAN" run ./p.yaml --json /dev/full --csv r.csv
    [ "$status" -eq 5 ]
    [[ "$output" == *"No space left"* ]]
    [ "$(wc -l <r.csv)" -eq 1 ]
}

@test "a full disk leaves the old report whole" {
    need_namespace
    mkdir small
    profile p 'hosts: 127.0.0.1' 'ports: 1-5000' 'report: {json: small/r.json, states: [open, closed]}'
    run in_ns -m sh -c 'mount -t tmpfs -o size=64k none small && echo old >small/r.json &&
        "$1" run ./p.yaml; echo "status $?"; cat small/r.json; ls small | wc -l' sh "$PORTOLAN"
    [[ "$output" == *"No space left"* ]]
    [[ "$output" == *"status 5"* ]]
    [[ "$output" == *$'\nold\n1' ]]
}

@test "a closed pipe is status 5" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-20000' 'report: {text: "-", states: [open, closed]}'
    run bash -c "'$NAMESPACE' sh -c '\"$PORTOLAN\" run ./p.yaml; echo \$? >status' | head -n 1"
    [ "$(cat status)" -eq 5 ]
}

@test "the mode of an existing report is kept, a symlink is followed" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-10'
    echo old >real.json
    chmod 640 real.json
    ln -s real.json link.json
    in_ns "$PORTOLAN" run ./p.yaml --json link.json
    [ -L link.json ]
    [ "$(stat -c %a real.json)" = 640 ]
    jq -e .run.complete real.json
}

@test "progress is shown when asked for, never otherwise" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-1000' 'rate: 1000'
    run in_ns "$PORTOLAN" run ./p.yaml --json r.json --progress always
    [[ "$output" == *"ETA"* ]]
    run in_ns "$PORTOLAN" run ./p.yaml --json r.json
    [[ "$output" != *"ETA"* ]]
}

@test "20,000 entries of the other family are one warning, in a file that can be read" {
    need_namespace
    /usr/bin/python3 -c 'print("127.0.0.1"); [print(f"2001:2::{n:x}") for n in range(1, 20001)]' >hosts
    profile many 'hosts: ["file: hosts"]' 'ports: 1-2' 'scope: [any]' 'address_family: ipv4'
    in_ns "$PORTOLAN" run ./many.yaml --json r.json --quiet
    jq -e '.warnings == ["2001:2::1 and 19999 more entries of hosts are left out: address_family is ipv4"]' r.json
    "$PORTOLAN" convert r.json --json - | cmp - r.json
}

@test "run: --hosts and --ports need no profile; --save-profile writes one" {
    need_namespace
    run "$PORTOLAN" run --hosts 10.0.0.1 --ports 80
    [ "$status" -eq 3 ]
    [ "$output" = '--hosts: 10.0.0.1: 10.0.0.1 is outside the profile'"'"'s scope (loopback); add "10.0.0.1" to scope
without a profile, --set '"'"'scope=[ADDRESS, ...]'"'"' says what may be scanned' ]
    # As it says: nothing is sent by plan.
    run "$PORTOLAN" plan --hosts 10.0.0.1,10.0.1.0/24 --ports 80 --set 'scope=[10.0.0.1, 10.0.1.0/24]'
    echo "$output"
    [ "$status" -eq 0 ]
    run "$PORTOLAN" run --hosts 127.0.0.1
    [ "$status" -eq 3 ]
    [ "$output" = 'command line:1:1: ports is missing: which TCP ports: numbers, ranges, service names
say it with --ports, or name a profile that has ports' ]
    run "$PORTOLAN" run
    [ "$status" -eq 2 ]
    run in_ns timeout 60 "$PORTOLAN" run --hosts '127.0.0.1, 127.0.0.2' --ports 80,81 \
        --set report.states='[closed]' --hostport h.txt --save-profile saved.yaml --json r.json
    [ "$status" -eq 0 ]
    # It is called as it will be when it is run by its name; --set name has the last word.
    jq -e '.run.profile == "saved" and .run.file == "command line"' r.json
    grep -qx 'name: "saved"' saved.yaml
    in_ns timeout 60 "$PORTOLAN" run --hosts 127.0.0.1 --ports 80 --save-profile 'so & so.yaml' --quiet --json "{profile}.json"
    in_ns timeout 60 "$PORTOLAN" run --hosts 127.0.0.1 --ports 80 --set name=mine --save-profile other.yaml --quiet --json "{profile}.json"
    [ -e so---so.json ] && [ -e mine.json ]
    in_ns timeout 60 "$PORTOLAN" run --hosts 127.0.0.1 --ports 80 --save-profile '{profile}.yaml' --quiet --json -
    [ -e command-line.yaml ]
    run in_ns timeout 60 "$PORTOLAN" run saved.yaml --csv -
    [ "$status" -eq 0 ]
    [ "$(grep -c closed <<<"$output")" -eq 4 ]
    # what was run goes over a profile, too, and --set goes over all
    run "$PORTOLAN" show saved.yaml --hosts ::1 --ports 443
    [ "$status" -eq 0 ]
    [[ "$output" == *$'\n  - "::1"\n'* && "$output" == *'ports: "443"'* ]]
    run "$PORTOLAN" plan --hosts 127.0.0.1,127.0.0.3 --ports 1-10
    [[ "$output" == *"probes       20"* ]]
    run "$PORTOLAN" check --hosts 127.0.0.1, --ports 1
    [ "$status" -eq 3 ]
    [ "$output" = '--hosts: hosts has an empty piece between its commas' ]
}

@test "run: a text without an open port says so, not that nothing is listed" {
    need_namespace
    run in_ns timeout 60 "$PORTOLAN" run --hosts 127.0.0.1 --ports 80
    [ "$status" -eq 0 ]
    [[ "$output" == *$'\nno open port\n'* ]]
    run in_ns timeout 60 "$PORTOLAN" run --hosts 127.0.0.1 --ports 80 --set report.states='[filtered]'
    [ "$status" -eq 0 ]
    [[ "$output" == *$'\nnothing to list: no port is in one of the states asked for\n'* ]]
}
