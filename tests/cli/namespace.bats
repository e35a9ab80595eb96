# Where the tests scan: tests/support/namespace finds a network namespace, or says that there is none.
load helper

# refusing OPTION [FURTHER]: from here on unshare fails with this option; else it is given FURTHER as well.
refusing() {
    mkdir -p bin
    printf '#!/bin/sh\ncase " $* " in *" %s "*) echo "unshare: unshare failed: refused" >&2; exit 1 ;; esac\nexec "%s" %s "$@"\n' \
        "$1" "$(command -v unshare)" "${2-}" >bin/unshare
    chmod +x bin/unshare
    export PATH="$PWD/bin:$PATH"
}

@test "a namespace has nothing but lo, and lo is up" {
    need_namespace
    run in_ns ip -o link show up
    [[ "$output" == "1: lo: "* ]]
    [ "${#lines[@]}" -eq 1 ]
    # Its status is the command's, and so are its arguments.
    run in_ns -m sh -c 'echo "$1" && exit 9' sh 'a  b'
    [ "$status" -eq 9 ]
    [ "$output" = "a  b" ]
}

@test "where user namespaces are refused, root has a plain one" {
    need_namespace
    # Whoever is not root makes what passes for a plain one in a user namespace.
    local really=""
    if unshare -rn true 2>/dev/null; then really=--map-root-user; fi
    refusing -r "$really"
    run unshare -r true
    [ "$status" -eq 1 ]
    run in_ns -m "$LISTEN" 22 -- sh -c 'ip -o link show up && ls /proc/self/ns/mnt'
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == "1: lo: "* ]]
}

@test "where every namespace is refused, it says so and ends with 77" {
    refusing -n
    run in_ns touch made
    [ "$status" -eq 77 ]
    [ "$output" = "no network namespace can be made here: unshare: unshare failed: refused" ]
    [ ! -e made ]
}
