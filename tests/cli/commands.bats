bats_require_minimum_version 1.5.0
load helper

@test "--version and help end with 0, no command with 2" {
    run "$PORTOLAN" --version
    [ "$status" -eq 0 ]
    [[ "$output" == "portolan "* ]]
    run "$PORTOLAN" --version extra
    [ "$status" -eq 2 ]
    [ "$output" = "portolan --version: too many arguments" ]
    run "$PORTOLAN" help
    [ "$status" -eq 0 ]
    [[ "$output" == *"commands:"* ]]
    [[ "$output" == *"--version"* ]]
    run "$PORTOLAN" --help
    [ "$status" -eq 0 ]
    [ "$output" = "$("$PORTOLAN" help)" ]
    run "$PORTOLAN" -h
    [ "$output" = "$("$PORTOLAN" help)" ]
    run "$PORTOLAN"
    [ "$status" -eq 2 ]
    [[ "$output" == "usage: portolan "*"portolan help"* ]]
}

@test "every command answers --help, and help COMMAND says the same" {
    commands=$("$PORTOLAN" help | sed -n 's/^  \([a-z]*\) .*/\1/p')
    for command in run check show plan list compare schema help; do
        [[ $'\n'"$commands"$'\n' == *$'\n'"$command"$'\n'* ]]
    done
    for command in $commands; do
        run "$PORTOLAN" "$command" --help
        [ "$status" -eq 0 ]
        [[ "$output" == "usage: portolan $command"* ]]
        first=$output
        run "$PORTOLAN" help "$command"
        [ "$output" = "$first" ]
        run "$PORTOLAN" "$command" some words -h # whatever else is there
        [ "$output" = "$first" ]
        [ "$(grep -c ' $' <<<"$first")" -eq 0 ]
        # What is prose, not a table, fits a terminal of 80 columns.
        [ "$(sed '/^options:/,$d' <<<"$first" | awk 'length > 80' | wc -l)" -eq 0 ]
    done
    run "$PORTOLAN" help nosuch
    [ "$status" -eq 2 ]
    [ "$output" = 'portolan: no command "nosuch"; see portolan help' ]
    run "$PORTOLAN" help run check
    [ "$status" -eq 2 ]
}

@test "help tells of every option, help profile of every key" {
    "$PORTOLAN" schema profile | jq -r '.properties | keys[]' >keys
    [ "$(wc -l <keys)" -gt 20 ]
    "$PORTOLAN" help profile >page
    while read -r key; do
        grep -qx "## $key" page
    done <keys
    "$PORTOLAN" schema profile | jq -r '.properties.report.properties | keys[]' >formats
    [ "$(wc -l <formats)" -gt 5 ]
    "$PORTOLAN" help run >page
    while read -r format; do
        [ "$format" = states ] || grep -q "^  --$format PATH " page
    done <formats
}

@test "a wrong command or option is status 2 with a suggestion" {
    run "$PORTOLAN" rnu x
    [ "$status" -eq 2 ]
    [[ "$output" == *"did you mean run?"* ]]
    run "$PORTOLAN" run --jsno x y
    [ "$status" -eq 2 ]
    [[ "$output" == *"did you mean --json?"* ]]
    run "$PORTOLAN" run
    [ "$status" -eq 2 ]
    run "$PORTOLAN" show a b
    [ "$status" -eq 2 ]
    run "$PORTOLAN" run --set novalue x
    [ "$status" -eq 2 ]
    run "$PORTOLAN" schema nonsense
    [ "$status" -eq 2 ]
    run "$PORTOLAN" run --set
    [ "$status" -eq 2 ]
    [ "$output" = "portolan run: --set wants KEY=VALUE" ]
    run "$PORTOLAN" run --quiet=yes x
    [ "$status" -eq 2 ]
    run "$PORTOLAN" run -q x
    [ "$status" -eq 2 ]
    [[ "$output" == *"options begin with two dashes"* ]]
    run "$PORTOLAN" --verison
    [ "$status" -eq 2 ]
    [[ "$output" == *"--version"* ]]
    run "$PORTOLAN" list x
    [ "$status" -eq 2 ]
    [ "$output" = "portolan list: too many arguments; usage: portolan list" ]
    run "$PORTOLAN" run --progress sometimes x
    [ "$status" -eq 2 ]
    [[ "$output" == *'auto, always or never, not "sometimes"'* ]]
    profile -- 'hosts: 127.0.0.1' 'ports: 80' # a file called --.yaml
    run "$PORTOLAN" check -- --.yaml
    [ "$status" -eq 0 ]
}

@test "check names every problem with file, line and column, status 3" {
    profile bad 'hosts: 127.0.0.1' 'ports: 70000' 'tiemout: 1s'
    run "$PORTOLAN" check ./bad.yaml
    [ "$status" -eq 3 ]
    [[ "$output" == *"bad.yaml:2:8: "* ]]
    [[ "$output" == *"bad.yaml:3:1: "*"timeout"* ]]
    profile good 'hosts: 127.0.0.1' 'ports: 80'
    run "$PORTOLAN" check ./good.yaml
    [ "$status" -eq 0 ]
    [ "$output" = "./good.yaml: ok" ]
}

@test "check takes several, of files, names and standard input; one bad one is status 3" {
    mkdir configs
    profile configs/saved 'hosts: 127.0.0.1' 'ports: 80'
    profile bad 'hosts: 300.1.1.1' 'ports: 80' 'ports: 81'
    run "$PORTOLAN" check saved ./bad.yaml - nosuch ./missing.yaml <<<'hosts: localhost'
    [ "$status" -eq 3 ]
    [[ "$output" == *"./configs/saved.yaml: ok"* ]]
    [[ "$output" == *"bad.yaml:1:8: "*"no address"* ]]
    [[ "$output" == *"bad.yaml:3:1: "* ]]
    [[ "$output" == *"-:1:1: ports is missing"* ]]
    [[ "$output" == *'no saved profile "nosuch" in ./configs'* ]]
    [[ "$output" == *"./missing.yaml: cannot be opened: No such file or directory"* ]]
    # The good news on standard output, the bad on standard error.
    [ "$("$PORTOLAN" check saved ./bad.yaml 2>/dev/null || true)" = "./configs/saved.yaml: ok" ]
    # A file that lies here is no saved profile, but was perhaps meant.
    profile nosuch 'hosts: 127.0.0.1' 'ports: 1'
    run "$PORTOLAN" show nosuch
    [ "$status" -eq 3 ]
    [[ "$output" == *'; did you mean "./nosuch.yaml"?' ]]
    run "$PORTOLAN" check
    [ "$status" -eq 2 ]
    run "$PORTOLAN" check /
    [ "$status" -eq 3 ]
    run "$PORTOLAN" check /dev/null
    [ "$status" -eq 3 ]
    [[ "$output" == *"/dev/null:1:1: the profile is empty"* ]]
}

@test "check does not look names up, and sends nothing" {
    profile p 'hosts: no-such-host.invalid' 'exclude_hosts: nor-this.invalid' 'ports: 80'
    run "$PORTOLAN" check ./p.yaml
    [ "$status" -eq 0 ]
}

@test "show prints a profile that loads back to the same" {
    for file in "$TOP"/configs/*.yaml; do
        (cd "$TOP" && "$PORTOLAN" show "$file") >one.yaml
        "$PORTOLAN" show ./one.yaml >two.yaml
        cmp one.yaml two.yaml
    done
}

@test "--set overrides, and a wrong one is rejected" {
    profile p 'hosts: 127.0.0.1' 'ports: 80'
    run "$PORTOLAN" show ./p.yaml --set concurrency=7 --set timeout=2s
    [ "$status" -eq 0 ]
    [[ "$output" == *"concurrency: 7"* ]]
    [[ "$output" == *"2s"* ]]
    run "$PORTOLAN" show ./p.yaml --set concurrency=zero
    [ "$status" -eq 3 ]
    run "$PORTOLAN" show ./p.yaml --set concurency=7
    [ "$status" -eq 3 ]
    [[ "$output" == *"concurrency"* ]]
    run "$PORTOLAN" show - --set hosts=127.0.0.1 --set 'ports=[22, 80]' --set report.csv=x.csv --set 'hosts=127.0.0.2' <<<'{}'
    [ "$status" -eq 0 ]
    [[ "$output" == *'"127.0.0.2"'* ]] # the last one counts
    [[ "$output" == *'ports: "22,80"'* ]]
    [[ "$output" == *'csv: "x.csv"'* ]]
}

@test "show needs no name to resolve, and says what is wrong" {
    profile p 'hosts: no-such-host.invalid' 'ports: http'
    run "$PORTOLAN" show ./p.yaml
    [ "$status" -eq 0 ]
    [[ "$output" == *'"no-such-host.invalid"'* ]]
    [[ "$output" == *'name: "p"'* ]]
    run "$PORTOLAN" show ./missing.yaml
    [ "$status" -eq 3 ]
    run "$PORTOLAN" show
    [ "$status" -eq 2 ]
    # What profile_sha256 is of.
    need_namespace
    "$PORTOLAN" show "$TOP/configs/localhost.yaml" | sha256sum | cut -d ' ' -f 1 >sum
    in_ns "$PORTOLAN" run "$TOP/configs/localhost.yaml" --json r.json --quiet
    [ "$(jq -r .run.profile_sha256 r.json)" = "$(cat sum)" ]
}

@test "saved profiles are found by name, in order, and listed" {
    mkdir -p configs one
    profile configs/here 'description: of here' 'hosts: 127.0.0.1' 'ports: 80'
    profile one/other 'description: of another place' 'hosts: 127.0.0.1' 'ports: 81'
    run "$PORTOLAN" list
    [ "$status" -eq 0 ]
    [[ "$output" == *"of here"* ]]
    [[ "$output" != *"another place"* ]]
    PORTOLAN_PATH=one run "$PORTOLAN" list
    [[ "$output" == *"another place"* ]]
    run "$PORTOLAN" check here
    [ "$status" -eq 0 ]
    run "$PORTOLAN" check her
    [ "$status" -eq 3 ]
    [[ "$output" == *"here"* ]]
}

@test "list: the first place hides the later ones, each by name; none is no error" {
    run "$PORTOLAN" list
    [ "$status" -eq 0 ]
    [[ "$output" == *"no saved profile in "* ]]
    mkdir -p one two configs .config/portolan xdg/portolan
    profile one/lan-dmz 'description: a' 'hosts: 127.0.0.1' 'ports: 80'
    profile one/lan 'description: b' 'hosts: 127.0.0.1' 'ports: 80'
    profile two/lan 'description: hidden' 'hosts: 127.0.0.1' 'ports: 80'
    profile two/other 'description: c' 'hosts: 127.0.0.1' 'ports: 80'
    profile .config/portolan/mine 'description: d' 'hosts: 127.0.0.1' 'ports: 80'
    profile xdg/portolan/mine 'description: e' 'hosts: 127.0.0.1' 'ports: 80'
    touch one/notes.txt one/.hidden.yaml
    PORTOLAN_PATH=one:nowhere:two run "$PORTOLAN" list
    [ "$status" -eq 0 ]
    [ "$(awk 'NR > 1 { print $1, $2 }' <<<"$output")" = $'lan b\nlan-dmz a\nother c\nmine d' ]
    XDG_CONFIG_HOME="$PWD/xdg" run "$PORTOLAN" list
    [ "$(awk 'NR > 1 { print $1, $2 }' <<<"$output")" = 'mine e' ]
    # cron may have no HOME at all
    run env -u HOME "$PORTOLAN" list
    [ "$status" -eq 0 ]
}

@test "plan counts without a probe" {
    profile p 'hosts: [127.0.0.0/24, 127.0.0.5]' 'exclude_hosts: 127.0.0.0-9' 'ports: 1-100' 'timeout: 1s' 'retries: 0' 'concurrency: 246'
    run "$PORTOLAN" plan ./p.yaml
    [ "$status" -eq 0 ]
    [[ "$output" == *"targets      246"* ]]
    [[ "$output" == *"probes       24600"* ]]
    [[ "$output" == *"worst case   1m40s"* || "$output" == *"worst case   100s"* ]]
}

@test "plan: names, warnings, what is left out; no probe is sent" {
    need_nft
    profile p 'hosts: [127.0.0.0/24, no-such-host.invalid]' 'ports: 1-65535' 'rate: 500' 'engine: threads' 'concurrency: 1000000'
    cat >go <<'SH'
nft 'add table ip t; add counter ip t syns; add chain ip t c { type filter hook input priority 0; }'
nft 'add rule ip t c tcp flags & (syn|ack) == syn counter name syns'
"$1" plan ./p.yaml
echo "status $?"
nft list counter ip t syns
SH
    run in_ns sh ./go "$PORTOLAN"
    [[ "$output" == *"status 4"* ]]
    [[ "$output" == *"targets      256"* ]]
    [[ "$output" == *"  ... and 246 more"* ]]
    [[ "$output" == *"ports        65535 each"* ]]
    [[ "$output" == *"probes       16776960"* ]]
    [[ "$output" == *"rate         500 attempts a second"* ]]
    [[ "$output" == *"warning: concurrency 1000000 is more than "* ]]
    [[ "$output" == *"unresolved: no-such-host.invalid: "* ]]
    [[ "$output" == *"packets 0 "* ]]
    run "$PORTOLAN" plan ./p.yaml --set hosts=127.0.0.1 --set ports=80 --set engine=events --set deadline=5s
    [ "$status" -eq 0 ]
    [[ "$output" == *"probes       1"* ]]
    [[ "$output" == *"engine       events, 1 worker"* ]]
    run "$PORTOLAN" plan ./p.yaml --set hosts=198.18.0.1
    [ "$status" -eq 3 ]
    [[ "$output" == *'add "198.18.0.1" to scope'* ]]
    run "$PORTOLAN" plan ./p.yaml --set hosts=127.0.0.1 --set exclude_hosts=127.0.0.0/8
    [ "$status" -eq 3 ]
    [[ "$output" == *"no target is left"* ]]
    run "$PORTOLAN" plan ./p.yaml ./p.yaml
    [ "$status" -eq 2 ]
}

@test "nothing outside the scope is sent; the error names the line to add" {
    need_namespace # should the check ever fail, nothing can leave
    profile p 'hosts: 198.18.0.1' 'ports: 80'
    run in_ns "$PORTOLAN" run ./p.yaml
    [ "$status" -eq 3 ]
    [[ "$output" == *"198.18.0.1"*"scope"* ]]
}

@test "standard input is read once; a PATH is no option: status 2, nothing is written" {
    profile p 'hosts: 127.0.0.1' 'ports: 80'
    for words in 'run - -' 'check - p -' 'compare - -' 'diff - -' 'merge - x -'; do
        # shellcheck disable=SC2086  # words
        run "$PORTOLAN" $words </dev/null
        echo "$words: $output"
        [ "$status" -eq 2 ]
        [ "$output" = "portolan ${words%% *}: standard input can be read once only" ]
    done
    run "$PORTOLAN" run ./p.yaml --json --quiet
    [ "$status" -eq 2 ]
    [ "$output" = "portolan run: --json wants a PATH, not --quiet; ./--quiet is a file of that name" ]
    [ ! -e ./--quiet ]
    run "$PORTOLAN" compare ./p.yaml --json same --csv ./same
    [ "$status" -eq 2 ]
    [ "$output" = "portolan compare: json and csv both go to ./same" ]
    [ ! -e same ]
}

@test "plan tells the worst case as people tell a time" {
    profile p 'hosts: 127.0.0.1' 'ports: 1-9253' 'timeout: 100ms' 'retries: 0' 'concurrency: 1' 'adaptive: false'
    run "$PORTOLAN" plan p.yaml
    [ "$status" -eq 0 ]
    [[ "$output" == *"worst case   15m25s: "* ]]
}

@test "list and run know NAME.yml, too; beside NAME.yaml it is hidden" {
    mkdir configs
    profile configs/lan 'description: long' 'hosts: 127.0.0.1' 'ports: 80'
    cp configs/lan.yaml configs/lan.yml
    profile configs/dmz 'description: short' 'hosts: 127.0.0.1' 'ports: 80'
    mv configs/dmz.yaml configs/dmz.yml
    run "$PORTOLAN" list
    [ "$status" -eq 0 ]
    [ "$(awk 'NR > 1 { print $1, $2, $3 }' <<<"$output")" = $'dmz short ./configs/dmz.yml\nlan long ./configs/lan.yaml' ]
    run "$PORTOLAN" check dmz
    [ "$status" -eq 0 ]
    [ "$output" = "./configs/dmz.yml: ok" ]
}

@test "plan warns of a block whose host bits are set, and of others with it once" {
    profile p 'hosts: [127.0.0.5/24, 127.0.1.0/24]' 'ports: 80'
    run --separate-stderr "$PORTOLAN" plan p.yaml
    [ "$status" -eq 0 ]
    [ "$stderr" = "warning: 127.0.0.5/24 is every address of 127.0.0.0/24: its host bits are set" ]
    profile p 'hosts: [127.0.0.5/24, 127.0.1.1/24]' 'ports: 80'
    run --separate-stderr "$PORTOLAN" plan p.yaml
    [ "$stderr" = "warning: 127.0.0.5/24 is every address of 127.0.0.0/24: its host bits are set, as in 1 more of hosts" ]
}

@test "plan and check warn of host bits in exclude_hosts, too" {
    profile p 'hosts: 127.0.0.0/16' 'exclude_hosts: [127.0.0.5/24, 127.0.1.1/24]' 'ports: 80'
    told="127.0.0.5/24 is every address of 127.0.0.0/24: its host bits are set, as in 1 more of exclude_hosts"
    run --separate-stderr "$PORTOLAN" plan p.yaml
    [ "$stderr" = "warning: $told" ]
    run --separate-stderr "$PORTOLAN" check ./p.yaml
    [ "$status" -eq 0 ]
    [ "$stderr" = "./p.yaml:2:17: warning: $told" ]
}

@test "check warns of host bits, with the place, and the profile is good" {
    profile p 'hosts:' '  - 127.0.1.0/24' '  - "file: more"' 'exclude_hosts: 127.0.1.7' 'ports: 80'
    printf '127.0.2.0/24\n127.0.3.0-127.0.3.9 # a range\n 127.0.4.9/30\n' >more
    run --separate-stderr "$PORTOLAN" check ./p.yaml
    [ "$status" -eq 0 ]
    [ "$output" = "./p.yaml: ok" ]
    [ "$stderr" = "./more:3:2: warning: 127.0.4.9/30 is every address of 127.0.4.8/30: its host bits are set" ]
    run --separate-stderr "$PORTOLAN" check --hosts 127.0.0.5/24,127.0.0.1/8 --ports 80
    [ "$status" -eq 0 ]
    [ "$stderr" = "--hosts: warning: 127.0.0.5/24 is every address of 127.0.0.0/24: its host bits are set, as in 1 more of hosts" ]
}
