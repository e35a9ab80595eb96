load helper
bats_require_minimum_version 1.5.0

# The formats that tell of expectations, all at once.
ALL="--json r.json --csv r.csv --text r.txt --xml r.xml --junit r.junit --prom r.prom --quiet"

@test "expectations that hold: status 0" {
    need_namespace
    profile p 'hosts: [127.0.0.1, "::1"]' 'ports: 1-100' 'expect:' \
        '  - {hosts: [127.0.0.1, "::1"], open: [22], closed: 23}' '  - {hosts: "::1", only: "22,80"}'
    # shellcheck disable=SC2086  # a list of options
    run in_ns "$LISTEN" 22 80 -- "$PORTOLAN" run ./p.yaml $ALL
    [ "$status" -eq 0 ]
    jq -e '.summary.expectations == {pass: 6, fail: 0, inconclusive: 0} and all(.expectations[]; .verdict == "pass")' r.json
    grep -qx 'expectations: 6 passed, 0 failed, 0 inconclusive' r.txt
    grep -qx COMPLETE r.txt
}

@test "expectations that fail: status 1, and every format says which, whatever the results list" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-100' 'report: {states: [error]}' 'expect:' \
        '  - {hosts: 127.0.0.1, open: [23], closed: 80}' '  - {hosts: 127.0.0.1, only: [22]}'
    # shellcheck disable=SC2086
    run in_ns "$LISTEN" 22 80 -- "$PORTOLAN" run ./p.yaml $ALL
    [ "$status" -eq 1 ]
    [ "$(jq -c '[.expectations[] | select(.verdict == "fail") | [.port, .expected, .state]]' r.json)" = \
        '[[23,"open","closed"],[80,"closed","open"],[80,"not-open","open"]]' ]
    [ "$(sed -n 3p r.txt)" = "3 EXPECTATIONS FAILED, COMPLETE" ]
    grep -qxF 'FAILED: 127.0.0.1 23/tcp: expected open, is closed' r.txt
    grep -qxF 'FAILED: 127.0.0.1 80/tcp: expected closed, is open' r.txt
    grep -qxF 'FAILED: 127.0.0.1 80/tcp: not on the list of open ports, is open' r.txt
    [ "$(xmllint --xpath 'count(//failure)' r.junit)" -eq 3 ]
    [ "$(xmllint --xpath 'string(/testsuites/@failures)' r.junit)" -eq 3 ]
    [[ "$(xmllint --xpath 'string(//hostscript/script/@output)' r.xml)" == *"fail: 23/tcp: expected open, is closed"* ]]
    xmllint --noout --nonet --dtdvalid /usr/share/nmap/nmap.dtd r.xml
    [ "$(grep -c '^portolan_expectation_unmet{' r.prom)" -eq 3 ]
    [ "$(wc -l <r.csv)" -eq 1 ]
    # shellcheck disable=SC2086
    run in_ns "$LISTEN" 22 80 -- "$PORTOLAN" run ./p.yaml $ALL --set 'report={states: [open, closed]}'
    [ "$status" -eq 1 ]
    [ "$(mlr --icsv --ojsonl filter 'is_present($verdict) && $verdict != ""' then cut -f port,expected,verdict r.csv | tr -d ' ')" = \
        '{"port":22,"expected":"open","verdict":"pass"}
{"port":23,"expected":"open","verdict":"fail"}
{"port":80,"expected":"closed","verdict":"fail"}' ]
}

@test "failures are named on standard error, ten of them, where no text is written" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-100' 'expect:' '  - {hosts: 127.0.0.1, open: "1-14", closed: 22}'
    guard() { in_ns "$LISTEN" 22 -- "$PORTOLAN" run ./p.yaml "$@"; }
    for options in '--junit r.junit' '--junit r.junit --json -'; do
        # shellcheck disable=SC2086
        guard $options 2>err >out && false
        [ "$(grep -cx 'FAILED: 127.0.0.1 [0-9]*/tcp: expected open, is closed' err)" -eq 10 ]
        grep -qx 'FAILED: 127.0.0.1 1/tcp: expected open, is closed' err
        grep -qx '... and 5 more' err
        [ "$(grep -c '^expectations' err)" -eq 1 ]
    done
    # With a text they stand there; on standard error their number, unless the text goes there, too.
    guard --junit r.junit --text r.txt 2>err && false
    [ "$(grep -c ^FAILED r.txt)" -eq 15 ]
    grep -qx 'expectations of p: 0 passed, 15 failed, 0 inconclusive' err
    run ! grep -q ^FAILED err
    guard >out 2>err && false
    grep -qx 'expectations of p: 0 passed, 15 failed, 0 inconclusive' err
    guard >out 2>&1 && false
    [ "$(grep -c '^expectations' out)" -eq 1 ]
    [ "$(grep -c ^FAILED out)" -eq 15 ]
    guard --junit r.junit --quiet >out 2>&1 && false
    [ ! -s out ]
}

@test "a port that cannot be judged is inconclusive: status 1, or 0 with --allow-inconclusive" {
    need_namespace
    command -v nft >/dev/null || without "nft is not installed: no filtered port can be made"
    profile p 'hosts: 127.0.0.1' 'ports: 1-100' 'timeout: 50ms' 'retries: 0' 'expect:' \
        '  - {hosts: 127.0.0.1, open: 22, closed: 23}'
    filtered() {
        in_ns sh -c '
            nft "add table inet t; add chain inet t in { type filter hook input priority 0; }; add rule inet t in tcp dport 23 drop" &&
            exec "$@"' sh "$LISTEN" 22 -- "$PORTOLAN" run ./p.yaml "$@"
    }
    run filtered --json r.json --junit r.junit
    [ "$status" -eq 1 ]
    [ "$(jq -c '.expectations | map([.port, .state, .verdict])' r.json)" = '[[22,"open","pass"],[23,"filtered","inconclusive"]]' ]
    [ "$(xmllint --xpath 'string(//testcase[error]/@name)' r.junit)" = "127.0.0.1 23/tcp closed" ]
    [[ "$output" == *"INCONCLUSIVE: 127.0.0.1 23/tcp: expected closed, is filtered"* ]]
    run filtered --json r.json --allow-inconclusive
    [ "$status" -eq 0 ]
    [ "$(jq .summary.expectations.inconclusive r.json)" -eq 1 ]
    run filtered --json r.json --allow-inconclusive --set 'expect=[{hosts: 127.0.0.1, open: 23}]'
    [ "$status" -eq 1 ]
}

@test "a signal, an output and an incomplete run go before an expectation" {
    need_namespace
    profile p 'hosts: [127.0.0.1, no-such-host.invalid]' 'ports: 1-10' 'expect:' \
        '  - {hosts: no-such-host.invalid, open: 7}' '  - {hosts: 127.0.0.1, open: 9}'
    run in_ns "$PORTOLAN" run ./p.yaml --json r.json
    [ "$status" -eq 4 ]
    [ "$(jq -c '.expectations | map([.host, .ip, .port, .state, .verdict])' r.json)" = \
        '[["127.0.0.1","127.0.0.1",9,"closed","fail"],["no-such-host.invalid",null,7,"unprobed","inconclusive"]]' ]
    profile q 'hosts: 127.0.0.1' 'ports: 1-10' 'expect: [{hosts: 127.0.0.1, open: 9}]'
    run in_ns "$PORTOLAN" run ./q.yaml --json /dev/full
    [ "$status" -eq 5 ]
}

@test "a name that expect alone names is resolved; one that does not resolve is reported" {
    need_namespace
    grep -qw localhost /etc/hosts || without "localhost does not resolve here"
    profile p 'hosts: 127.0.0.1' 'ports: 1-10' 'address_family: ipv4' 'expect:' '  - {hosts: localhost, closed: 7}'
    run in_ns "$PORTOLAN" run ./p.yaml --json r.json
    [ "$status" -eq 0 ]
    [ "$(jq -c '.expectations | map([.host, .port, .verdict])' r.json)" = '[["127.0.0.1",7,"pass"]]' ]
    run in_ns "$PORTOLAN" run ./p.yaml --json r.json --set 'expect=[{hosts: gone.invalid, closed: 7}]'
    [ "$status" -eq 4 ]
    [ "$(jq -r '.unresolved[0].input' r.json)" = gone.invalid ]
}

@test "what can never be judged is rejected before anything is sent" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-10' 'expect:' '  - {hosts: 127.0.0.2, open: 7}'
    run in_ns "$PORTOLAN" run ./p.yaml --json r.json
    [ "$status" -eq 3 ]
    [ ! -e r.json ]
    [[ "$output" == *"p.yaml:4:13: expect: 127.0.0.2 covers no target of this profile"* ]]
    profile p 'hosts: 127.0.0.1' 'ports: 1-10' 'expect:' '  - {hosts: 127.0.0.1, open: 11}'
    run "$PORTOLAN" check ./p.yaml
    [ "$status" -eq 3 ]
    [[ "$output" == *"expect names port 11"* ]]
}

@test "--save-expect writes what a profile extends, and it holds" {
    need_namespace
    profile p 'hosts: [127.0.0.1, "::1", 127.0.0.7-9]' 'ports: 1-100'
    run in_ns "$LISTEN" 22 80 -- "$PORTOLAN" run ./p.yaml --save-expect 'base-{profile}.yaml'
    [ "$status" -eq 0 ]
    profile c 'extends: base-p.yaml' 'hosts: [127.0.0.1, "::1", 127.0.0.7-9]' 'ports: 1-100'
    run in_ns "$LISTEN" 22 80 -- "$PORTOLAN" run ./c.yaml --json c.json
    [ "$status" -eq 0 ]
    [ "$(jq .summary.expectations.pass c.json)" -eq 9 ]
    run in_ns "$LISTEN" 22 80 81 -- "$PORTOLAN" run ./c.yaml --json c.json
    [ "$status" -eq 1 ]
    run in_ns "$LISTEN" 22 -- "$PORTOLAN" run ./c.yaml --json c.json
    [ "$status" -eq 1 ]
}

@test "--save-expect writes nothing of a run that is not complete" {
    need_namespace
    profile p 'hosts: [127.0.0.1, no-such-host.invalid]' 'ports: 1-10'
    echo old >base.yaml
    run in_ns "$PORTOLAN" run ./p.yaml --json r.json --save-expect base.yaml
    [ "$status" -eq 4 ]
    [[ "$output" == *"base.yaml is not written: the run is not complete"* ]]
    [ "$(cat base.yaml)" = old ]
    jq -e .schema r.json
}
