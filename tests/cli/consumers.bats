# What other people's programs make of the reports: each reads the files of five real runs.
load helper

RUNS="normal nothing interrupted unresolved ipv6"
DTD=/usr/share/nmap/nmap.dtd

# scan NAME LISTENERS PROFILE-LINE...: every format of one run; $THROUGH is what carries it out
scan() {
    local name=$1 listeners=$2 reports=() format
    shift 2
    printf '%s\n' "$@" >"$name.yaml"
    for format in $(formats); do
        reports+=("--$format" "$name.$format")
    done
    # shellcheck disable=SC2086  # a list of ports, and of words
    in_ns "$LISTEN" $listeners -- ${THROUGH:-} "$PORTOLAN" run "./$name.yaml" --quiet "${reports[@]}"
}

setup_file() {
    in_ns true 2>/dev/null || return 0 # each test says that it is skipped
    mkdir "$BATS_FILE_TMPDIR/runs"
    cd "$BATS_FILE_TMPDIR/runs" || return 1
    scan normal "22 80 1999" 'hosts: [127.0.0.1, 127.0.0.2]' 'ports: 1-2000' 'report: {states: [open, closed]}'
    scan nothing "" 'hosts: 127.0.0.1' 'ports: 1-100'
    scan ipv6 "22 80" 'hosts: ["::1", 127.0.0.1]' 'ports: 1-100'
    scan unresolved "22" 'hosts: [no-such-host.invalid, 127.0.0.1]' 'ports: 1-100' || [ $? -eq 4 ]
    THROUGH="$TOP/tests/cli/interrupt --after 10 INT" scan interrupted "3" 'hosts: [127.0.0.1, 127.0.0.2]' 'ports: 1-1000' 'rate: 100' ||
        [ $? -eq 130 ]
}

setup() {
    need_namespace
    export LC_ALL=C.UTF-8
    cd "$BATS_FILE_TMPDIR/runs" || return 1
}

@test "jq reads results.json" {
    for name in $RUNS; do
        jq -e '.schema == "portolan-results/1" and (.summary | .open + .closed + .filtered + .error + .unprobed == .probes)' "$name.json"
    done
    [ "$(jq -c .open_ports normal.json)" = "[22,80,1999]" ]
    [ "$(jq -r '.unresolved[0].input' unresolved.json)" = no-such-host.invalid ]
    [ "$(jq -c '[.run.complete, .run.stopped_by, .summary.unprobed > 0]' interrupted.json)" = '[false,"signal",true]' ]
    [ "$(jq -c '[.run.complete, .open_ports]' nothing.json)" = '[true,[]]' ]
}

@test "jq and python read jsonl line by line, and it says the same" {
    for name in $RUNS; do
        [ "$(jq -r 'select(.type == "result") | .port' "$name.jsonl" | sort)" = "$(jq -r '.results[].port' "$name.json" | sort)" ]
        /usr/bin/python3 - "$name" <<'PYTHON'
import json, sys
name = sys.argv[1]
lines = [json.loads(line) for line in open(name + ".jsonl", encoding="utf-8")]
whole = json.load(open(name + ".json", encoding="utf-8"))
assert lines[0]["type"] == "run" and lines[-1]["type"] == "summary"
for kind in "result", "target":
    of_kind = [{k: v for k, v in line.items() if k != "type"} for line in lines if line["type"] == kind]
    key = lambda one: (one["ip"], one.get("port"))
    assert sorted(of_kind, key=key) == sorted(whole[kind + "s"], key=key), kind
assert {k: v for k, v in lines[-1].items() if k != "type"} == {k: whole[k] for k in lines[-1] if k != "type"}
PYTHON
    done
}

@test "python's jsonschema accepts results.json by the published schema" {
    run /usr/bin/python3 "$TOP/tests/cli/validate.py" "$TOP/docs/schema/results.json" accept \
        normal.json nothing.json interrupted.json unresolved.json ipv6.json
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "python's csv and json read the same results" {
    for name in $RUNS; do
        /usr/bin/python3 - "$name" <<'PYTHON'
import csv, json, sys
name = sys.argv[1]
rows = list(csv.DictReader(open(name + ".csv", newline="", encoding="utf-8"), strict=True))
whole = json.load(open(name + ".json", encoding="utf-8"))
run, results = whole["run"], whole["results"]
assert len(rows) == len(results), (len(rows), len(results))
for row, result in zip(rows, results):
    assert row.pop("expected") == row.pop("verdict") == "", "nothing is expected"
    assert [row.pop("run"), row.pop("started")] == [run["profile"], run["started"]], row
    for key, text in row.items():
        value = result[key]
        assert text == ("" if value is None else str(value)), (key, text, value)
print(name, len(rows), "rows")
PYTHON
    done
}

@test "Miller reads the CSV" {
    [ "$(mlr --icsv --ojson filter '$state == "open"' then count normal.csv | jq ".[0].count")" -eq 3 ]
    for name in $RUNS; do
        rows=$(mlr --icsv --ojson cat "$name.csv" | jq length)
        [ "$rows" -eq "$(jq '.results | length' "$name.json")" ]
    done
}

@test "sqlite3 imports the CSV" {
    for name in $RUNS; do
        rows=$(sqlite3 :memory: -cmd '.mode csv' -cmd ".import $name.csv results" 'SELECT count(*) FROM results WHERE port > 0')
        [ "$rows" -eq "$(jq '.results | length' "$name.json")" ]
    done
    [ "$(sqlite3 :memory: -cmd '.mode csv' -cmd '.import ipv6.csv results' "SELECT count(*) FROM results WHERE ip = '::1'")" -eq 2 ]
}

@test "the XML is valid by nmap's own DTD" {
    for name in $RUNS; do
        xmllint --noout --nonet --dtdvalid "$DTD" "$name.xml"
    done
    [ "$(xmllint --xpath 'string(//extraports[@state="closed"]/@count)' ipv6.xml)" -eq 98 ]
    [ "$(xmllint --xpath 'string(//target/@specification)' unresolved.xml)" = no-such-host.invalid ]
    [ "$(xmllint --xpath 'string(//finished/@exit)' interrupted.xml)" = error ]
}

@test "ndiff compares two scans, and finds each equal to itself" {
    for name in $RUNS; do
        run ndiff "$name.xml" "$name.xml"
        [ "$status" -eq 0 ]
    done
    run ndiff nothing.xml ipv6.xml
    [ "$status" -eq 1 ]
    [[ "$output" == *"+22/tcp open  ssh"* ]]
}

@test "promtool accepts the metrics" {
    command -v promtool >/dev/null || PATH="$TOP/build/tools/usr/bin:$PATH"
    for name in $RUNS; do
        run promtool check metrics <"$name.prom"
        echo "$output"
        [ "$status" -eq 0 ]
        [ -z "$output" ]
    done
    grep -qx 'portolan_run_complete{profile="normal"} 1' normal.prom
    grep -qx 'portolan_run_complete{profile="interrupted"} 0' interrupted.prom
    [ "$(grep -c '^portolan_open_port_info{' ipv6.prom)" -eq 4 ]
}

@test "junitparser reads the test cases" {
    for name in $RUNS; do
        /usr/bin/python3 - "$name" <<'PYTHON'
import json, sys
from junitparser import JUnitXml
name = sys.argv[1]
results = json.load(open(name + ".json", encoding="utf-8"))
xml = JUnitXml.fromfile(name + ".junit")
cases = [case for suite in xml for case in suite]
assert len(cases) == xml.tests == 1 + len(results["expectations"]), len(cases)
broken = [case for case in cases if not case.is_passed]
whole = results["run"]["complete"] and not results["unresolved"]
assert (len(broken) == 0) == whole, broken
assert xml.errors == len(broken)
PYTHON
    done
}

@test "hostport lines are the open ports of results.json" {
    for name in $RUNS; do
        jq -r '.results[] | select(.state == "open") | (if .ip | contains(":") then "[\(.ip)]" else .ip end) + ":\(.port)"' "$name.json" |
            cmp - "$name.hostport"
    done
    grep -qxF '[::1]:22' ipv6.hostport
}

# What no profile lets in, but a name service or another one's results file may bring.
hostile() {
    jq -c '"=1+1\u001b[31m\"<b>&,\n\r\t\u0001\u007f\u009b\u202e]]>-- \\ é" as $evil
        | (.targets[] | select(.ip == "127.0.0.1") | .host, .input) = $evil
        | (.results[] | select(.ip == "127.0.0.1") | .host) = $evil
        | .run.profile = $evil | .run.file = $evil | .run.description = $evil | .warnings = [$evil]
        | .unresolved = [{input: $evil, message: $evil}]' normal.json
}

@test "untrusted text in every format: each consumer reads it, and a terminal is not steered" {
    cd "$BATS_TEST_TMPDIR"
    (cd "$BATS_FILE_TMPDIR/runs" && hostile) >h.in.json
    for format in $(formats); do
        "$PORTOLAN" convert h.in.json "--$format" "h.$format" --quiet
    done
    evil=$(jq -j .run.profile h.in.json; echo .)
    [ "$(jq -j .run.profile h.json; echo .)" = "$evil" ]
    [ "$(head -n 1 h.jsonl | jq -j .run.profile; echo .)" = "$evil" ]
    [ "$(wc -l <h.jsonl)" -eq "$(jq -s length h.jsonl)" ]
    run /usr/bin/python3 "$TOP/tests/cli/validate.py" "$TOP/docs/schema/results.json" accept h.json
    [ "$status" -eq 0 ]
    # JSON escapes C0; text, XML and JUnit show every control character as \xNN.
    for format in json jsonl text xml junit hostport; do
        run grep -q $'[\x01-\x08\x0b-\x1f]' "h.$format"
        [ "$status" -eq 1 ]
    done
    for format in text xml junit; do
        run grep -qE $'\x7f|\xc2\x9b|\xe2\x80\xae' "h.$format"
        [ "$status" -eq 1 ]
        grep -qF '=1+1\x1B[31m' "h.$format"
    done
    grep -qF '<b>&,\x0A\x0D\x09\x01\x7F\u{009B}\u{202E}]]>-- \ é' h.text
    xmllint --noout --nonet --dtdvalid "$DTD" h.xml
    run ndiff h.xml h.xml
    [ "$status" -eq 0 ]
    PATH="$TOP/build/tools/usr/bin:$PATH"
    promtool check metrics <h.prom
    /usr/bin/python3 - <<'PYTHON'
import csv, json, sqlite3, subprocess
from junitparser import JUnitXml
whole = json.load(open("h.json", encoding="utf-8"))
rows = list(csv.DictReader(open("h.csv", newline="", encoding="utf-8"), strict=True))
assert [row["host"] for row in rows] == [result["host"] for result in whole["results"]]
assert any(row["host"].startswith("=1+1\x1b") for row in rows)
subprocess.run(["sqlite3", "h.db", ".import --csv h.csv results"], check=True)
hosts = [host for host, in sqlite3.connect("h.db").execute("SELECT host FROM results")]
assert sorted(hosts) == sorted(row["host"] for row in rows)
# Miller's own JSON holds control characters as they are.
miller = json.loads(subprocess.run(["mlr", "--icsv", "--ojson", "cat", "h.csv"], check=True, capture_output=True).stdout, strict=False)
assert [row["host"] for row in miller] == [row["host"] for row in rows], (miller[0], rows[0])
cases = [case for suite in JUnitXml.fromfile("h.junit") for case in suite]
assert len(cases) == 1 and "<b>&," in cases[0].classname, cases
PYTHON
}

@test "ndiff and portolan diff agree on what is the same and what is not" {
    cd "$BATS_TEST_TMPDIR"
    hosts='hosts: [127.0.0.1, "::1"]'
    scan base "22 80" "$hosts" 'ports: 1-100'
    scan same "22 80" "$hosts" 'ports: 1-100'
    scan opened "22 80 90" "$hosts" 'ports: 1-100'
    scan closed "22" "$hosts" 'ports: 1-100'
    scan moved "22 81" "$hosts" 'ports: 1-100'
    scan none "" "$hosts" 'ports: 1-100'
    scan more "22 80" 'hosts: [127.0.0.1, "::1", 127.0.0.2]' 'ports: 1-100'
    scan fewer "22 80" 'hosts: 127.0.0.1' 'ports: 1-100'
    same=0 different=0
    for old in base opened none; do
        for new in base same opened closed moved none more fewer; do
            run ndiff "$old.xml" "$new.xml"
            ndiff=$status
            run "$PORTOLAN" diff "$old.json" "$new.json"
            echo "$old $new: ndiff $ndiff, portolan $status"
            [ "$status" -le 1 ]
            [ "$status" -eq "$ndiff" ]
            if [ "$status" -eq 0 ]; then same=$((same + 1)); else different=$((different + 1)); fi
        done
    done
    [ "$same" -ge 4 ]
    [ "$different" -ge 15 ]
}
