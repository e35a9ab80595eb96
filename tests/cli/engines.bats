load helper

# 40 listeners, 20 of them in the ephemeral range; each engine, twenty times over.
@test "each engine finds exactly the 40, twenty times over" {
    need_namespace
    ports=""
    for i in $(seq 0 19); do ports="$ports $((100 + 97 * i)) $((33000 + 211 * i))"; done
    printf '%s\n' $ports | sort -n | jq -cs . >truth
    cat >loop <<'SH'
for engine in sequential threads events pool; do
    for i in $(seq 20); do
        "$1" run ./p.yaml --quiet --set engine=$engine --json r.json || exit 1
        jq -c .open_ports r.json | cmp - truth || { echo "$engine run $i differs"; exit 1; }
    done
done
SH
    profile p 'hosts: 127.0.0.1' 'ports: 1-5000,33000-37999' 'concurrency: 250'
    run in_ns "$LISTEN" $ports -- sh ./loop "$PORTOLAN"
    echo "$output"
    [ "$status" -eq 0 ]
}
