# Shared by the tests of the command line. Scans run in a network namespace of their own: its
# loopback holds nothing but the test's listeners, and nothing can leave it.
TOP="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
PORTOLAN="${PORTOLAN:-$TOP/build/portolan}"
LISTEN="$TOP/build/tests/listen"
NAMESPACE="$TOP/tests/support/namespace"

# For jq: what no two runs have alike in their results, since it tells how long things took.
# shellcheck disable=SC2034  # for the tests
readonly TIMES='.summary.probes_per_second, .summary.peak_in_flight, .summary.rtt_us,
    .results[].rtt_us, .results[].connect_us, .results[].offset_ms'

# The report formats, as the program names them, one a line
formats() {
    "$PORTOLAN" convert --help | sed -n 's/^ *--\([a-z]*\) PATH .*/\1/p'
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    unset PORTOLAN_PATH XDG_CONFIG_HOME NO_COLOR COLUMNS
    export HOME="$BATS_TEST_TMPDIR"
    export LC_ALL=C.UTF-8 # a machine without a locale counts bytes
    export TZ=UTC         # faketime is told the time of day as it is here, and file names are UTC
    [ -z "${TIMED:-}" ] || watch_clock
}

teardown() {
    [ -z "${TIMED:-}" ] || judge_clock
}

# A file whose tests depend on the time that a network takes says TIMED=1: what fails while the machine lets
# processes wait is run again. What fails on a machine that does not, fails.
watch_clock() {
    "$TOP/build/tests/late" "$BATS_TEST_TMPDIR.late" 3>&- &
    watcher=$!
}

judge_clock() {
    local late_ms
    kill "$watcher"
    late_ms=$(cat "$BATS_TEST_TMPDIR.late")
    [ "$late_ms" -ge 5 ] || return 0
    echo "this machine let processes wait, for $late_ms ms at most"
    # shellcheck disable=SC2034  # for bats
    BATS_TEST_RETRIES=4
}

# without REASON: skips the test aloud; with PTL_NO_SKIP set, as CI has it, the test fails.
without() {
    [ -z "${PTL_NO_SKIP:-}" ] || {
        echo "$1, and PTL_NO_SKIP forbids to skip"
        return 1
    }
    skip "$1"
}

# need_namespace: nothing can be scanned where none can be made.
need_namespace() {
    "$NAMESPACE" true 2>/dev/null || without "no network namespace can be made here"
}

# need_nft: the same where no firewall rule can be set.
need_nft() {
    need_namespace
    "$NAMESPACE" nft add table inet probe 2>/dev/null || without "nft sets no rule in a namespace here"
}

# need_ipv6: the same where a namespace has no ::1.
need_ipv6() {
    need_namespace
    in_ns grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null || without "IPv6 is off here"
}

# in_ns [UNSHARE-OPTION...] COMMAND...
in_ns() {
    "$NAMESPACE" "$@"
}

# profile NAME LINE...: writes NAME.yaml
profile() {
    local name=$1
    shift
    printf '%s\n' "$@" >"$name.yaml"
}
