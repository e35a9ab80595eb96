# What the README says is true: its commands run, its profile loads, its links lead somewhere.
load helper

# blocks KIND: the lines of the README's code blocks of that kind.
blocks() {
    awk -v kind="$1" '
        /^```/ { fence = !fence; shown = fence && $0 == "```" kind; next }
        shown' "$TOP/README.md"
}

@test "the README's order: what it is, lawful use, two commands, a profile, the outputs, statuses" {
    printf '%s\n' '# portolan' '## Lawful use' '## Two commands' '## A profile explained' \
        '## The three outputs' '## Exit statuses' >wanted
    awk '/^```/ { fence = !fence } !fence && /^#/' "$TOP/README.md" | grep -xFf wanted | cmp - wanted
}

@test "every command of the README's blocks runs as it stands there" {
    need_namespace
    blocks '' | sed 's/ *#.*//' | grep -E '^([a-z./]*/)?(dev|portolan|jq) ' >commands
    # The two commands have tests of their own: the next one, and the run that this test is part of.
    grep -E '^\./dev ' commands >entrance
    printf '%s\n' './dev run configs/localhost.yaml' './dev test' | cmp - entrance
    "$TOP/dev" help | grep -q '^./dev test '
    cp -r "$TOP/configs" .
    mkdir build reports
    ln -s "$PORTOLAN" build/portolan
    while read -r line; do
        run in_ns "$LISTEN" 22 9999 -- sh -c "$line --quiet"
        echo "$line: $output"
        [ "$status" -eq 0 ]
    done < <(grep -vE '^\./dev ' commands)
}

@test "a fresh clone: ./dev run, then jq, as the README says, and both again" {
    need_namespace
    first='./dev run configs/localhost.yaml'
    mkdir clone
    (cd "$TOP" && tar -cf - CMakeLists.txt cmake dev src include configs tests reports/.gitignore) | tar -xf - -C clone
    cd clone
    # Everything is installed where this test runs: nothing is asked of a network that is not there.
    run in_ns "$LISTEN" 22 9999 -- sh -c "$first"
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == *"COMPLETE"* ]]
    [ -x build/portolan ]
    grep -Fq "\`jq .open_ports reports/results.json\`" "$TOP/README.md"
    [ "$(jq -c .open_ports reports/results.json)" = "[22,9999]" ]
    [ "$(wc -l <reports/results.csv)" -eq 3 ]
    run in_ns "$LISTEN" 22 -- sh -c "$first" # and again
    [ "$status" -eq 0 ]
    [ "$(jq -c .open_ports reports/results.json)" = "[22]" ]
}

@test "the README's profile is configs/localhost.yaml" {
    mkdir configs
    blocks yaml >configs/localhost.yaml
    "$PORTOLAN" show configs/localhost.yaml >readme
    "$PORTOLAN" show "$TOP/configs/localhost.yaml" | cmp - readme
}

@test "every command and option that the docs name exists" {
    "$PORTOLAN" help | sed -n 's/^  \([a-z]*\) .*/\1/p' >commands
    while read -r command; do "$PORTOLAN" help "$command"; done <commands >help
    "$PORTOLAN" help >>help
    grep -oh '`portolan [a-z][^`]*`' "$TOP"/README.md "$TOP"/docs/*.md | tr -d '`' | sort -u >named
    cat named
    grep -q '^portolan check$' named
    while read -r _ command _; do
        grep -qx "$command" commands
    done <named
    # Only those that stand alone or with their argument: others are of other programs.
    grep -oh '`--[a-z-]*[^`]*`' "$TOP/README.md" "$TOP/docs/outputs.md" | grep -o '^`--[a-z-]*' | tr -d '`' | sort -u >options
    cat options
    grep -qx -- --set options
    while read -r option; do
        grep -q -- "$option\b" help
    done <options
}

@test "every profile of configs/ runs as it is; the example of a LAN is only planned" {
    need_ipv6
    cp -r "$TOP/configs" .
    mkdir reports
    "$PORTOLAN" check configs/*.yaml
    for file in configs/*.yaml; do
        grep -q '^# yaml-language-server: $schema=../docs/schema/profile.json$' "$file"
        name=$(basename "$file" .yaml)
        command=run
        [ "$name" != lan-audit ] || command=plan
        run in_ns "$LISTEN" 22 80 -- "$PORTOLAN" $command "$name"
        echo "$output"
        [ "$status" -eq 0 ]
        [ $command = plan ] || [[ "$output" == *"COMPLETE"*"22/tcp"* ]]
    done
    [ "$(jq -c .open_ports reports/results.json reports/localhost-*.json reports/full.json | sort -u)" = "[22,80]" ]
}
@test "every link of the README and of docs/ leads to a file" {
    count=0
    for page in "$TOP"/README.md "$TOP"/docs/*.md; do
        while read -r link; do
            [ -z "$link" ] || [ -e "$(dirname "$page")/$link" ] || { echo "$page: $link"; exit 1; }
            count=$((count + 1))
        done < <(grep -o '](\([^)#]*\)[^)]*)' "$page" | sed 's/^](//; s/[)#].*//' | grep -v '^[a-z]*:')
    done
    [ "$count" -gt 5 ]
}

