# Many nights: what a history tells of changes by a script, and what a kill leaves of it (tests/history).
load helper
TIMED=1

@test "whatever is killed while it keeps a run leaves a history that reads, and lacks that run at most" {
    run /usr/bin/python3 "$TOP/tests/history/kills.py" --portolan "$PORTOLAN" --keep "$TOP/build/tests/keep" --kills 100
    echo "$output"
    [ "$status" -eq 0 ]
    # Kills that met the middle of the writing, between a results file and its line.
    [[ ! "$output" == *" 0 results files without a line"* ]]
}

@test "60 nights: every change is told on its day, and no other" {
    need_nft
    run /usr/bin/python3 "$TOP/tests/history/year.py" --portolan "$PORTOLAN" --runs 60
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "60 nights with 1 % of the packets lost: the same" {
    need_nft
    run /usr/bin/python3 "$TOP/tests/history/year.py" --portolan "$PORTOLAN" --runs 60 --loss 0.01 --seed 2
    echo "$output"
    [ "$status" -eq 0 ]
}
