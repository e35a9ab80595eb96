load helper

@test "--version and help end with 0, no command with 2" {
    run "$PORTOLAN" --version
    [ "$status" -eq 0 ]
    [[ "$output" == "portolan "* ]]
    run "$PORTOLAN" help
    [ "$status" -eq 0 ]
    [[ "$output" == *"commands:"* ]]
    run "$PORTOLAN"
    [ "$status" -eq 2 ]
}

@test "every command answers --help, and help COMMAND says the same" {
    for command in run check show plan list compare schema help; do
        run "$PORTOLAN" "$command" --help
        [ "$status" -eq 0 ]
        [[ "$output" == "usage: portolan $command"* ]]
        first=$output
        run "$PORTOLAN" help "$command"
        [ "$output" = "$first" ]
    done
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

@test "plan counts without a probe" {
    profile p 'hosts: [127.0.0.0/24, 127.0.0.5]' 'exclude_hosts: 127.0.0.0-9' 'ports: 1-100' 'timeout: 1s' 'retries: 0' 'concurrency: 246'
    run "$PORTOLAN" plan ./p.yaml
    [ "$status" -eq 0 ]
    [[ "$output" == *"targets      246"* ]]
    [[ "$output" == *"probes       24600"* ]]
    [[ "$output" == *"worst case   1m40s"* || "$output" == *"worst case   100s"* ]]
}

@test "nothing outside the scope is sent; the error names the line to add" {
    need_namespace # should the check ever fail, nothing can leave
    profile p 'hosts: 198.18.0.1' 'ports: 80'
    run in_ns "$PORTOLAN" run ./p.yaml
    [ "$status" -eq 3 ]
    [[ "$output" == *"198.18.0.1"*"scope"* ]]
}
