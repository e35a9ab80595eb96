# The manual page and the completion: made of the tables, so all that is tested is that they work.
load helper

# complete_after WORD...: what is offered for the last word, one a line.
complete_after() {
    "$PORTOLAN" help completion >completion
    # compopt works in a completion that readline began, not here.
    bash -c 'compopt() { :; }; source ./completion; program=$1; shift
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _portolan "$program"
        printf "%s\n" "${COMPREPLY[@]}"' bash "$PORTOLAN" portolan "$@"
}

@test "the manual page is sound troff and tells of every command, option and key" {
    command -v mandoc >/dev/null || without "mandoc is missing; ./dev test installs it"
    "$PORTOLAN" help man >portolan.1
    run mandoc -T lint -W warning portolan.1
    [ "$(grep -cv 'missing date' <<<"$output")" -eq 0 ]
    mandoc -T utf8 -O width=200 portolan.1 | sed $'s/.\b//g' >page
    "$PORTOLAN" help | sed -n 's/^  \([a-z]*\) .*/\1/p' >commands
    while read -r command; do
        grep -q "^   $command\b" page
        "$PORTOLAN" help "$command" | grep -o '^  --[a-z-]*' | tr -d ' ' | grep -v '^--help$' >options || true
        while read -r option; do
            grep -q -- "^ *$option\b" page
        done <options
    done <commands
    grep -q '^ *exclude_hosts$' page
    grep -q '^ *130, 143, 129$' page
}

@test "the completion is sound bash" {
    "$PORTOLAN" help completion >completion
    bash -n completion
    command -v shellcheck >/dev/null || without "shellcheck is missing; ./dev test installs it"
    shellcheck -s bash completion
}

@test "the completion offers commands, options, values, keys, profiles and files" {
    mkdir configs results
    profile configs/saved 'hosts: 127.0.0.1' 'ports: 80'
    profile here 'hosts: 127.0.0.1' 'ports: 80'
    touch results.json
    [ "$(complete_after c | sort | tr '\n' ' ')" = "check compare convert " ]
    [ "$(complete_after --v)" = --version ]
    [ "$(complete_after run --j | sort | tr '\n' ' ')" = "--journal --json --jsonl --junit " ]
    [ "$(complete_after run --progress a | tr '\n' ' ')" = "auto always " ]
    [ "$(complete_after show --set conc)" = concurrency= ]
    [ "$(complete_after run sa)" = saved ]
    [ "$(complete_after run he)" = here.yaml ]
    [ "$(complete_after plan here.yaml --set exclude_p)" = exclude_ports= ]
    [ "$(complete_after schema prof)" = profile ]
    [ "$(complete_after help com | sort | tr '\n' ' ')" = "compare completion " ]
    [ "$(complete_after convert results.)" = results.json ]
    [ "$(complete_after list x)" = "" ]
}

@test "names of files are never run by the completion" {
    mkdir configs
    profile 'configs/a$(touch ran)' 'hosts: 127.0.0.1' 'ports: 80'
    profile 'a$(touch ran)' 'hosts: 127.0.0.1' 'ports: 80'
    complete_after run a | grep -qF 'a$(touch'
    complete_after convert a
    [ ! -e ran ]
}

@test "cmake --install puts the program, its page and its completion in place" {
    DESTDIR="$PWD/root" run cmake --install "$TOP/build" --prefix /usr
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$(root/usr/bin/portolan --version)" == "portolan "* ]]
    "$PORTOLAN" help man | cmp - root/usr/share/man/man1/portolan.1
    "$PORTOLAN" help completion | cmp - root/usr/share/bash-completion/completions/portolan
}
