# A real Linux at the other end of a link: two namespaces, a veth, nftables.
load ../cli/helper
TIMED=1

# scan FAR HOSTS PORTS [KEY...]: into r.json, beside a far machine that FAR prepares.
scan() {
    local far=$1 hosts=$2 ports=$3
    shift 3
    need_nft
    profile p "hosts: $hosts" "ports: $ports" 'scope: [198.18.0.0/15]' 'report: {states: [open, closed, filtered]}' "$@"
    run timeout 100 "$NAMESPACE" "$TOP/tests/accuracy/link" "$far" "$PORTOLAN" run ./p.yaml --quiet --json r.json
    echo "$output"
    jq -c '.summary, .warnings' r.json
}

@test "an address that nobody on the link has: host-unreach, by one attempt" {
    scan : 198.18.0.1-30 1-500
    [ "$status" -eq 0 ]
    jq -e '.run.complete and .summary.closed == 1000 and .summary.filtered == 14000' r.json
    jq -e '[.results[] | select(.state == "filtered") | .reason] | unique == ["host-unreach"]' r.json
    jq -e '.summary.attempts < 1000 + 28 * 4' r.json
}

@test "somebody comes while the run lasts, and is scanned" {
    scan '(sleep 1; ip addr add 198.18.0.7/24 dev far0) >/dev/null 2>&1 &' 198.18.0.1-9 1-500 'rate: 200'
    [ "$status" -eq 0 ]
    jq -e '[.targets[] | select(.closed == 500) | .ip] == ["198.18.0.1", "198.18.0.2", "198.18.0.7"]' r.json
}

@test "silence, resets and rationed ICMP errors of a real firewall: two attempts a port, and no more" {
    scan 'nft -f - <<NFT
table ip t {
    chain c {
        type filter hook input priority 0;
        tcp dport 1000-1499 drop
        tcp dport 2000-2999 reject
        tcp dport 3000-3099 reject with tcp reset
    }
}
NFT' 198.18.0.1-2 1-4000
    [ "$status" -eq 0 ]
    jq -e '.run.complete and .summary.closed == 2 * 2500 and .summary.filtered == 2 * 1500' r.json
    jq -e '([.results[].attempts] | max) == 2' r.json
    jq -e '[.results[] | select(.port < 1500 and .port >= 1000) | .reason] | unique == ["no-response"]' r.json
    jq -e '[.results[] | select(.port < 3000 and .port >= 2000) | .reason] | unique == ["no-response", "port-unreach"]' r.json
}

@test "a firewall that answers some of its ports 200 times a second" {
    scan 'nft -f - <<NFT
table ip t {
    chain c {
        type filter hook input priority 0;
        tcp dport 1000-1999 limit rate over 200/second drop
    }
}
NFT' 198.18.0.1 1-4000
    [ "$status" -eq 0 ]
    jq -e '.summary.closed >= 3990' r.json
}
