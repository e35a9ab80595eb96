# reports/sample: one report of each format, that the program of today writes the same.
load helper

SAMPLE="$TOP/reports/sample"

sample_of() { "$TOP/tests/support/sample-of" "$1"; }

# settled FILE: results.json without what differs from one run to the next
settled() {
    jq -S 'del(.summary.evidence.sentinels, .targets[].evidence.sentinels) | (.run | .started, .finished, .elapsed_ms) = null | .tool.version = null
        | .run.paths[] |= {via, targets, limit, limited_by, outages}
        | .summary.with_rtt = .summary.rtt_us.count | .unresolved[].message = null
        | del('"$TIMES"')' "$1"
}

@test "the sample results.json is what a run of its profile writes" {
    need_ipv6
    cd "$TOP"
    run in_ns "$LISTEN" 22 80 443 -- "$PORTOLAN" run reports/sample/sample.yaml --json "$BATS_TEST_TMPDIR/r.json" --quiet
    [ "$status" -eq 4 ]
    settled "$SAMPLE/results.json" >"$BATS_TEST_TMPDIR/old"
    settled "$BATS_TEST_TMPDIR/r.json" | diff "$BATS_TEST_TMPDIR/old" -
}

@test "the sample of each format is what its results.json converts to: else ./dev sample" {
    formats | grep -qx jsonl
    for format in $(formats); do
        "$PORTOLAN" convert "$SAMPLE/results.json" "--$format" "$(sample_of "$format")" --quiet
        cmp "$(sample_of "$format")" "$SAMPLE/$(sample_of "$format")"
    done
    # And no other file lies there.
    for file in "$SAMPLE"/*; do
        [[ "${file##*/}" =~ ^(sample.yaml|comparison.html)$ ]] || [ -e "${file##*/}" ]
    done
}

# Its data is of a study of minutes on the simulated network; the rest is the program's own.
@test "the sample page of a comparison is a page of this program: else make it anew" {
    need_namespace
    without_data() { sed '/<script type="application\/json" id="data">/,/<\/script>/d' "$1"; }
    profile p 'hosts: 127.0.0.1' 'ports: 1-3'
    in_ns "$PORTOLAN" compare p.yaml --vary concurrency=1,2 --repeat 1 --warmup 0 --html now.html >text
    without_data now.html >now
    without_data "$SAMPLE/comparison.html" >sample
    [ "$(wc -l <now)" -gt 100 ]
    cmp now sample
}
