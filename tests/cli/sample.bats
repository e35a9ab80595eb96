# reports/sample: one report of each format, that the program of today writes the same.
load helper

SAMPLE="$TOP/reports/sample"

# sample_of FORMAT: the file's name
sample_of() {
    case $1 in
    text) echo results.txt ;;
    hostport) echo results.hostport.txt ;;
    junit) echo results.junit.xml ;;
    xml) echo results.nmap.xml ;;
    *) echo "results.$1" ;;
    esac
}

# settled FILE: results.json without what differs from one run to the next
settled() {
    jq -S '(.run | .started, .finished, .elapsed_ms) = null | .tool.version = null
        | .summary.probes_per_second = null | .summary.peak_in_flight = null
        | .summary.rtt_us |= {count} | .results[] |= del(.rtt_us, .connect_us, .offset_ms)
        | .unresolved[].message = null' "$1"
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
    formats=$("$PORTOLAN" convert --help | sed -n 's/^ *--\([a-z]*\) PATH .*/\1/p')
    [[ $'\n'"$formats"$'\n' == *$'\n'jsonl$'\n'* ]]
    for format in $formats; do
        "$PORTOLAN" convert "$SAMPLE/results.json" "--$format" "$(sample_of "$format")" --quiet
        cmp "$(sample_of "$format")" "$SAMPLE/$(sample_of "$format")"
    done
    # And no other file lies there.
    for file in "$SAMPLE"/*; do
        [ "${file##*/}" = sample.yaml ] || [ -e "${file##*/}" ]
    done
}
