load helper

@test "the committed schemas and profile reference are what the program prints" {
    "$PORTOLAN" schema profile | cmp - "$TOP/docs/schema/profile.json"
    "$PORTOLAN" schema results | cmp - "$TOP/docs/schema/results.json"
    "$PORTOLAN" schema comparison | cmp - "$TOP/docs/schema/comparison.json"
    "$PORTOLAN" schema diff | cmp - "$TOP/docs/schema/diff.json"
    "$PORTOLAN" help profile | cmp - "$TOP/docs/profile.md"
}

@test "the profile schema accepts configs/ and rejects every bad profile whose fault it can express" {
    "$PORTOLAN" schema profile >schema.json
    run /usr/bin/python3 "$TOP/tests/cli/validate.py" schema.json accept "$TOP"/configs/*.yaml
    echo "$output"
    [ "$status" -eq 0 ]
    run /usr/bin/python3 "$TOP/tests/cli/validate.py" schema.json reject "$TOP"/tests/bad-profiles/*.yaml
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "every emitted results.json is valid: normal, nothing open, interrupted, unresolved" {
    need_ipv6
    "$PORTOLAN" schema results >schema.json
    profile p 'hosts: [127.0.0.1, "::1"]' 'ports: 1-100'
    profile slow 'hosts: 127.0.0.1' 'ports: 1-1000' 'rate: 20'
    profile name 'hosts: no-such-host.invalid' 'ports: 1-10'
    in_ns "$LISTEN" 22 -- "$PORTOLAN" run ./p.yaml --json normal.json
    in_ns "$PORTOLAN" run ./p.yaml --json nothing.json --set concurrency=unlimited
    in_ns "$TOP/tests/cli/interrupt" INT "$PORTOLAN" run ./slow.yaml --json interrupted.json || true
    in_ns "$PORTOLAN" run ./name.yaml --json unresolved.json || true
    run /usr/bin/python3 "$TOP/tests/cli/validate.py" schema.json accept normal.json nothing.json interrupted.json unresolved.json
    echo "$output"
    [ "$status" -eq 0 ]
}
