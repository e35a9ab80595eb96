load ../cli/helper
TIMED=1

@test "dev accuracy --quick measures and writes its table for machines" {
    command -v nmap >/dev/null || without "nmap is missing; ./dev test installs it"
    "$TOP/build/tests/simnet" --unshare -- true || without "no namespace or no TUN device for the simulated network here"
    run timeout 120 python3 "$TOP/tests/accuracy/accuracy.py" --build "$TOP/build" --quick --json a.json loss silent descriptors loopback
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == *"the numbers mean nothing"* ]]
    jq -e '(.rows | length) == 8 and .not_measured == []' a.json
    jq -e '.rows | all(.trouble == null and .false == 0)' a.json
    jq -e '[.rows[] | select(.case | startswith("127") | not)] | all(.recall == 1)' a.json
}

@test "dev accuracy names the cases when one is unknown" {
    run python3 "$TOP/tests/accuracy/accuracy.py" los
    [ "$status" -eq 2 ]
    [[ "$output" == *'no case "los"; there are loss, medium'* ]]
}
