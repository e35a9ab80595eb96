load helper
bats_require_minimum_version 1.5.0

# What `dev` and CI do, with every tool but the shell's replaced by one that notes how it was called.
setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    mkdir -p tree/.ci tree/tests/browser tree/tests/lint tree/tests/cli tree/tests/accuracy bin
    touch tree/tests/cli/one.bats tree/tests/cli/realnet.bats tree/tests/accuracy/two.bats
    cp "$TOP/dev" tree/
    cp "$TOP/.ci/run" tree/.ci/
    printf '#!/bin/sh\nprintf "1..1\nok 1 - a page\n1..1\nok 1 - another\n"\n' >tree/tests/browser/run
    chmod +x tree/tests/browser/run
    stub dpkg-query 'echo installed'
    stub nproc 'echo 2' # as many queues, whatever the machine
    for program in promtool nginx sshd dma; do stub $program ':'; done
    SCHEMAS=$(sed -n 's/.* SCHEMAS_FILE=//p' "$TOP/dev")
    mkdir -p tree/build/tools
    touch "tree/build/tools/$SCHEMAS"
    stub cmake ':'
    stub setarch 'shift 2; exec "$@"'
    stub bats 'printf "1..2\nok 1 a\nok 2 b\n"'
    # shellcheck disable=SC2016  # the stub's own variables
    stub ctest 'case $2 in
        build-asan) names="overflow leak undefined library" ;;
        build-tsan) names="race library" ;;
        esac
        for name in a $names; do echo "1/1 Test  #1: sanitizer_$name ....   Passed"; done
        echo "100% tests passed, 0 tests failed out of 5"'
    export PATH="$PWD/bin:$PATH"
}

# stub NAME SCRIPT: a command that notes its arguments and then does what the script says.
stub() {
    printf '#!/bin/sh\necho "%s $*" >>"%s/calls"\n%s\n' "$1" "$PWD" "$2" >"bin/$1"
    chmod +x "bin/$1"
}

@test "dev test builds and tests with the address, undefined and thread sanitizers" {
    run tree/dev test
    echo "$output"
    [ "$status" -eq 0 ]
    [ "${lines[-1]}" = "23 passed, 0 failed" ]
    [[ "$output" != *failed:* ]]
    grep -q '^cmake .*-B build-asan .*-DPTL_SANITIZE=address,undefined' calls
    grep -q '^cmake .*-B build-tsan .*-DPTL_SANITIZE=thread' calls
    grep -q '^ctest --test-dir build ' calls
    grep -q '^ctest --test-dir build-asan ' calls
    grep -q '^ctest --test-dir build-tsan ' calls
    [ "$(grep -c '^cmake --build' calls)" -eq 3 ]
    ! grep '^cmake -S' calls | grep -qv PTL_WERROR=ON
}

# ends_with LINE...: dev test has failed, and this is what it says last.
ends_with() {
    run tree/dev test
    echo "$output"
    [ "$status" -eq 1 ]
    [ "$(printf '%s\n' "${lines[@]: -$#}")" = "$(printf '%s\n' "$@")" ]
}

@test "dev test fails when a build's sanitizer is not at work" {
    sed -i 's/overflow leak undefined library/overflow leak library/' bin/ctest
    ends_with '== failed:' \
        '   build-asan has no test sanitizer_undefined: was it built with that sanitizer?' \
        '23 passed, 1 failed'
    sed -i 's/overflow leak library/overflow leak undefined library/; s/race library/library/' bin/ctest
    ends_with '== failed:' \
        '   build-tsan has no test sanitizer_race: was it built with that sanitizer?' \
        '23 passed, 1 failed'
}

@test "dev test names what failed, in each part" {
    stub ctest 'for name in overflow leak undefined library race; do
            echo "1/1 Test  #1: sanitizer_$name ....   Passed"
        done
        [ "$2" != build-asan ] || { printf "50%% tests passed, 2 tests failed out of 4\n\nThe following tests FAILED:\n\t  7 - a_test (Failed)\n\t 19 - another (Timeout)\nErrors while running CTest\n"; exit 8; }
        echo "100% tests passed, 0 tests failed out of 5"'
    stub bats 'printf "1..2\nok 1 a\n"
        case $* in *two*) printf "not ok 2 b - c\n# (in a file)\n"; exit 1 ;; esac
        echo "ok 2 b - c"'
    printf '#!/bin/sh\nprintf "1..1\\nok 1 - a\\n1..2\\nnot ok 1 - b\\nok 2 - c\\n"; exit 1\n' >tree/tests/browser/run
    ends_with '== failed:' \
        '   tests/accuracy/two.bats: b - c' \
        '   tests/browser: b' \
        '   build-asan: a_test (Failed)' \
        '   build-asan: another (Timeout)' \
        '19 passed, 4 failed'
}

@test "dev test goes on when a suite breaks off, and counts it as a failure" {
    stub bats 'case $* in *one*) printf "1..3\nok 1 a\n"; exit 1 ;; esac
        printf "1..2\nok 1 a\nok 2 b\n"'
    ends_with '== failed:' '   tests/cli/one.bats broke off: 1 of 3 tests' '22 passed, 1 failed'
    stub bats 'case $* in *one*) echo "no such syntax" >&2; exit 1 ;; esac
        printf "1..2\nok 1 a\nok 2 b\n"'
    ends_with '== failed:' '   tests/cli/one.bats broke off: 0 of 0 tests' '21 passed, 1 failed'
    stub bats 'printf "1..2\nok 1 a\nok 2 b\n"; exit 1'
    ends_with '== failed:' '   tests/cli/one.bats ended with an error' \
        '   tests/cli/realnet.bats ended with an error' \
        '   tests/accuracy/two.bats ended with an error' '23 passed, 3 failed'
    # shellcheck disable=SC2016  # the stub's own variables
    stub bats 'printf "1..1\nok 1 a\n"; case $* in *one*) kill -KILL "$PPID" ;; esac' # which was to note its end
    ends_with '== failed:' '   tests/cli/one.bats ended with an error' '20 passed, 1 failed'
    stub bats 'printf "1..2\nok 1 a\nok 2 b\n"'
    printf '#!/bin/sh\necho "no driver" >&2; exit 1\n' >tree/tests/browser/run
    ends_with '== failed:' '   tests/browser broke off: 0 of 0 tests' '21 passed, 1 failed'
    # shellcheck disable=SC2016  # the stub's own variables
    sed -i 's/^case/[ "$2" != build ] || exit 1; case/; 2s/.*/&\n[ "$2" != build ] || exit 1/' bin/ctest
    ends_with '== failed:' '   build: ctest ran no test' '   tests/browser broke off: 0 of 0 tests' \
        '16 passed, 2 failed'
}

@test "dev test goes on when a build breaks, and tests nothing that is old" {
    # shellcheck disable=SC2016  # the stub's own variables
    stub cmake 'case $* in "--build build-asan" | "--build ${BROKEN:-build-asan}") echo "error: no semicolon"; exit 1 ;; esac'
    ends_with '== failed:' '   build-asan could not be built: its tests were not run' '18 passed, 1 failed'
    ! grep -q '^ctest.* build-asan' calls
    rm calls
    export BROKEN=build
    ends_with '== failed:' '   build could not be built: its tests were not run' \
        '   build-asan could not be built: its tests were not run' '5 passed, 2 failed'
    ! grep -q '^bats' calls
    stub cmake 'case $* in *"-B build-tsan"*) echo "no compiler"; exit 1 ;; esac'
    ends_with '== failed:' '   build-tsan could not be built: its tests were not run' '18 passed, 1 failed'
    [[ "$output" == *'no compiler'* ]]
}

@test "dev test goes on without the packages that cannot be had" {
    stub dpkg-query 'case $3 in cmake | chromium | nmap) exit 1 ;; esac; echo installed'
    stub id 'echo 0'
    stub apt-get 'case $* in *install*chromium*) echo "E: no chromium"; exit 100 ;; esac'
    ends_with '== failed:' '   not every one of BROWSER_PACKAGES could be installed' '23 passed, 1 failed'
    [[ "$output" == *'E: no chromium'* ]]
    grep -q '^apt-get .* install .* cmake$' calls
    grep -q '^apt-get .* install .* nmap$' calls
    stub apt-get ':'
    stub python3 'case $* in *"-m pip"*) exit 1 ;; esac'
    rm tree/build/tools/*
    # The Job has a schema in the tree as well: what is missing is said, and is no failure.
    run tree/dev test
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == *'== the Job of configs/cluster is held against tests/cluster/job.schema.json alone'* ]]
    [ "${lines[-1]}" = "23 passed, 0 failed" ]
    grep -q '^python3 -m pip .* --require-hashes ' calls
    touch "tree/build/tools/$SCHEMAS"
    rm bin/nginx
    stub apt-get 'exit 100'
    [ ! -x /usr/sbin/nginx ] || skip "nginx is installed here"
    run tree/dev test
    echo "$output"
    [[ "$output" == *"nginx could not be unpacked"* ]]
    [ "${lines[-1]}" = "23 passed, 4 failed" ]
}

@test "dev test runs sanitizers where addresses are not randomised, if it may" {
    run tree/dev test
    [ "$status" -eq 0 ]
    for dir in build-asan build-tsan; do grep -q "^setarch .* -R ctest --test-dir $dir " calls; done
    stub setarch 'exit 1' # as where a container forbids it
    run tree/dev test
    echo "$output"
    [ "$status" -eq 0 ]
    [ "${lines[-1]}" = "23 passed, 0 failed" ]
}

@test "dev test lets no test hang for ever" {
    # shellcheck disable=SC2016  # the stub's own variables
    stub bats '[ "$BATS_TEST_TIMEOUT" -gt 0 ] && printf "1..1\nok 1 a\n"'
    run env -u BATS_TEST_TIMEOUT tree/dev test # of this bats, too, which needs it to the end
    [ "$status" -eq 0 ]
}

@test "dev test tells the totals however it ends" {
    # shellcheck disable=SC2016  # the stub's own variables
    stub setarch 'case $* in *build-tsan*) kill -TERM "$PPID"; exit ;; esac; shift 2; exec "$@"'
    ends_with '== failed:' '   build-tsan: ctest ran no test' \
        '   build-tsan has no test sanitizer_race: was it built with that sanitizer?' \
        '   build-tsan has no test sanitizer_library: was it built with that sanitizer?' '18 passed, 3 failed'
    # And leaves nothing behind that ran beside: the queues, or the builds with sanitizers.
    stub bats 'case $* in
        *realnet*) echo $$ >beside; exec sleep 60 ;;
        *two*) until [ -s beside ]; do sleep 0.1; done; kill -TERM $(ps -o ppid= -p "$PPID") ;;
        *) printf "1..1\nok 1 a\n" ;;
        esac'
    broke_off '[56]'
    stub bats 'printf "1..2\nok 1 a\nok 2 b\n"'
    # shellcheck disable=SC2016  # the stub's own variables
    stub setarch 'case $* in *ctest*) echo $$ >beside; exec sleep 60 ;; esac'
    printf '#!/bin/sh\nuntil [ -s beside ]; do sleep 0.1; done; kill -TERM "$PPID"\n' >tree/tests/browser/run
    broke_off 11
}

# broke_off PASSED: so does dev test, after so many; what has noted its number in `beside` ends as well.
broke_off() {
    rm -f tree/beside
    run tree/dev test
    echo "$status $output"
    [ "$status" -ne 0 ]
    [ "${lines[-2]}" = '   ./dev test itself broke off' ]
    [[ "${lines[-1]}" =~ ^$1' passed, 1 failed'$ ]]
    for _ in $(seq 100); do kill -0 "$(cat tree/beside)" 2>./gone || break; sleep 0.1; done
    run ! kill -0 "$(cat tree/beside)"
}

@test "CI runs every test, then lint, and ends where one fails" {
    printf '#!/bin/sh\necho "dev $*" >>"%s/calls"\nexit "${FAILS:-0}"\n' "$PWD" >tree/dev
    tree/.ci/run
    [ "$(cat calls)" = "dev test
dev lint" ]
    rm calls
    FAILS=1 run tree/.ci/run
    [ "$status" -eq 1 ]
    [ "$(cat calls)" = "dev test" ]
}
