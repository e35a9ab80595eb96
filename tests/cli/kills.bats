# A run that is killed, again and again, on networks (build/tests/simnet) that lose, limit and are silent: tests/kills.
# What may have been unwritten at a kill is judged by the time.
load helper
TIMED=1

@test "killed and resumed, a run finds what an unbroken one does, and asks nothing that was settled" {
    run timeout 280 python3 "$TOP/tests/kills/kills.py" --build "$(dirname "$PORTOLAN")" --kills 12 --seed 1
    echo "$output"
    [ "$status" -ne 77 ] || without "no namespace or no TUN device can be made here"
    [ "$status" -eq 0 ]
    [[ "$output" == *" kills, 0 failures" ]]
}
