# docs/compatibility.md, kept. The files of tests/cli/old are never changed, only added to.
load helper

@test "results that earlier versions wrote are read, and nothing of them is lost" {
    for old in "$TOP"/tests/cli/old/results-1*.json; do
        "$PORTOLAN" convert "$old" --json now.json --csv now.csv --text now.text --quiet
        # What was there is there, with the same value; keys were only added.
        jq -n --slurpfile old "$old" --slurpfile now now.json -e '
            [$old[0] | paths(scalars)] as $paths
            | ($paths | length > 50) and all($paths[]; . as $path | ($old[0] | getpath($path)) == ($now[0] | getpath($path)))'
        run /usr/bin/python3 "$TOP/tests/cli/validate.py" "$TOP/docs/schema/results.json" accept now.json
        echo "$output"
        [ "$status" -eq 0 ]
        [ "$(wc -l <now.csv)" -eq "$(jq '.results | length + 1' now.json)" ]
        run "$PORTOLAN" diff "$old" now.json --quiet --json diff.json
        # Of a run that was incomplete then, no difference is all that can be told.
        [ "$status" -eq "$(jq 'if .run.complete and .unresolved == [] then 0 else 4 end' "$old")" ]
        jq -e '.different | not' diff.json
        # Where not all targets are listed, nothing can be merged; without its missing shards it is not whole.
        run "$PORTOLAN" merge "$old" --quiet --json merged.json
        [ "$status" -eq "$(jq 'if .summary.targets > 65536 then 3 elif .run.missing_shards then 4 else 0 end' "$old")" ]
        [ "$status" -ne 4 ] || jq -e '.run.complete == false' merged.json
    done
}

@test "jsonl that earlier versions wrote is read" {
    "$PORTOLAN" convert "$TOP/tests/cli/old/results-1.jsonl" --json lines.json --quiet
    "$PORTOLAN" convert "$TOP/tests/cli/old/results-1.json" --json now.json --quiet
    cmp lines.json now.json
}

@test "files of a later version are read, less what is new in them" {
    "$PORTOLAN" convert "$TOP/tests/cli/old/results-1.json" --json now.json --quiet
    jq '.new = [1, {"a": null}] | .run.new = "x" | .summary.new = {} | .targets[].new = [[]] | .results[].new = 1.5
        | .expectations[].new = true | .unresolved[].new = 0 | .tool.new = ""' now.json >later.json
    "$PORTOLAN" convert later.json --json - | cmp - now.json
    sed 's|portolan-results/1|portolan-results/2|' now.json >two.json
    run "$PORTOLAN" convert two.json
    [ "$status" -eq 3 ]
    [[ "$output" == *'two.json:1:12: the file is "portolan-results/2" and this version of portolan reads "portolan-results/1" only' ]]
}

@test "schemas have only been added to" {
    for name in results comparison diff history index; do
        for old in "$TOP"/tests/cli/old/schema-"$name"-1*.json; do
            run /usr/bin/python3 "$TOP/tests/cli/superset.py" "$old" "$TOP/docs/schema/$name.json"
            echo "$output"
            [ "$status" -eq 0 ]
        done
    done
    # The other way, something is missing: the check can fail.
    jq 'del(.properties.run.properties.seed) | .properties.results.items.required -= ["port"]' \
        "$TOP/docs/schema/results.json" >less.json
    run /usr/bin/python3 "$TOP/tests/cli/superset.py" "$TOP/docs/schema/results.json" less.json
    [ "$status" -eq 1 ]
    [[ "$output" == *".run: seed is gone"*"port need not be there"* ]]
}
