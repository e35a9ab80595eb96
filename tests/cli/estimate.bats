# What a run may have missed: every output says it, and min_recall asks for better.
load helper
TIMED=1
SIMNET="${SIMNET:-$TOP/build/tests/simnet}"

# scan OPTION...: of p.yaml into r.json and text, on the network that the options describe.
scan() {
    run "$SIMNET" --unshare "$@" -- "$PORTOLAN" run ./p.yaml --quiet --json r.json --text text
    [ "$status" -ne 77 ] || without "$output"
    echo "$output"
}

lossy="--hosts 1 --ports 1-400 --open 0.1 --silent 0.5 --rtt 2ms"

@test "a run that misses much says so first, and in every file made of it" {
    profile p 'hosts: 198.18.0.1' 'ports: 1-400' 'scope: [198.18.0.0/15]' 'adaptive: false' 'retries: 0' 'timeout: 100ms'
    # shellcheck disable=SC2086
    scan $lossy --loss 0.3
    [ "$status" -eq 0 ]
    head -4 text | grep -qE '^not to be trusted: (about [0-9]+ open ports were missed, [0-9]+ at most|up to [0-9]+ open ports may have been missed) \(95 %\)$'
    jq -e '.summary.estimate | .basis == "sentinels" and .missed_open_at_most > 5 and .recall_at_least < 0.9' r.json
    # The estimate follows from the evidence alone.
    "$PORTOLAN" convert r.json --json again.json --text again --quiet
    cmp r.json again.json
    cmp text again
    "$PORTOLAN" merge r.json --json merged.json --quiet
    jq -e --slurpfile r r.json '.summary.estimate == $r[0].summary.estimate' merged.json
}

@test "min_recall asks silent ports again, till enough is certain" {
    profile p 'hosts: 198.18.0.1' 'ports: 1-400' 'scope: [198.18.0.0/15]' 'adaptive: false' 'retries: 0' 'timeout: 100ms' \
        'min_recall: 0.9'
    # shellcheck disable=SC2086
    scan $lossy --loss 0.1
    [ "$status" -eq 0 ]
    jq -e '.run.min_recall == 0.9 and .summary.estimate.recall_at_least >= 0.9 and .summary.evidence.silent[0] == 0' r.json
    grep -q '^COMPLETE$' text
}

@test "where asking again does not help, the run ends with 4 and says why" {
    profile p 'hosts: 198.18.0.1' 'ports: 1-400' 'scope: [198.18.0.0/15]' 'adaptive: false' 'retries: 1' 'timeout: 100ms' \
        'min_recall: 0.999'
    # shellcheck disable=SC2086
    scan $lossy --loss 0.5
    [ "$status" -eq 4 ]
    grep -q '^INCOMPLETE: more may have been missed than min_recall allows$' text
    grep -q '^warning: of 1 target more open ports may have been missed than min_recall allows' text
    jq -e '.summary.estimate.recall_at_least < 0.999' r.json
}
