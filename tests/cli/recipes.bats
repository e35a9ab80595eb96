# The lines of docs/recipes.md, run as they stand there.
load helper

PAGE="$TOP/docs/recipes.md"

# blocks KIND HEADING: what stands in its ```KIND fences under that heading, one block after another;
# HEADING "" is the beginning of the page
blocks() {
    awk -v kind="$1" -v heading="$2" '
        /^## / { here = substr($0, 4) }
        /^```/ { inside = !inside; take = inside && $0 == "```" kind && here == heading; next }
        take' "$PAGE"
}

# recipe HEADING: runs the lines of that section with 22 and 80 open; ELSEWHERE is a script of sed that
# puts another place where the page names one of the whole machine
recipe() {
    local lines
    lines=$(blocks sh "$1" | sed -e "${ELSEWHERE:-}")
    [ -n "$lines" ]
    PATH="$(dirname "$PORTOLAN"):$PATH" in_ns "$LISTEN" ${OPEN:-22:close 80:close} -- bash -euo pipefail -c "$lines"
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    export LC_ALL=C.UTF-8
    blocks yaml "" >web.yaml
    need_ipv6
}

keep() { recipe "Keep a report of each format"; }

@test "every section of the page is run by a test of this file" {
    grep '^## ' "$PAGE" | cut -c4- >sections
    [ "$(wc -l <sections)" -ge 9 ]
    while read -r section; do
        [ -n "$(blocks sh "$section")" ]
        grep -qF "recipe \"$section\"" "$BATS_TEST_FILENAME"
    done <sections
    # A fence of another kind would be run by none.
    [ "$(grep -c '^```[a-z]' "$PAGE")" -eq "$(grep -cE '^```(sh|yaml)$' "$PAGE")" ]
}

@test "recipe: keep a report of each format" {
    run keep
    [ "$status" -eq 0 ]
    [ "$(jq -c .open_ports web.json)" = "[22,80]" ]
    [ "$(wc -l <web.csv)" -eq 5 ]
    # What the page says in passing.
    [ "$(jq -c '[.targets[] | select(.host == "::1") | .open_ports[]]' web.json)" = "[22,80]" ]
    "$PORTOLAN" convert web.json --xml web.xml
    xmllint --noout --nonet --dtdvalid /usr/share/nmap/nmap.dtd web.xml
}

@test "recipe: list open ports with jq" {
    keep
    run recipe "List open ports with jq"
    [ "$status" -eq 0 ]
    [ "$output" = $'127.0.0.1 22 ssh\n127.0.0.1 80 http\n::1 22 ssh\n::1 80 http' ]
}

@test "recipe: act on each port while the run lasts" {
    run recipe "Act on each port while the run lasts"
    [ "$status" -eq 0 ]
    [ "$(sort <<<"$output")" = $'127.0.0.1 22\n127.0.0.1 80\n::1 22\n::1 80' ]
}

# as_installed: the units are installed, and are started by tests/support/systemctl.
as_installed() {
    export STATE="$PWD/state" PROFILES="$PWD/etc" ROOT="$PWD/root" PREFIX="$PWD/prefix"
    export UNITS="$PREFIX/lib/systemd/system"
    cmake --install "$(dirname "$PORTOLAN")" --prefix "$PREFIX" >/dev/null
    mkdir -p bin
    ln -s "$TOP/tests/support/systemctl" bin/systemctl
    printf '#!/bin/sh\ncat >>"%s/mail"\n' "$PWD" >bin/sendmail
    chmod +x bin/sendmail
    PATH="$PWD/bin:$PATH"
    ELSEWHERE="s,/etc/portolan,$PROFILES,g; s,/var/lib/portolan,$STATE,g"
}

@test "recipe: know in the morning what changed" {
    as_installed
    recipe "Know in the morning what changed"
    [ -L root/etc/systemd/system/timers.target.wants/portolan@web.timer ]
    # The nights that follow.
    in_ns "$LISTEN" 22:close 80:close -- systemctl start portolan@web.service
    [ ! -e mail ]
    run in_ns "$LISTEN" 22:close 80:close 443:close -- systemctl start portolan@web.service
    [ "$status" -eq 1 ]
    grep -qx 'To: root' mail
    grep -qx 'Subject: portolan: web: 2 opened' mail
    grep -q '^SINCE .*: 2 opened' mail
    grep -q '^opened *127.0.0.1 443/tcp https' mail
}

@test "recipe: see how ports came and went" {
    as_installed
    recipe "Know in the morning what changed"
    run in_ns "$LISTEN" 22:close 443:close -- systemctl start portolan@web.service
    [ "$status" -eq 1 ]
    run recipe "See how ports came and went"
    [ "$status" -eq 0 ]
    [[ "$output" == *443* ]]
    grep -qF '"profile":"web"' ports.html
    # Both were whole: 22 stayed, 80 went, 443 came.
    grep -qF '[22,"ssh","o2"],[80,"http","oc"],[443,"https","uo"]' ports.html
}

@test "recipe: read kept runs with jq, sqlite3 and Miller" {
    profile web 'hosts: [127.0.0.1, "::1"]' 'ports: 1-1024'
    in_ns "$LISTEN" 22:close -- "$PORTOLAN" run ./web.yaml --history runs --quiet --json /dev/null
    run recipe "Read kept runs with jq, sqlite3 and Miller"
    echo "$output"
    [ "$status" -eq 0 ]
    day=$(head -n 1 runs/web/index.jsonl | jq -r '.when[:10]')
    [ "$(echo "$output" | sed "s/^[0-9-]*\( + \)/DAY\1/")" = 'DAY + 127.0.0.1 80
DAY + ::1 80
complete,open,changes.opened_count
true,2,0
true,4,2
true,4,0
[true,[22]]
[true,[22,80]]
[true,[22,80]]
run.profile,summary.open
web,2
web,4
web,4
3|10|1
22
80' ]
    [[ "$output" == "$day"* || "$(date -u +%F)" != "$day" ]]
}

@test "recipe: load into sqlite3" {
    keep
    run recipe "Load into sqlite3"
    [ "$status" -eq 0 ]
    [ "$output" = $'127.0.0.1|2\n::1|2' ]
    # Every column of the file, and no other.
    [ "$(sqlite3 audit.db "SELECT group_concat(name) FROM pragma_table_info('results')")" = "$(head -1 web.csv | tr -d '"\r')" ]
    # Numbers, not text: "80" > "1000" is true of text.
    [ "$(sqlite3 audit.db 'SELECT count(*) FROM results WHERE port > 1000')" = 0 ]
    [ "$(sqlite3 audit.db 'SELECT sum(port) FROM results')" = 204 ]
    # The same lines on another day, which can be told from the first.
    sleep 0.01
    keep
    run recipe "Load into sqlite3"
    [ "$output" = $'127.0.0.1|4\n::1|4' ]
    [ "$(sqlite3 audit.db 'SELECT count(*), count(DISTINCT port), count(DISTINCT started), max(run) FROM results')" = "8|2|2|web" ]
}

@test "recipe: count with Miller" {
    keep
    run recipe "Count with Miller"
    [ "$status" -eq 0 ]
    [ "$(tr -s ' ' <<<"$output")" = $'port service count\n22 ssh 2\n80 http 2' ]
}

@test "recipe: compare with yesterday in CI" {
    keep
    run recipe "Compare with yesterday in CI"
    [ "$status" -eq 0 ]
    OPEN="22 80 443" run recipe "Compare with yesterday in CI"
    [ "$status" -eq 1 ]
    [[ "$output" == *443* ]]
    head -c 500 today.json >web.json
    run recipe "Compare with yesterday in CI"
    [ "$status" -eq 3 ]
}

@test "recipe: fail a pipeline when an unexpected port opens" {
    blocks yaml "Fail a pipeline when an unexpected port opens" >guard.yaml
    run recipe "Fail a pipeline when an unexpected port opens"
    [ "$status" -eq 0 ]
    guard() { in_ns "$LISTEN" "$@" -- "$PORTOLAN" run ./guard.yaml --junit junit.xml; }
    # The line of the page that is run each day, on other days.
    blocks sh "Fail a pipeline when an unexpected port opens" | grep -qxF 'portolan run ./guard.yaml --junit junit.xml'
    run guard 22 80
    [ "$status" -eq 0 ]
    [ "$(xmllint --xpath 'string(/testsuites/@failures)' junit.xml)" = 0 ]
    run guard 22 80 443
    [ "$status" -eq 1 ]
    [ "$(xmllint --xpath 'count(//failure)' junit.xml)" -eq 2 ]
    [[ "$(xmllint --xpath 'string(//testcase[failure][1]/@name)' junit.xml)" == *443* ]]
    run guard 22
    [ "$status" -eq 1 ]
}

@test "recipe: feed open ports to nmap -sV" {
    run recipe "Feed open ports to nmap -sV"
    [ "$status" -eq 0 ]
    [ "$(grep -c '^Nmap scan report for' <<<"$output")" -eq 2 ]
    [ "$(grep -cE '^(22|80)/tcp +open' <<<"$output")" -eq 4 ]
}

@test "recipe: graph with Prometheus" {
    export TEXTFILES="$PWD/textfiles"
    mkdir textfiles
    run recipe "Graph with Prometheus"
    [ "$status" -eq 0 ]
    PATH="$TOP/build/tools/usr/bin:$PATH"
    promtool check metrics <textfiles/web.prom
    grep -qx 'portolan_probes{profile="web",state="open"} 4' textfiles/web.prom
    blocks yaml "Graph with Prometheus" >rules.yaml
    run promtool check rules rules.yaml
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == *"3 rules found"* ]]
    # Each name that the page and its rules speak of is one that the report holds.
    for name in $(grep -o 'portolan_[a-z_]*' "$PAGE" | sort -u); do
        grep -q "^$name{" textfiles/web.prom
    done
}

@test "Scan by night, and go on the next night: as often as it takes" {
    keep
    local nights=0 lines
    # Two hours are a second here, and the network is slower.
    printf 'rate: 600\n' >>web.yaml
    while [ "$nights" -lt 20 ]; do
        nights=$((nights + 1))
        lines=$(blocks sh "Scan by night, and go on the next night" | sed 's/deadline=2h/deadline=1s/')
        run env PATH="$(dirname "$PORTOLAN"):$PATH" "$NAMESPACE" "$LISTEN" 22:close 80:close -- bash -euo pipefail -c "$lines"
        [ "$status" -eq 0 ] && break
        [ "$status" -eq 4 ]
        [ -e web.journal ]
    done
    [ "$nights" -gt 2 ]
    [ "$status" -eq 0 ]
    [ ! -e web.journal ]
    jq -e '.run.complete and .summary.unprobed == 0 and .open_ports == [22, 80]' web.json
    recipe "Scan by night, and go on the next night" # the night after begins anew
    jq -e '.run.segments == null' web.json
}

@test "Survive whatever ends a run: a kill" {
    in_ns "$TOP/tests/cli/kill-grown" web.journal "$PORTOLAN" run ./web.yaml --set rate=100 --journal web.journal --resume --json web.json --quiet || true
    [ -e web.journal ]
    [ ! -e web.json ]
    recipe "Survive whatever ends a run"
    jq -e '.run.complete and [.run.segments[].reason] == ["killed", null]' web.json
}
