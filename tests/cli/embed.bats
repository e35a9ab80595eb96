# The shared library as it is installed, and the program of docs/embedding.md on it.
bats_require_minimum_version 1.5.0
load helper

# The build without its sanitizers' runtime is the one that is installed.
setup_file() {
    local top
    top="$(cd "$BATS_TEST_DIRNAME/../.." && pwd)"
    cmake --install "$top/build" --prefix "$BATS_FILE_TMPDIR/usr" >"$BATS_FILE_TMPDIR/log" 2>&1 || {
        cat "$BATS_FILE_TMPDIR/log"
        return 1
    }
}

# flags: how pkg-config says that one compiles with it.
flags() {
    PKG_CONFIG_PATH=$(dirname "$(find "$BATS_FILE_TMPDIR/usr" -name portolan.pc)") pkg-config --cflags --libs portolan
}

# library: the folder of the shared library.
library() {
    dirname "$(find "$BATS_FILE_TMPDIR/usr" -name libportolan.so)"
}

# scans PROGRAM: it finds in a namespace what listens there, and writes it.
scans() {
    profile lan 'hosts: 127.0.0.1' 'ports: 1-2000'
    run in_ns "$LISTEN" 80 1000 -- env LD_LIBRARY_PATH="$(library)" timeout 60 "$1" lan.yaml "$BATS_TEST_TMPDIR/r.json"
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == *"127.0.0.1: 2 open, 1998 closed"* ]]
    [ "$(grep -c '^found 127.0.0.1 80 open syn-ack$' <<<"$output")" -eq 1 ]
    [ "$(jq -c .open_ports r.json)" = '[80,1000]' ]
    [ "$(jq .run.complete r.json)" = true ]
    rm r.json
}

@test "the page shows the program that is tested here" {
    awk '/^```c$/ { shown = 1; next } /^```/ { shown = 0 } shown' "$TOP/docs/embedding.md" | cmp - "$TOP/tests/embed/scan.c"
}

@test "the library exports what its header declares, and nothing else" {
    grep -oE '\bportolan_[a-z0-9_]+\(' "$BATS_FILE_TMPDIR/usr/include/portolan.h" | tr -d '(' | sort -u >declared
    nm -D --defined-only "$(library)/libportolan.so" | awk '{ print $3 }' | sort >exported
    [ "$(wc -l <declared)" -gt 20 ]
    diff declared exported
    readelf -d "$(library)/libportolan.so" | grep -q 'SONAME.*\[libportolan\.so\.[0-9]*\]'
}

@test "the header stands alone, in C and in C++, and installs nothing beside it" {
    for language in "c -std=c99" "c -std=c17" "c++ -std=c++11" "c++ -std=c++20"; do
        # shellcheck disable=SC2086  # a list of words
        gcc -x $language -Wall -Wextra -Wpedantic -Werror -fsyntax-only "$BATS_FILE_TMPDIR/usr/include/portolan.h"
    done
    [ "$(ls "$BATS_FILE_TMPDIR/usr/include")" = portolan.h ]
}

@test "by pkg-config, as C and as C++, it scans" {
    need_namespace
    # shellcheck disable=SC2046  # a list of words
    gcc -std=c11 -Wall -Wextra -Wpedantic -Werror "$TOP/tests/embed/scan.c" $(flags) -o scan
    scans ./scan
    # shellcheck disable=SC2046  # a list of words
    g++ -x c++ -std=c++11 -Wall -Wextra -Wpedantic -Werror "$TOP/tests/embed/scan.c" $(flags) -o scanpp
    scans ./scanpp
}

@test "a program that embeds it writes what portolan run writes" {
    need_namespace
    # shellcheck disable=SC2046  # a list of words
    gcc "$TOP/tests/embed/scan.c" $(flags) -o scan
    profile lan 'hosts: [127.0.0.1, 127.0.0.2, nowhere.invalid]' 'ports: 1-3000' 'seed: 7' 'order: random' \
        'min_recall: 0.25' 'expect: [{hosts: 127.0.0.1, open: "80"}, {hosts: 127.0.0.2, closed: "81"}]' \
        'report: {states: [open, closed], json: run.json}'
    # shellcheck disable=SC2016  # for the inner shell
    run in_ns "$LISTEN" 80 1000 -- env LD_LIBRARY_PATH="$(library)" sh -c \
        './scan lan.yaml embedded.json >out; "$1" run --quiet lan.yaml' sh "$PORTOLAN"
    [ "$status" -eq 4 ] # a host does not resolve
    for file in run embedded; do
        # Less what is never twice the same: times, what was in flight, open or lost meanwhile.
        jq -S 'del(.run.started, .run.finished, .run.elapsed_ms, .run.paths, .run.effective_concurrency,
                   .evidence, .summary.evidence, .targets[].evidence, '"$TIMES"')' "$file.json" >"$file.same"
    done
    [ "$(jq '.results | length' run.same)" -eq 6000 ]
    diff run.same embedded.same
}

@test "by CMake's find_package, as C and as C++, it scans, wherever it was moved to" {
    need_namespace
    mv "$BATS_FILE_TMPDIR/usr" "$BATS_FILE_TMPDIR/moved"
    cmake -S "$TOP/tests/embed" -B cmake -DCMAKE_PREFIX_PATH="$BATS_FILE_TMPDIR/moved" >log 2>&1 || cat log
    cmake --build cmake >>log 2>&1 || cat log
    mv "$BATS_FILE_TMPDIR/moved" "$BATS_FILE_TMPDIR/usr"
    scans cmake/scan
    scans cmake/scanpp
}

@test "a wrong profile is told with its place, ^C ends in order, a report that cannot be written sends nothing" {
    need_namespace
    # shellcheck disable=SC2046  # a list of words
    gcc "$TOP/tests/embed/scan.c" $(flags) -o scan
    export LD_LIBRARY_PATH
    LD_LIBRARY_PATH=$(library)
    profile bad 'hosts: 127.0.0.1' 'ports: 70000'
    run ./scan bad.yaml r.json
    [ "$status" -eq 1 ]
    [[ "$output" == "bad.yaml:2:8: "* ]]
    [ ! -e r.json ]
    profile slow 'hosts: 127.0.0.1' 'ports: 1-8000' 'rate: 10' 'order: sequential'
    # It is interrupted once it has found something, and after 60 s in any case.
    # shellcheck disable=SC2016  # for the inner shell
    run in_ns "$LISTEN" 2 -- sh -c './scan slow.yaml r.json >out & pid=$!; tries=0
        until grep -q found out || [ $tries -eq 600 ]; do sleep 0.1; tries=$((tries + 1)); done
        kill -INT $pid; wait $pid'
    [ "$status" -eq 1 ]
    grep -q '^found 127.0.0.1 2 open' out
    [ "$(jq -c '[.run.complete, .run.stopped_by]' r.json)" = '[false,"signal"]' ]
    run in_ns ./scan slow.yaml /proc/none/r.json
    [ "$status" -eq 1 ]
    [[ "$output" == *"/proc/none"* ]]
    [[ "$output" != *found* ]]
}
