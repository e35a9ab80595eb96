# Scans of a real Linux (tests/realnet): what is said of each port is so, and no more is asked than it takes.
load helper
TIMED=1
REALNET="$TOP/tests/realnet/run"

# far OPTION...: scans into r.json, a line a scanner; skips aloud where no such network can be made.
far() {
    run "$REALNET" --limit 100 --json r.json "$@"
    echo "$output"
    [ "$status" -ne 77 ] || without "$output"
    [ "$status" -eq 0 ]
    jq -e '.events == .events_meant' r.json >/dev/null
}

# holds FILTER...: each of them of the scan.
holds() {
    local filter
    for filter in "$@"; do
        jq -e "$filter" r.json >/dev/null || {
            echo "not so: $filter"
            return 1
        }
    done
}

RIGHT='.status == 0 and .complete and .there > 0 and .found == .there and (.false | add) == 0 and .unprobed == 0 and .error == 0'

need_ipv6() {
    unshare -rn grep -q . /proc/net/if_inet6 2>/dev/null || [ -e /proc/sys/net/ipv6 ] || without "this kernel has no IPv6"
}

@test "realnet: every kind of ICMP error by its name, RST as closed" {
    far icmp-kinds
    holds "$RIGHT" '.reasons == {"closed conn-refused": 110, "open syn-ack": 10, "filtered port-unreach": 8,
        "filtered net-unreach": 8, "filtered host-unreach": 8, "filtered admin-prohibited": 8,
        "filtered host-prohibited": 8}'
}

@test "realnet: silence among a host's rationed ICMP errors is no loss: two attempts a port" {
    for network in icmp-1 icmp-100; do
        far $network
        holds "$RIGHT" '.most_attempts <= 2' '[.reasons | to_entries[] | select(.key | startswith("filtered ")) | .value] | add >= 1000'
    done
}

@test "realnet: a link with few addresses in use: two attempts a port in the mean, and nothing found where nobody is" {
    far link-39
    holds "$RIGHT" '.attempts <= 2 * .probes' '[.reasons | to_entries[] | select(.key | startswith("filtered ")) | .value] | add == 37000'
}

@test "realnet: one host drops, rejects and has a limit, the other has none" {
    far --far '198.18.0.2 listen=1024-4000*30 drop=1-1023 reject=2000-2499 limit=3000-3399@200' \
        --far '198.18.0.3 listen=1-4000*20' --hosts 198.18.0.2-3 --ports 1-4000
    holds "$RIGHT"
}

@test "realnet: a limit on some ports beside many that are dropped" {
    far --far '198.18.0.2 listen=1-400*400 listen=1201-2000*20 limit=1-400@200 drop=401-1200' \
        --hosts 198.18.0.2 --ports 1-2000
    holds "$RIGHT"
}

@test "realnet: IPv6 as IPv4" {
    need_ipv6
    far ipv6
    holds "$RIGHT" '.attempts <= 2 * .probes' '.reasons["filtered admin-prohibited"] > 0'
    far --far 'fd00::2 listen=1-50*10 reject=51-60 reject=61-70:net reject=71-80:host reject=81-90:admin reset=91-100' \
        --hosts fd00::2 --ports 1-100 --setup 'far sysctl -qw net.ipv6.icmp.ratelimit=0'
    holds "$RIGHT" '.reasons == {"open syn-ack": 10, "closed conn-refused": 50, "filtered port-unreach": 10,
        "filtered net-unreach": 10, "filtered host-unreach": 10, "filtered admin-prohibited": 10}'
}

@test "realnet: a limit that all addresses of a machine share is seen" {
    far shared-limit
    holds "$RIGHT"
}

@test "realnet: source_address passes the firewall that knows it; without it nothing does" {
    far source
    holds "$RIGHT" '.attempts == .probes'
    far source -- --set source_address=198.18.255.1
    holds '.complete and .found == 0 and .reasons == {"filtered no-response": 1000}'
}

@test "realnet: hosts behind a router that has no way to most of them" {
    far router
    holds "$RIGHT" '.attempts <= 2 * .probes' '.reasons["filtered host-unreach"] > 0'
}

@test "realnet: an address that comes up in the middle of the scan is scanned" {
    far late
    holds "$RIGHT"
}

@test "realnet: most ports are dropped: what is left is found" {
    far mostly-drop
    holds "$RIGHT" '.attempts <= 2 * .probes'
}

@test "realnet: a firewall that closes for good: status 4, and not one open port is called anything else" {
    for network in drop-all drop-one; do
        far $network
        holds '.status == 4 and (.complete | not) and (.false | add) == 0 and .unprobed > 0 and .found < .there'
    done
    # The other target was scanned to its end.
    holds '.unprobed < 65535'
}

# interrupted DOWN UP [-- OPTION...]: of two hosts, while the link or the firewall is closed for a while.
interrupted() {
    local down=$1 up=$2
    shift 2
    far --far '198.18.0.2 listen=1-8000*60' --far '198.18.0.3 listen=1-8000*40' --hosts 198.18.0.2-3 --ports 1-8000 \
        --at "6000p $down" --at "1.5s $up" "$@"
    holds '.events == 2' "$RIGHT" '.paths[0].outages | length >= 1'
}

@test "realnet: a firewall that closes for a while costs no port, with one attempt a port too" {
    interrupted 'far nft insert rule inet far input tcp dport 1-65535 drop' 'far nft flush chain inet far input'
    interrupted 'far nft insert rule inet far input tcp dport 1-65535 drop' 'far nft flush chain inet far input' \
        -- --set retries=0
}

@test "realnet: this machine's link goes down and comes back: no route is an outage, and no error" {
    interrupted 'near ip link set near down' 'near ip link set near up'
}

@test "realnet: the far end of the link goes down and comes back" {
    interrupted 'far ip link set far down' 'far ip link set far up'
}

@test "realnet: nginx, redis and sshd are found, and nmap says the same of every port" {
    command -v nmap >/dev/null || without "nmap is missing; ./dev test installs it"
    far services --scanner portolan --scanner nmap --verdicts verdicts
    jq -es '.[0] | .status == 0 and .complete and .there == 4 and .found == 4 and (.false | add) == 0' r.json
    # Of an ICMP port unreachable nmap says closed.
    awk '$1 == "portolan" { print $2, $3, ($3 >= 200 && $3 <= 209 ? "closed" : $4) }' verdicts >ours
    awk '$1 == "nmap" { print $2, $3, $4 }' verdicts >theirs
    [ "$(wc -l <ours)" -eq 2002 ]
    diff ours theirs
}

@test "realnet: a far machine that makes no sense is refused" {
    run "$REALNET" --far '198.18.0.2 lisen=22' --hosts 198.18.0.2
    echo "$output"
    [ "$status" -ne 77 ] || without "$output"
    [ "$status" -eq 2 ]
    [[ $output == *'"lisen=22" in "198.18.0.2 lisen=22"'* ]]
    run "$REALNET" no-such-network
    [ "$status" -eq 2 ]
}
