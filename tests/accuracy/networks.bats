# Hosts and ports alone, on networks that limit, stall, fall silent: every open port is found, nothing
# that was lost is called filtered, and the results say what happened.
load ../cli/helper
TIMED=1
SIMNET="$TOP/build/tests/simnet"

# scan HOSTS PORTS [KEY...] -- OPTION...: into r.json, on the network that the options describe.
scan() {
    local hosts=$1 ports=$2 keys=()
    shift 2
    while [ "$1" != -- ]; do
        keys+=("$1")
        shift
    done
    shift
    profile p "hosts: $hosts" "ports: $ports" 'scope: [198.18.0.0/15]' "${keys[@]}"
    run "$SIMNET" --unshare --delays d.json --truth t.txt --ports "$ports" "$@" -- \
        timeout 100 "$PORTOLAN" run ./p.yaml --quiet --json r.json
    [ "$status" -ne 77 ] || without "$output"
    echo "$output"
    jq -c '.summary, .run.paths[0].limited_by, .run.paths[0].outages, .warnings' r.json
    jq -c . d.json
    jq -r '.results[] | select(.state == "open") | "\(.ip) \(.port) open"' r.json >found.txt
    jq -e '.dropped_by_queue == 0 and .write_errors == 0' d.json >/dev/null
}

# complete_and_right SILENT: so many silent ports there are, and no more are called filtered.
complete_and_right() {
    [ "$status" -eq 0 ]
    diff t.txt found.txt
    [ -s t.txt ]
    jq -e --argjson silent "$1" '.run.complete and .summary.filtered == $silent and .summary.unprobed == 0' r.json
}

@test "a limit that all targets share, with two ports a host" {
    scan 198.18.0.1-198.18.3.255 1-2 -- --hosts 1023 --open 0.3 --gate 1000
    complete_and_right 0
    jq -e '.dropped_by_gate > 0' d.json
    jq -e '.run.paths[0] | .limited_by == "path" and .sentinels.lost > 0' r.json
}

@test "a target with a limit of which most ports are silent" {
    scan 198.18.0.1 1-1000 -- --hosts 1 --silent 0.9 --open 0.05 --syn-rate 500
    jq -e '.run.complete' r.json
    diff t.txt found.txt
}

@test "a link with a buffer, which drops what does not fit" {
    scan 198.18.0.1-8 1-700 -- --hosts 8 --link 3000 --buffer 300 --open 0.02
    complete_and_right 0
}

@test "most ports are silent: nothing is lost, and a silent port has two attempts" {
    scan 198.18.0.1 1-10000 -- --hosts 1 --silent 0.99 --open 0.005
    [ "$status" -eq 0 ]
    diff t.txt found.txt
    jq -e '.run.complete and .summary.filtered > 9800' r.json
    jq -e '.summary | .attempts - .probes <= .filtered + .filtered / 50' r.json
}

@test "hosts far and near, a tenth of the ports silent" {
    scan 198.18.0.1-32 1-200 -- --hosts 32 --rtt 5ms --rtt-to 400ms --silent 0.1
    [ "$status" -eq 0 ]
    diff t.txt found.txt
}

@test "an outage in the middle costs no port: with defaults, one attempt, a fixed pace" {
    for key in 'retries: 1' 'retries: 0' 'adaptive: false'; do
        scan 198.18.0.1 1-20000 "$key" -- --hosts 1 --open 0.05 --outage-at 100ms --outage 1500ms
        complete_and_right 0
        jq -e '.dropped_by_outage > 0' d.json
        jq -e '.run.paths[0].outages | length == 1 and .[0].lasted_ms >= 1300 and .[0].lasted_ms < 4000
            and .[0].target == null' r.json
    done
}

@test "an outage over many hosts with few ports each" {
    scan 198.18.0.1-198.18.0.255 1-60 -- --hosts 255 --open 0.05 --outage-at 80ms --outage 1500ms
    complete_and_right 0
}

@test "an outage that never ends: status 4, and nothing that was asked in it is called filtered" {
    scan 198.18.0.1-4 1-10000 'outage: 2s' 'retries: 0' -- --hosts 4 --open 0.05 --outage-at 100ms
    [ "$status" -eq 4 ]
    jq -e '.run.complete == false and .summary.filtered == 0 and .summary.unprobed > 0' r.json
    jq -e '.warnings | any(startswith("everything that had answered fell silent"))' r.json
    jq -e '.run.paths[0].outages[-1].lasted_ms >= 2000' r.json
}

@test "stalls, in which answers come late" {
    scan 198.18.0.1 1-10000 'rate: 4000' -- --hosts 1 --open 0.05 --stall 600ms --stall-every 1500ms
    complete_and_right 0
}

@test "one of several hosts, with few ports, goes for good: what it was not heard of is unprobed" {
    scan 198.18.0.1-8 1-60 'outage: 1s' 'rate: 3000' -- --hosts 8 --outage-at 60ms --outage-hosts 1
    [ "$status" -eq 4 ]
    jq -e '.summary | .filtered == 0 and .unprobed > 20 and .unprobed < 60' r.json
    jq -e '.run.paths[0].outages | length == 1 and .[0].target == "198.18.0.1"' r.json
}

@test "a host that bans whoever asks too fast: an outage, and then slower" {
    scan 198.18.0.1 1-1500 -- --hosts 1 --open 0.05 --ban-rate 1000 --ban-time 3s
    complete_and_right 0
    jq -e '.dropped_by_ban > 0' d.json
    jq -e '.run.paths[0].outages | length >= 1' r.json
}

@test "a connection table that silent ports fill" {
    scan 198.18.0.1 1-3000 -- --hosts 1 --silent 0.95 --open 0.02 --table 1000 --table-time 2s
    [ "$status" -eq 0 ]
    diff t.txt found.txt
}

@test "limited hosts beside others: each has its own pace" {
    scan 198.18.0.1-16 1-1000 -- --hosts 16 --syn-rate 500 --syn-rate-hosts 4 --open 0.02
    [ "$status" -eq 0 ]
    diff t.txt found.txt
}

@test "ICMP errors that are rationed prove no loss: two attempts a port" {
    scan 198.18.0.1 1-2000 -- --hosts 1 --icmp 0.7 --open 0.02 --icmp-rate 100
    [ "$status" -eq 0 ]
    diff t.txt found.txt
    jq -e '.summary.attempts <= 2 * .summary.probes' r.json
}

@test "ICMP errors in place of silence are no verdicts: of a limit, and of an outage" {
    scan 198.18.0.1-8 1-500 -- --hosts 8 --open 0.02 --gate 2000 --refuse --icmp-kind admin-prohibited
    complete_and_right 0
    jq -e '.run.paths[0] | .limited_by == "path" and .sentinels.lost > 0' r.json
    scan 198.18.0.1-8 1-1000 'rate: 8000' -- --hosts 8 --open 0.02 --outage-at 300ms --outage 1500ms --refuse --icmp-kind net-unreach
    complete_and_right 0
    jq -e '.run.paths[0].outages | length == 1' r.json
}

@test "ICMP errors that are true cost one attempt a port, and another of a few" {
    scan 198.18.0.1 1-2000 -- --hosts 1 --icmp 0.7 --open 0.02
    [ "$status" -eq 0 ]
    diff t.txt found.txt
    jq -e '.summary | .attempts <= .probes + 16 and .filtered > 1300 and .estimate.missed_open_at_most == 0' r.json
}

@test "a process that is stopped and goes on has no verdict of that time" {
    profile p 'hosts: 198.18.0.1' 'ports: 1-20000' 'scope: [198.18.0.0/15]' 'rate: 8000'
    run "$SIMNET" --unshare --delays d.json --truth t.txt --ports 1-20000 --hosts 1 --open 0.05 --silent 0.2 -- sh -c '
        "$0" run ./p.yaml --quiet --json r.json & pid=$!
        for i in 1 2 3; do sleep 0.4; kill -STOP $pid; sleep 1; kill -CONT $pid; done
        wait $pid' "$PORTOLAN"
    [ "$status" -ne 77 ] || without "$output"
    [ "$status" -eq 0 ]
    jq -r '.results[] | select(.state == "open") | "\(.ip) \(.port) open"' r.json >found.txt
    diff t.txt found.txt
    jq -e '.summary.error == 0' r.json
}

@test "answers that come after timeout are told of, by a sample, in no more time and SYNs" {
    scan 198.18.0.1 1-4000 'timeout: 500ms' -- \
        --hosts 1 --open 0.02 --silent 0.5 --rtt 20ms --slow 0.1 --slow-rtt 650ms
    jq -e '.run.complete and .summary.evidence.late.listened > 30' r.json
    # They are no verdicts.
    jq -e '[.results[] | select(.state == "open" and .connect_us > 500000)] == []' r.json
    jq -e '.summary.evidence.late | .open + .closed > 0 and (.slowest_ms | . >= 650 and . < 980)' r.json
    missed=$(diff t.txt found.txt | grep -c '^<')
    jq -e --argjson missed "$missed" '.summary.estimate.missed_open_at_most | . == null or . >= $missed' r.json
    jq -e '.warnings[] | select(test("answers come too late for timeout: 500ms"))' r.json
    jq -e --slurpfile d d.json '.summary.syn_resent == 0 and
        .summary.attempts + .run.paths[0].sentinels.asked == $d[0].syns' r.json
    "$PORTOLAN" convert r.json --json again.json
    cmp r.json again.json
    "$PORTOLAN" convert r.json --text - | grep -F 'answered too late'
    "$PORTOLAN" convert r.json --text - | grep -F 'not to be trusted'
}

@test "a few late answers among thousands of silent ports are bounded by what the kernel counts" {
    scan 198.18.0.1 1-3000 'timeout: 500ms' -- \
        --hosts 1 --open 0.04 --silent 0.96 --rtt 20ms --slow 0.1 --slow-rtt 650ms
    missed=$(diff t.txt found.txt | grep -c '^<')
    [ "$missed" -ge 5 ]
    jq -e '.run.complete and .summary.filtered > 2800 and .targets[0].evidence.resets == null' r.json
    jq -e --argjson missed "$missed" '.summary.evidence.resets | .count >= $missed and .apart > 0' r.json
    jq -e --argjson missed "$missed" '.summary.estimate.missed_open_at_most | . == null or . >= $missed' r.json
    jq -e --slurpfile d d.json '.summary.syn_resent == 0 and
        .summary.attempts + .run.paths[0].sentinels.asked == $d[0].syns' r.json
    "$PORTOLAN" convert r.json --json again.json
    cmp r.json again.json
    "$PORTOLAN" convert r.json --text - | grep -F 'too late'
}

@test "where no answer is late no reset is one, and where this machine answers itself none is counted" {
    scan 198.18.0.1 1-3000 'timeout: 500ms' -- --hosts 1 --open 0.04 --silent 0.96 --rtt 20ms
    diff t.txt found.txt
    jq -e '.run.complete and .summary.evidence.resets == {count: 0, apart: 0} and .summary.estimate.missed_open_at_most <= 1' r.json
    profile p 'hosts: [198.18.0.1, 127.0.0.1]' 'ports: 1-200' 'scope: [198.18.0.0/15, loopback]'
    run "$SIMNET" --unshare --ports 1-200 --hosts 1 --open 0.04 --silent 0.96 -- \
        timeout 100 "$PORTOLAN" run ./p.yaml --quiet --json r.json
    [ "$status" -eq 0 ]
    jq -e '.summary.closed >= 200 and (.summary.evidence | has("resets") | not)' r.json
}

@test "no more wait than concurrency says, those listened to included, and none is one descriptor more" {
    scan 198.18.0.1 1-300 'timeout: 300ms' 'concurrency: 60' -- --hosts 1 --open 0.02 --silent 0.5
    jq -e '.summary.peak_in_flight <= 60 and .run.complete' r.json
    diff t.txt found.txt
}
