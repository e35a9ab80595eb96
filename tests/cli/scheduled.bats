# The units of systemd and the line of cron, without a systemd that runs: tests/support/systemctl does with
# the units what it would. docs/scheduled.md tells what they promise.
load helper

PAGE="$TOP/docs/scheduled.md"

setup_file() {
    PREFIX="$BATS_FILE_TMPDIR/prefix"
    cmake --install "$(dirname "${PORTOLAN:-$BATS_TEST_DIRNAME/../../build/portolan}")" --prefix "$PREFIX" >/dev/null
    export PREFIX UNITS="$PREFIX/lib/systemd/system"
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    export LC_ALL=C.UTF-8 HOME="$BATS_TEST_TMPDIR"
    unset PORTOLAN_PATH XDG_CONFIG_HOME
    command -v systemd-analyze >/dev/null || without "systemd-analyze (Debian's package systemd) is not here"
}

# setting UNIT KEY: the last value of that key.
setting() {
    sed -n "s/^$2=//p" "$UNITS/$1" | tail -n 1
}

# analyze WORD...: as systemd would see the units where they are installed.
analyze() {
    MANPATH="$PREFIX/share/man" SYSTEMD_UNIT_PATH="$UNITS:" systemd-analyze "$@"
}

@test "scheduled: systemd finds nothing wrong with the units" {
    for unit in portolan@lan.service portolan@lan.timer portolan-tell@lan.service portolan-resume@lan.service; do
        run analyze verify "$unit"
        echo "$unit: $output"
        [ "$status" -eq 0 ]
        [ -z "$output" ]
    done
}

@test "scheduled: systemd does find what is wrong" {
    sed -i 's/^Restart=.*/Restart=always/' "$UNITS/portolan@.service" # no way for a oneshot
    run analyze verify portolan@lan.service
    sed -i 's/^Restart=.*/Restart=on-abnormal/' "$UNITS/portolan@.service"
    [ "$status" -ne 0 ]
    # The drop-in is read.
    cp "$UNITS/portolan@.service.d/tell.conf" kept
    echo "OnFailing=portolan-tell@%i.service" >>"$UNITS/portolan@.service.d/tell.conf"
    run analyze verify portolan@lan.service
    cp kept "$UNITS/portolan@.service.d/tell.conf"
    echo "$output"
    [[ "$output" == *tell.conf*OnFailing* ]]
}

@test "scheduled: the service is exposed by 2.0 at most" {
    run systemd-analyze security --offline=true --threshold=20 --no-pager "$UNITS/portolan@.service"
    echo "$output" | tail -n 1
    [ "$status" -eq 0 ]
    [[ "$output" == *"Overall exposure level"* ]]
    run systemd-analyze security --offline=true --threshold=5 --no-pager "$UNITS/portolan@.service"
    [ "$status" -ne 0 ] # a threshold is one
}

@test "scheduled: a mail that is delivered in the background outlives the script that sent it" {
    [ "$(setting portolan-tell@.service Type)" = oneshot ]
    [ "$(setting portolan-tell@.service KillMode)" = process ]
}

@test "scheduled: the timer is due each night" {
    run systemd-analyze calendar --iterations=3 --base-time="2026-03-28 12:00:00 UTC" "$(setting portolan@.timer OnCalendar)"
    [ "$status" -eq 0 ]
    [ "$(grep -c '02:00:00' <<<"$output")" -ge 3 ]
    [ "$(setting portolan@.timer Persistent)" = true ]
    [ "$(setting portolan@.timer FixedRandomDelay)" = true ]
    [ -n "$(setting portolan@.timer RandomizedDelaySec)" ]
}

@test "scheduled: enabling a profile takes its timer, and on demand what goes on after a reboot" {
    mkdir -p root/usr/lib/systemd
    cp -r "$UNITS" root/usr/lib/systemd/
    systemctl --root="$PWD/root" enable portolan@lan.timer portolan-resume@lan.service
    [ -L root/etc/systemd/system/timers.target.wants/portolan@lan.timer ]
    [ -L root/etc/systemd/system/multi-user.target.wants/portolan-resume@lan.service ]
    [ "$(systemctl --root="$PWD/root" is-enabled portolan@lan.timer)" = enabled ]
    [ "$(systemctl --root="$PWD/root" is-enabled portolan@lan.service)" = static ]
}

# calls GROUP: the system calls in it, and in those it names.
calls() {
    local name
    systemd-analyze syscall-filter "$1" | sed -n 's/^    \([@a-z0-9_-]*\)$/\1/p' | while read -r name; do
        case $name in
        @*) calls "$name" ;;
        *) echo "$name" ;;
        esac
    done
}

@test "scheduled: the service is allowed every system call that a scan makes" {
    need_namespace
    in_ns strace -o /dev/null true 2>/dev/null || without "strace can trace nothing here"
    profile lan "hosts: [127.0.0.1, localhost]" "ports: 1-300" "history: {dir: nights}"
    local group kind
    for kind in pool threads; do
        in_ns strace -f -o trace "$PORTOLAN" run ./lan.yaml --set engine=$kind --journal lan.journal --keep-journal --quiet
        sed 's/^[0-9]* *//; s/(.*//' trace | grep -xE '[a-z_0-9]+' >>made
    done
    [ "$(setting portolan@.service SystemCallFilter)" = "~@privileged @resources" ]
    calls @system-service | sort -u >allowed
    for group in @privileged @resources; do calls "$group"; done | sort -u >denied
    [ "$(wc -l <allowed)" -gt 200 ]
    sort -u made | comm -23 - <(comm -23 allowed denied) >refused
    cat refused
    [ ! -s refused ]
}

# night PROFILE [PORT...]: the service is started with these ports open; its folder is state/PROFILE.
night() {
    local name=$1
    shift
    export STATE="$BATS_TEST_TMPDIR/state" PROFILES="$BATS_TEST_TMPDIR/etc"
    PATH="$BATS_TEST_TMPDIR/bin:$PATH" in_ns "$LISTEN" "$@" -- "$TOP/tests/support/systemctl" start "portolan@$name.service"
}

# fake NAME: a program that keeps what it was given.
fake() {
    mkdir -p bin
    printf '#!/bin/sh\nprintf "%%s\\n" "$@" >"%s/%s.words"\ncat >"%s/%s.input"\n' "$PWD" "$1" "$PWD" "$1" >"bin/$1"
    chmod +x "bin/$1"
}

@test "scheduled: nights, and what is told of them" {
    need_namespace
    mkdir etc
    printf 'hosts: 127.0.0.1\nports: 1-200\nname: other\n' >etc/lan.yaml
    fake sendmail
    fake curl
    fake journalctl
    printf 'MAIL_TO=admin@example.org\nPOST_TO=http://127.0.0.1:9/ports\n' >etc/tell.conf
    night lan 22:close 80:close
    [ ! -e state/lan/run.journal ]
    night lan 22:close 80:close
    [ ! -e sendmail.input ]
    run night lan 22:close 80:close 137:close
    [ "$status" -eq 1 ]
    grep -qx 'To: admin@example.org' sendmail.input
    grep -qx 'Subject: portolan: lan: 1 opened' sendmail.input
    # What changed comes first.
    grep -A 1 '^SINCE .*: 1 opened' sendmail.input | grep -q '^opened *127.0.0.1 137/tcp'
    grep -q '^137/tcp *open' curl.input
    grep -qxF http://127.0.0.1:9/ports curl.words
    [ ! -e journalctl.words ]
    rm sendmail.input
    night lan 22:close 80:close 137:close
    [ ! -e sendmail.input ]
    # What is not as it should be is told likewise, whether it is as it was or not.
    echo 'expect: [{hosts: 127.0.0.1, closed: 137}]' >>etc/lan.yaml
    run night lan 22:close 80:close 137:close
    grep -qx 'Subject: portolan: lan is not as it was or should be' sendmail.input
    run night lan 22:close 137:close
    grep -qx 'Subject: portolan: lan: 1 closed, 1 EXPECTATION FAILED' sendmail.input
    # A profile that is wrong: what was logged is told.
    echo 'portz: 1' >>etc/lan.yaml
    run night lan 22:close
    [ "$status" -eq 3 ]
    grep -qx 'Subject: portolan: lan failed with status 3' sendmail.input
    grep -qx _SYSTEMD_INVOCATION_ID=30123 journalctl.words
    # A messenger that fails does not keep the other from its work.
    printf '#!/bin/sh\nexit 1\n' >bin/sendmail
    rm curl.input
    run night lan 22:close
    [ -s curl.input ]
    # Nobody to be told.
    rm curl.input etc/tell.conf
    run night lan 22:close
    [ "$status" -eq 3 ]
    [ ! -e curl.input ]
}

@test "scheduled: what is told is posted as it is" {
    need_namespace
    fake journalctl
    printf '#!/bin/sh\necho "a line"\necho .\necho "and \303\251"\n' >bin/journalctl
    cat >take.py <<'END'
import http.server, subprocess, sys
class Take(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        with open("posted", "wb") as file:
            file.write(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()
server = http.server.HTTPServer(("127.0.0.1", 8080), Take)
server.timeout = 20
teller = subprocess.Popen(sys.argv[1:])
server.handle_request()
sys.exit(teller.wait())
END
    MONITOR_SERVICE_RESULT=signal MONITOR_EXIT_STATUS=KILL POST_TO=http://127.0.0.1:8080/ports \
        PATH="$PWD/bin:$PATH" in_ns /usr/bin/python3 take.py "$PREFIX/lib/portolan/tell" lan
    printf 'portolan: lan failed (signal, KILL)\n\na line\n.\nand \303\251\n' | cmp - posted
}

# A mail server of Debian's that needs no daemon, with an /etc, a spool and a mailbox of its own.
@test "scheduled: what is told is mailed, as it is, to a mailbox" {
    need_namespace
    PATH="$TOP/build/tools/usr/sbin:/usr/sbin:$PATH"
    mkdir -p bin etc/dma spool/dma mail
    ln -s "$(command -v dma)" bin/sendmail
    # Of root it wants to become mail, which the root of a user namespace cannot: then it is of somebody else.
    printf '%s:x:%s::/:/bin/sh\n' root 0:0 mail 8:8 admin 1000:1000 >etc/passwd
    printf '%s:x:%s:\n' root 0 mail 8 admin 1000 >etc/group
    echo MAILNAME night.example >etc/dma/dma.conf
    touch mail/admin
    chmod -R a+rwX spool mail
    printf '#!/bin/sh\necho "a line"\necho .\necho "and \303\251"\n' >bin/journalctl
    chmod +x bin/journalctl
    export MONITOR_SERVICE_RESULT=exit-code MONITOR_EXIT_STATUS=3 MAIL_TO=admin
    PATH="$PWD/bin:$PATH" in_ns -m sh -c 'set -e
        mount --bind etc /etc
        mount --bind spool /var/spool
        mount --bind mail /var/mail
        as="unshare -U --map-user=1000 --map-group=1000"
        $as true 2>/dev/null || as=
        $as "$0" lan
        for i in $(seq 200); do [ ! -s mail/admin ] || exit 0; sleep 0.05; done' "$PREFIX/lib/portolan/tell"
    cat mail/admin
    grep -qx 'Subject: portolan: lan failed with status 3' mail/admin
    grep -qx 'Content-Type: text/plain; charset=utf-8' mail/admin
    [ "$(sed '1,/^$/d' mail/admin)" = $'a line\n.\nand \303\251' ]
}

@test "scheduled: a night that was killed goes on, and is one run" {
    need_namespace
    mkdir etc
    printf 'hosts: 127.0.0.1\nports: 1-1000\nrate: 50\n' >etc/lan.yaml
    export STATE="$PWD/state" PROFILES="$PWD/etc"
    in_ns "$TOP/tests/cli/kill-grown" state/lan/run.journal "$TOP/tests/support/systemctl" start portolan@lan.service || true
    [ -e state/lan/run.journal ]
    cp state/lan/run.journal kept
    [ "$(setting portolan-resume@.service ConditionPathExists | sed 's,%S/portolan/%i,.,')" = ./run.journal ]
    sed -i '/^rate/d' etc/lan.yaml
    night lan 22:close
    [ ! -e state/lan/run.journal ]
    [ "$(wc -l <state/lan/history/lan/index.jsonl)" -eq 1 ]
    jq -e '.complete' state/lan/history/lan/index.jsonl
    # Of a profile that was changed meanwhile another run begins, and says so.
    cp kept state/lan/run.journal
    sed -i 's/^ports:.*/ports: 1-200/' etc/lan.yaml
    night lan 22:close
    [ ! -e state/lan/run.journal ]
    cmp state/lan/run.journal.old kept
    tail -n 1 state/lan/history/lan/index.jsonl | jq -e '.complete and .probes == 200'
    jq -e '.warnings[0] | contains("another ports")' state/lan/history/lan/latest.json
}

@test "scheduled: the line of cron says something when something changed, and else nothing" {
    need_namespace
    mkdir nights
    profile lan "hosts: 127.0.0.1" "ports: 1-200"
    sed -n 's/^17 2 \* \* \* root //p' "$PAGE" >line
    [ "$(wc -l <line)" -eq 1 ]
    sed -i "s,/usr/local/bin/portolan,$PORTOLAN,; s,/var/lib/portolan,nights,g" line
    cron() { PORTOLAN_PATH="$PWD" in_ns "$LISTEN" "$@" -- sh line; }
    cron 22:close
    run cron 22:close
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    run cron 22:close 80:close
    [[ "$output" == *80* ]]
    [ "$(stat -c %a nights/lan)" = 700 ]
    run cron 22:close 80:close
    [ -z "$output" ]
    echo "portz: 1" >>lan.yaml
    run cron 22:close 80:close
    [[ "$output" == *portz* ]]
}

@test "scheduled: a night that was missed shows in the metrics, and in the rules of the page" {
    need_namespace
    profile lan "hosts: 127.0.0.1" "ports: 1-200" "history: {dir: nights}"
    in_ns "$LISTEN" 22:close -- "$PORTOLAN" run ./lan.yaml --quiet
    "$PORTOLAN" history nights/lan --prom lan.prom --quiet
    PATH="$TOP/build/tools/usr/bin:$PATH"
    promtool check metrics <lan.prom
    local ended now
    ended=$(sed -n 's/^portolan_history_last_complete_timestamp_seconds{profile="lan"} \([0-9]*\).*/\1/p' lan.prom)
    now=$(date +%s)
    [ "$ended" -le "$now" ]
    [ "$ended" -gt $((now - 600)) ]
    grep -qx 'portolan_history_open_ports{profile="lan"} 1' lan.prom
    # An incomplete run is no success.
    in_ns "$LISTEN" 22:close -- "$PORTOLAN" run ./lan.yaml --quiet --set rate=100 --set deadline=1s || [ $? -eq 4 ]
    "$PORTOLAN" history nights/lan --prom later.prom --quiet
    grep -qx 'portolan_history_runs{profile="lan"} 2' later.prom
    [ "$(grep '^portolan_history_last_complete' later.prom)" = "$(grep '^portolan_history_last_complete' lan.prom)" ]
    [ "$(grep '^portolan_history_last_run' later.prom)" != "$(grep '^portolan_history_last_run' lan.prom)" ]
    # The rules are rules, and speak of metrics that there are.
    awk '/^```/ { inside = !inside; take = inside && $0 == "```yaml"; next } take' "$PAGE" >rules.yaml
    run promtool check rules rules.yaml
    [ "$status" -eq 0 ]
    [[ "$output" == *"2 rules found"* ]]
    in_ns "$LISTEN" 22:close 80:close -- "$PORTOLAN" run ./lan.yaml --quiet
    "$PORTOLAN" history nights/lan --prom lan.prom --quiet
    grep -qx 'portolan_history_changes{profile="lan",change="opened"} 1' lan.prom
    for name in $(grep -o 'portolan_history_[a-z_]*' "$PAGE" | sort -u); do
        grep -q "^$name{" lan.prom
    done
}
