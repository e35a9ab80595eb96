load helper
TIMED=1

@test "dev bench --quick runs every case and writes its figures for machines" {
    need_namespace
    for program in nmap hyperfine; do
        command -v "$program" >/dev/null || without "$program is missing; ./dev test installs it"
    done
    run "$TOP/build/tests/simnet" --unshare -- true
    [ "$status" -ne 77 ] || without "$output"
    run timeout 250 "$TOP/dev" bench --quick --json "$BATS_TEST_TMPDIR/bench.json"
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *"nmap -sS -T5"* ]]
    [ "$(jq '.cases | length' bench.json)" -eq "$("$TOP/dev" bench --list | wc -l)" ]
    # Nothing was left out, nothing failed, and portolan found what there is to find.
    [ "$(jq '[.cases[] | select(.unable != null)] | length' bench.json)" -eq 0 ]
    [ "$(jq '[.cases[].rows[] | select(.name | startswith("portolan"))
             | select(.trouble != null or .peak_kib < 500 or .median_s <= 0)] | length' bench.json)" -eq 0 ]
    [ "$(jq '.cases[0].rows[0] | .open_there == 20 and .recall == 1 and .open_false == 0' bench.json)" = true ]
    [ "$(jq '[.cases[].rows[] | select(.name | startswith("floor")) | .recall
             | select(. != null and . < 1)] | length' bench.json)" -eq 0 ]
}

@test "dev bench names the cases when one is unknown" {
    run python3 "$TOP/tests/bench/bench.py" loopback
    echo "$output"
    [ "$status" -eq 2 ]
    [[ $output == *'no case "loopback"; there are loopback-full, simnet-10'* ]]
}
