# The simulated network, by its own word and by a scan: what is found is what it says is there.
load helper
TIMED=1
SIMNET="${SIMNET:-$TOP/build/tests/simnet}"

# simulated OPTION... -- COMMAND...: skips aloud where no namespace or no TUN device can be made.
simulated() {
    run "$SIMNET" --unshare "$@"
    [ "$status" -ne 77 ] || without "$output"
    echo "$output"
}

# scan OPTION...: of p.yaml into r.json, on the network that the options describe.
scan() {
    simulated "$@" --delays d.json -- "$PORTOLAN" run ./p.yaml --quiet --json r.json
    cat d.json
    [ "$status" -eq 0 ]
}

need_ipv6() {
    simulated -- grep -q ^20010002 /proc/net/if_inet6
    [ "$status" -eq 0 ] || without "this kernel has no IPv6"
}

# same_as_truth OPTION...: the open ports of r.json are those that the options give.
same_as_truth() {
    "$SIMNET" --print-truth "$@" >truth
    [ -s truth ]
    jq -r '.results[] | select(.state == "open") | "\(.ip) \(.port) open"' r.json >found
    diff truth found
}

# states FILTER: [state, reason] of the results that the filter keeps, each once.
states() {
    jq -c "[.results[] | select($1) | [.state, .reason]] | unique" r.json
}

both() {
    profile p 'hosts: [198.18.0.1, "2001:2::1"]' "ports: $1" 'scope: [198.18.0.0/15, "2001:2::/48"]' \
        'concurrency: 500' 'report: {states: [open, closed, filtered, error]}' "${@:2}"
}

@test "simnet: IPv4: every open port and no other" {
    profile p 'hosts: 198.18.0.1-3' 'ports: 1-20000' 'scope: [198.18.0.0/15]'
    scan --seed 7 --hosts 3 --open 0.01 --rtt 5ms
    same_as_truth --seed 7 --hosts 3 --open 0.01 --ports 1-20000
    [ "$(jq .summary.closed r.json)" -gt 59000 ]
}

@test "simnet: IPv6: every open port and no other" {
    need_ipv6
    profile p 'hosts: 2001:2::1-2001:2::3' 'ports: 1-20000' 'scope: ["2001:2::/48"]'
    scan --seed 7 --hosts 3 --open 0.01 --rtt 5ms
    same_as_truth --seed 7 --hosts 3 --open 0.01 --ports 1-20000 --truth-family ipv6
    [ "$(jq .summary.closed r.json)" -gt 59000 ]
}

@test "simnet: the truth follows the seed, in the order of address and port" {
    "$SIMNET" --print-truth --hosts 12 --ports 1-3000 --open 0.02 --truth-family any >one
    "$SIMNET" --print-truth --hosts 12 --ports 1-3000 --open 0.02 --truth-family any >two
    "$SIMNET" --print-truth --hosts 12 --ports 1-3000 --open 0.02 --truth-family any --seed 2 >three
    cmp one two
    run cmp -s one three
    [ "$status" -eq 1 ]
    python3 - <<'PY'
import ipaddress
rows = [line.split() for line in open("one")]
keys = [(ipaddress.ip_address(ip).version, ipaddress.ip_address(ip), int(port)) for ip, port, _ in rows]
assert keys == sorted(set(keys)) and len({k[1] for k in keys}) == 24
assert 0.015 < len(rows) / 72000 < 0.025, len(rows)
PY
}

@test "simnet: the shares are what they say" {
    "$SIMNET" --print-truth --hosts 2 --open 0.1 --silent 0.2 --icmp 0.3 --truth-states all >all
    for pair in open:0.1 filtered:0.2 icmp:0.3; do
        awk -v word="${pair%:*}" -v share="${pair#*:}" '$3 == word { n++ }
            END { got = n / 131070; if (got < share - 0.01 || got > share + 0.01) { print word, got; exit 1 } }' all
    done
}

@test "simnet: silent ports and dead hosts answer nothing" {
    both 1-300 'retries: 0'
    scan --hosts 1 --open 0.1 --silent 0.5 --rtt 1ms
    "$SIMNET" --print-truth --hosts 1 --open 0.1 --silent 0.5 --ports 1-300 --truth-states all |
        sed 's/ filtered$/ no-response/; s/ open$/ syn-ack/' >truth
    jq -r '.results[] | select(.ip == "198.18.0.1" and .state != "closed") | "\(.ip) \(.port) \(.reason)"' r.json >found
    diff truth found
    scan --dead 1 --rtt 1ms
    [ "$(states true)" = '[["filtered","no-response"]]' ]
    [ "$(jq .dead d.json)" -eq 600 ]
    # Of two hosts one is live: the other has no address in use.
    profile p 'hosts: 198.18.0.1-2' 'ports: 1-10' 'scope: [198.18.0.0/15]' 'retries: 0'
    scan --hosts 1 --open 1 --rtt 1ms
    [ "$(jq -c '[.targets[].open]' r.json)" = '[10,0]' ]
}

@test "simnet: each kind of ICMP is that kind" {
    both 1-20 'timeout: 5s'
    while read -r kind v4 v6; do
        scan --open 0 --icmp 1 --icmp-kind "$kind" --rtt 5ms
        [ "$(states '.ip == "198.18.0.1"')" = "[[\"filtered\",\"$v4\"]]" ]
        [ "$(jq '[.results[] | select(.ip == "2001:2::1" and .reason != "'"$v6"'")] | length' r.json)" -eq 0 ]
    done <<'KINDS'
port-unreach port-unreach port-unreach
net-unreach net-unreach net-unreach
host-unreach host-unreach host-unreach
proto-unreach proto-unreach parameter-problem
source-route-failed source-route-failed net-unreach
net-prohibited net-prohibited admin-prohibited
host-prohibited host-prohibited admin-prohibited
admin-prohibited admin-prohibited admin-prohibited
time-exceeded time-exceeded time-exceeded
parameter-problem parameter-problem parameter-problem
KINDS
}

@test "simnet: a port that accepts and resets is open; without delay the reset comes at once" {
    both 1-500
    for rtt in 0ms 5ms; do
        scan --open 1 --reset 1 --rtt $rtt
        [ "$(states true)" = '[["open","syn-ack"]]' ]
        [ "$(jq .syn_acks d.json)" -ge 1000 ]
    done
    scan --open 1 --reset 1 --rtt 0ms
    [ "$(jq .rsts d.json)" -gt 0 ]
}

@test "simnet: a limit of SYNs a second drops the rest, on the first hosts only" {
    profile p 'hosts: 198.18.0.1-2' 'ports: 1-2000' 'scope: [198.18.0.0/15]' 'concurrency: 4000' 'retries: 0' \
        'adaptive: false' 'report: {states: [open, filtered]}'
    scan --hosts 2 --syn-rate 100 --syn-rate-hosts 1 --rtt 1ms
    [ "$(jq .dropped_by_rate d.json)" -gt 1000 ]
    # Sentinels, ports that are asked again, are dropped as others are.
    [ "$(jq '.targets[0].filtered + .run.paths[0].sentinels.lost' r.json)" -eq "$(jq .dropped_by_rate d.json)" ]
    [ "$(jq '.targets[1].filtered' r.json)" -eq 0 ]
}

@test "simnet: lost packets are lost each way, and a retry is a fresh draw" {
    profile p 'hosts: 198.18.0.1' 'ports: 1-4000' 'scope: [198.18.0.0/15]' 'retries: 0' \
        'concurrency: 4000' 'adaptive: false' 'report: {states: [open, filtered]}'
    scan --hosts 1 --open 0 --loss 0.2 --rtt 1ms
    # 1 - 0.8 * 0.8 of 4,000, give or take five standard deviations
    [ "$(jq .summary.filtered r.json)" -gt 1280 ]
    [ "$(jq .summary.filtered r.json)" -lt 1600 ]
    [ "$(jq .dropped_by_loss d.json)" -eq "$(jq '.summary.filtered + .run.paths[0].sentinels.lost' r.json)" ]
    # 0.36 to the fourth power is 67 of them; the same draws again would leave 1,440.
    sed -i 's/^retries: 0/retries: 3/' p.yaml
    scan --hosts 1 --open 0 --loss 0.2 --rtt 1ms
    [ "$(jq .summary.filtered r.json)" -lt 130 ]
}

@test "simnet: the delays given are those asked for, and more" {
    # Where a busy machine is late, a timeout that adapts asks some port again.
    profile p 'hosts: 198.18.0.1' 'ports: 1-200' 'scope: [198.18.0.0/15]' 'concurrency: 20' 'adaptive_timeout: false' \
        'timeout: 5s'
    scan --open 1 --rtt 30ms
    # Each port once, and sentinels, where the run lasts long enough for one: it does not wait for the last.
    jq -e --slurpfile r r.json '(200 + $r[0].run.paths[0].sentinels.asked) as $asked
        | (.syns - $asked | . == 0 or . == 1) and (.syns - .count | . == 0 or . == 1) and .count >= 200
        and .syn_acks == .count and .p50 >= 30000 and .p50 <= .p90
        and .p90 <= .p99 and .p99 <= .max and .write_errors == 0 and .dropped_by_queue == 0' d.json
    jq -e '.summary.rtt_us.min >= 30000' r.json
    scan --open 1 --rtt 30ms --jitter 20ms
    jq -e '.count >= 200 and .p50 < .p99 and .p99 >= 40000' d.json
    jq -e '.summary.rtt_us.min >= 10000 and .summary.rtt_us.min < 30000' r.json
}

@test "simnet: the first hosts can be open everywhere" {
    profile p 'hosts: 198.18.0.1-2' 'ports: 1-500' 'scope: [198.18.0.0/15]'
    scan --hosts 2 --open 0 --all-open 1 --rtt 1ms
    [ "$(jq -c '[.targets[].open]' r.json)" = '[500,0]' ]
    [ "$("$SIMNET" --print-truth --hosts 2 --open 0 --all-open 1 --ports 1-500 | wc -l)" -eq 500 ]
}

@test "simnet: a whole /17 of hosts, and as many of IPv6" {
    profile p 'hosts: 198.18.0.0/17' 'ports: 80' 'scope: [198.18.0.0/15]' 'concurrency: 2000' 'report: {states: [closed]}'
    scan --open 0 --rtt 1ms
    [ "$(jq .summary.closed r.json)" -eq 32768 ]
    need_ipv6
    profile p 'hosts: 2001:2::1:0/113' 'ports: 80' 'scope: ["2001:2::/48"]' 'concurrency: 2000' 'report: {states: [closed]}'
    scan --open 0 --rtt 1ms
    [ "$(jq .summary.closed r.json)" -eq 32768 ]
}

@test "simnet: it ends with the status of its command, and passes signals on" {
    simulated -- sh -c 'exit 41'
    [ "$status" -eq 41 ]
    run sh -c '"$1" --unshare -- /nonexistent/command; echo "status $?"' sh "$SIMNET"
    [[ "$output" == *"/nonexistent/command: No such file or directory"*"status 127" ]]
    simulated -- sh -c 'kill -KILL $$'
    [ "$status" -eq 137 ]
    run timeout -s TERM 1 "$SIMNET" --unshare -- sh -c 'trap "echo once; exit 9" TERM; while :; do sleep 0.1; done'
    echo "$output"
    [ "$status" -eq 124 ]
    [ "$(grep -c once <<<"$output")" -eq 1 ]
}

@test "simnet: alone it says ready and runs until a signal" {
    simulated -- true
    run timeout --preserve-status -s TERM 1 "$SIMNET" --unshare --truth truth --hosts 1 --delays d.json
    [ "$status" -eq 0 ]
    [ "$output" = ready ]
    jq -e '.syns == 0' d.json
    [ "$(wc -l <truth)" -gt 200 ]
}

@test "simnet: it refuses a namespace that holds anything else" {
    simulated -- "$SIMNET" -- true
    [ "$status" -eq 1 ]
    [[ "$output" == *"simnet is up here"*"namespace of its own"* ]]
}

@test "simnet: a wrong command line is status 2 and says how" {
    while read -r message; do
        read -r arguments
        # shellcheck disable=SC2086  # words are meant
        run "$SIMNET" $arguments
        echo "$arguments: $output"
        [ "$status" -eq 2 ]
        [[ "$output" == *"$message"* ]]
    done <<'WRONG'
no option "--opne"
--opne 1
--open: "1.5" is no SHARE
--open 1.5
--open: "-1" is no SHARE
--open -1
--open: "nan" is no SHARE
--open nan
--rtt: "20" is no TIME
--rtt 20
--hosts: "0" is no N
--hosts 0
--hosts: "131070" is no N
--hosts 131070
--hosts: "" is no N
--hosts
--ports: "9-1" is no LIST
--ports 9-1
one of port-unreach, 
--icmp-kind nonsense
add up to more than 1
--open 0.5 --silent 0.4 --icmp 0.2
say --hosts N
--print-truth
say --hosts N
--truth file
WRONG
    run "$SIMNET" --help
    [ "$status" -eq 0 ]
    [[ "$output" == *"--syn-rate-hosts N"* ]]
}
