# Shared by the tests of the command line. Scans run in a network namespace of their own: its
# loopback holds nothing but the test's listeners, and nothing can leave it.
TOP="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
PORTOLAN="${PORTOLAN:-$TOP/build/portolan}"
LISTEN="$TOP/build/tests/listen"

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    unset PORTOLAN_PATH XDG_CONFIG_HOME NO_COLOR
    export HOME="$BATS_TEST_TMPDIR"
}

# need_namespace: skips aloud where none can be made.
need_namespace() {
    unshare -rn true 2>/dev/null || skip "no network namespace can be made here"
}

# in_ns COMMAND...
in_ns() {
    unshare -rn sh -c 'ip link set lo up && exec "$@"' sh "$@"
}

# profile NAME LINE...: writes NAME.yaml
profile() {
    local name=$1
    shift
    printf '%s\n' "$@" >"$name.yaml"
}
