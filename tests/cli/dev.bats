load helper

# What `dev` and CI do, with every tool but the shell's replaced by one that notes how it was called.
setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    mkdir -p tree/.ci tree/tests/browser tree/tests/lint bin
    cp "$TOP/dev" tree/
    cp "$TOP/.ci/run" tree/.ci/
    printf '#!/bin/sh\necho "ok 1 - a page"\n' >tree/tests/browser/run
    chmod +x tree/tests/browser/run
    stub dpkg-query 'echo installed'
    for program in promtool nginx sshd; do stub $program ':'; done
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
    [[ "$output" == *"18 passed, 0 failed" ]]
    grep -q '^cmake .*-B build-asan .*-DPTL_SANITIZE=address,undefined' calls
    grep -q '^cmake .*-B build-tsan .*-DPTL_SANITIZE=thread' calls
    grep -q '^ctest --test-dir build ' calls
    grep -q '^ctest --test-dir build-asan ' calls
    grep -q '^ctest --test-dir build-tsan ' calls
    [ "$(grep -c '^cmake --build' calls)" -eq 3 ]
    ! grep '^cmake -S' calls | grep -qv PTL_WERROR=ON
}

@test "dev test fails when a build's sanitizer is not at work" {
    sed -i 's/overflow leak undefined library/overflow leak library/' bin/ctest
    run tree/dev test
    echo "$output"
    [ "$status" -eq 1 ]
    [[ "$output" == *"build-asan has no test sanitizer_undefined"* ]]
    sed -i 's/overflow leak library/overflow leak undefined library/; s/race library/library/' bin/ctest
    run tree/dev test
    [ "$status" -eq 1 ]
    [[ "$output" == *"build-tsan has no test sanitizer_race"* ]]
}

@test "dev test fails with a failing test, and when a suite breaks off" {
    sed -i 's/, 0 tests failed/, 1 tests failed/' bin/ctest
    run tree/dev test
    [ "$status" -eq 1 ]
    [[ "$output" == *"15 passed, 3 failed" ]]
    stub ctest 'exit 1'
    run tree/dev test
    [ "$status" -eq 1 ]
    [[ "$output" == *"ctest ran no test in build"* ]]
    stub ctest 'echo "100% tests passed, 0 tests failed out of 5"'
    stub bats 'printf "1..2\nok 1 a\n"; exit 1'
    run tree/dev test
    [ "$status" -eq 1 ]
    [[ "$output" == *"bats broke off: 1 of 2 tests"* ]]
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
