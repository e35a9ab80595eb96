# Where reports go, and what may go wrong there: links of others, limits, no /proc, no reader.
load helper

# need_users: another user's files can be made by root alone.
need_users() {
    [ "$(id -u)" -eq 0 ] || skip "only root can act as another user"
    need_namespace
}

# as_another COMMAND...: as a user with neither rights nor group here
as_another() {
    setpriv --reuid 54321 --regid 54321 --clear-groups "$@"
}

# wait_for PATTERN FILE: until a line matches, or 20 seconds
wait_for() {
    for _ in $(seq 200); do
        if grep -q "$1" "$2" 2>/dev/null; then return 0; fi
        sleep 0.1
    done
    return 1
}

@test "links that others put into a folder for all are not followed, whatever the kernel allows" {
    need_users
    chmod 755 "$BATS_TEST_TMPDIR"
    mkdir -m 1777 tmp
    mkdir -m 700 safe
    echo precious >safe/file
    profile p 'hosts: 127.0.0.1' 'ports: 1-10'
    cd tmp
    as_another ln -s ../safe/file link
    as_another ln -s ../safe/new nowhere
    as_another ln -s ../safe folder
    as_another sh -c 'echo theirs >file; chmod 666 file; mkfifo -m 666 pipe'
    cd ..
    for path in tmp/link tmp/nowhere tmp/folder/file tmp/folder/new/r; do
        for format in json jsonl save-expect; do
            run in_ns timeout 20 "$PORTOLAN" run ./p.yaml --$format $path
            echo "$path $format: $status $output"
            [ "$status" -eq 5 ]
            [[ "$output" == *"a link of another user, in a folder that everybody may write to, is not followed"* ]]
            [[ "$output" != *" of "*" probes"* ]]
        done
    done
    for path in tmp/file tmp/pipe; do
        run in_ns timeout 20 "$PORTOLAN" run ./p.yaml --json $path
        [ "$status" -eq 5 ]
        [[ "$output" == *"it belongs to another user"* ]]
    done
    [ "$(ls safe)" = file ]
    [ "$(cat safe/file tmp/file)" = $'precious\ntheirs' ]
    # Our own link is followed, there as anywhere.
    ln -s ../safe/mine tmp/mine
    run in_ns "$PORTOLAN" run ./p.yaml --json tmp/mine --csv tmp/r.csv
    [ "$status" -eq 0 ]
    jq -e .run.complete safe/mine
    [ -L tmp/mine ]
}

# Nothing is sent, so there is no namespace, where root alone would have an identity.
@test "what may not be looked at is no new file: status 5" {
    need_users
    chmod 755 "$BATS_TEST_TMPDIR"
    mkdir -m 777 open
    mkdir -m 700 closed
    echo precious >closed/file
    ln -s ../closed/file open/link
    profile open/p 'hosts: 127.0.0.1' 'ports: 1-10'
    cp "$PORTOLAN" open/portolan # where that user can reach it
    cd open
    run as_another ./portolan run ./p.yaml --json link --csv ../closed/r.csv
    [ "$status" -eq 5 ]
    [[ "$output" == *"cannot write link (in $BATS_TEST_TMPDIR/open): Permission denied"* ]]
    [[ "$output" == *"cannot write ../closed/r.csv"*": Permission denied"* ]]
    [ -L link ]
    [ "$(cat ../closed/file)" = precious ]
}

@test "a limit on the size of files is status 5 for the report beyond it; the others are written" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-5000' 'report: {json: r.json, csv: r.csv, states: [open]}'
    echo old >r.html
    run in_ns bash -c 'ulimit -f 16; exec "$1" run ./p.yaml --html r.html --json r.json --csv r.csv --jsonl r.jsonl' bash "$PORTOLAN"
    [ "$status" -eq 5 ]
    [[ "$output" == *"cannot write r.html (in $BATS_TEST_TMPDIR): File too large"* ]]
    [ "$(cat r.html)" = old ]
    jq -e '.run.complete and .summary.closed == 5000' r.json
    [ "$(wc -l <r.csv)" -eq 1 ]
    tail -n 1 r.jsonl | jq -e '.type == "summary"'
    [ "$(find . -name '.portolan*' | wc -l)" -eq 0 ]
    # The live one as well: what was found until then can be read.
    profile q 'hosts: 127.0.0.1' 'ports: 1-5000' 'report: {states: [closed]}'
    run in_ns bash -c 'ulimit -f 16; exec "$1" run ./q.yaml --jsonl q.jsonl --text q.txt' bash "$PORTOLAN"
    [ "$status" -eq 5 ]
    [[ "$output" == *"cannot write q.jsonl"*"File too large"* ]]
    [ "$(stat -c %s q.jsonl)" -eq 16384 ]
}

@test "without /proc the reports are written, and what a killed run left is removed by the next" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-10'
    profile slow 'hosts: 127.0.0.1' 'ports: 1-1000' 'rate: 10'
    echo old >r.json
    chmod 604 r.json
    run in_ns -m sh -c 'mount -t tmpfs none /proc && exec "$1" run ./p.yaml --json r.json --csv r.csv' sh "$PORTOLAN"
    echo "$output"
    [ "$status" -eq 0 ]
    jq -e .run.complete r.json
    [ "$(stat -c %a r.json)" = 604 ]
    [ "$(ls -A)" = $'p.yaml\nr.csv\nr.json\nslow.yaml' ]
    run in_ns -m sh -c 'mount -t tmpfs none /proc && exec "$1" run ./p.yaml --csv r.csv --journal p.journal --keep-journal' sh "$PORTOLAN"
    echo "$output"
    [ "$status" -eq 0 ]
    rm p.journal
    [ "$(ls -A)" = $'p.yaml\nr.csv\nr.json\nslow.yaml' ]
    cat >go <<'SH'
mount -t tmpfs none /proc
"$1" run ./slow.yaml --json s.json --csv s.csv --quiet &
pid=$!
for try in $(seq 200); do
    [ "$(ls -A | grep -c '^\.portolan\.')" -eq 2 ] && break
    sleep 0.1
done
"$1" run ./p.yaml --json r.json
ls -A | grep -c '^\.portolan\.'
kill -KILL $pid
wait $pid
ls -A | grep -c '^\.portolan\.'
SH
    run in_ns -m timeout 60 sh ./go "$PORTOLAN"
    echo "$output"
    [ "$(grep -v Killed <<<"$output")" = $'wrote r.json\n2\n2' ] # what is held by a run that lasts stays
    mkdir other
    run in_ns "$PORTOLAN" run ./p.yaml --json r.json
    [ "$status" -eq 0 ]
    [ "$(ls -A)" = $'go\nother\np.yaml\nr.csv\nr.json\nslow.yaml' ]
}

# nonblocking COMMAND...: its standard output is a pipe that does not wait; what it wrote, slowly read.
nonblocking() {
    /usr/bin/python3 - "$@" <<'PY'
import os, subprocess, sys, time
read, write = os.pipe()
os.set_blocking(write, False)
child = subprocess.Popen(sys.argv[1:], stdout=write)
os.close(write)
time.sleep(0.5)
while block := os.read(read, 30000):
    os.write(1, block)
sys.exit(child.wait())
PY
}

@test "a full pipe that does not wait is waited for" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-5000' 'report: {states: [open, closed]}'
    for format in json csv text html jsonl; do
        status=0
        in_ns bash -c "$(declare -f nonblocking)"'; nonblocking "$@"' bash "$PORTOLAN" run ./p.yaml --$format - --quiet >out || status=$?
        [ "$status" -eq 0 ]
        [ "$(stat -c %s out)" -gt 70000 ]
    done
    tail -n 1 out | jq -e '.type == "summary" and .run.complete'
    python3 -c 'print("hosts:\n" + "".join(f"  - 127.{i >> 16}.{i >> 8 & 255}.{i & 255}\n" for i in range(1, 20000)) + "ports: 80")' >many.yaml
    "$PORTOLAN" show ./many.yaml >whole
    nonblocking "$PORTOLAN" show ./many.yaml | cmp - whole
}

@test "a pipe that does not wait and is never read: a second signal ends it" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-20000' 'report: {states: [open, closed]}'
    cat >go.py <<'PY'
import os, signal, subprocess, sys, time
read, write = os.pipe()
os.set_blocking(write, False)
child = subprocess.Popen(sys.argv[1:], stdout=write)
os.close(write)
os.read(read, 1)  # the scan is over, the report is being written
for number in signal.SIGTERM, signal.SIGINT:
    time.sleep(0.3)
    assert child.poll() is None
    child.send_signal(number)
sys.exit(child.wait() != -signal.SIGINT)
PY
    run in_ns timeout 30 env --default-signal=INT /usr/bin/python3 go.py "$PORTOLAN" run ./p.yaml --json - --quiet
    [ "$status" -eq 0 ]
}

@test "two runs never write one jsonl: the second is refused before anything is sent" {
    need_namespace
    profile slow 'hosts: 127.0.0.1' 'ports: 1-400' 'rate: 200' 'order: sequential' 'report: {states: [closed]}'
    cat >go <<'SH'
"$1" run ./slow.yaml --jsonl r.jsonl --json one.json --quiet &
pid=$!
for try in $(seq 200); do
    grep -q '"type":"result"' r.jsonl && break
    sleep 0.05
done
"$1" run ./slow.yaml --jsonl r.jsonl --json two.json
echo "status $?"
wait $pid
echo "status $?"
"$1" run ./slow.yaml --jsonl r.jsonl --quiet
echo "status $?"
SH
    run in_ns timeout 60 sh ./go "$PORTOLAN"
    echo "$output"
    [[ "$output" == *"cannot write r.jsonl (in $BATS_TEST_TMPDIR): another run is writing to it"*"status 5"*"status 0"*"status 0" ]]
    [ ! -e two.json ]
    jq -e .run.complete one.json
    "$PORTOLAN" convert r.jsonl --json r.json
    jq -e '.run.complete and .summary.closed == 400' r.json
}

@test "a new name with a slash behind it is an error, not a file" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-10'
    for path in new/ new// ./new/. new/dir/ p.yaml/; do
        for format in json jsonl save-profile; do
            run in_ns "$PORTOLAN" run ./p.yaml --$format $path
            [ "$status" -eq 5 ]
            [[ "$output" == *"cannot write $path (in $BATS_TEST_TMPDIR): "*" a directory"* ]]
        done
    done
    [ "$(ls)" = p.yaml ]
}

@test "a pipe that nobody reads: the first signal ends the run, and the other reports say so" {
    need_namespace
    mkfifo pipe
    profile p 'hosts: 127.0.0.1' 'ports: 1-1000'
    for format in json jsonl csv; do
        for signal in TERM:143 INT:130 HUP:129; do
            rm -f r.xml
            run in_ns timeout 30 "$TOP/tests/cli/interrupt" ${signal%:*} "$PORTOLAN" run ./p.yaml --$format pipe --xml r.xml --junit r.junit
            echo "$status $output"
            [ "$status" -eq "${signal#*:}" ]
            [[ "$output" == *"pipe is not written: nobody read it until the signal"* ]]
            grep -q 'exit="error"' r.xml
        done
    done
    run in_ns timeout 30 "$TOP/tests/cli/interrupt" TERM "$PORTOLAN" compare ./p.yaml --vary concurrency=1,10 --csv pipe --json r.json --quiet
    [ "$status" -eq 143 ]
    [ -p pipe ]
    # Whoever comes late gets it all.
    in_ns timeout 30 "$PORTOLAN" run ./p.yaml --json pipe --quiet 3>&- &
    sleep 0.5
    cat pipe >r.json
    wait $!
    jq -e .run.complete r.json
}

@test "file: and extends: of a pipe or a device are refused, with the place that names them" {
    mkfifo pipe
    for path in pipe /dev/zero /dev/urandom /dev/tty; do
        what="it is a device"
        [ $path != pipe ] || what="it is a named pipe"
        for command in check plan show run; do
            profile p "ports: 80" "hosts: [127.0.0.1, \"file: $path\"]"
            run timeout 10 "$PORTOLAN" $command ./p.yaml
            [ "$status" -eq 3 ]
            [[ "$output" =~ "./p.yaml:2:20: hosts file "(\./)?"$path: $what" ]]
            profile p "ports: 80" "extends: $path" "hosts: 127.0.0.1"
            run timeout 10 "$PORTOLAN" $command ./p.yaml
            [ "$status" -eq 3 ]
            [[ "$output" =~ "./p.yaml:2:10: extends: "(\./)?"$path cannot be opened: $what" ]]
        done
    done
    # What the caller hands over is read.
    profile p "ports: 80" 'hosts: "file: /dev/stdin"'
    run bash -c 'printf "127.0.0.1\n127.0.0.2\n" | "$1" plan ./p.yaml' bash "$PORTOLAN"
    [ "$status" -eq 0 ]
    [[ "$output" == *"2 targets"* || "$output" == *"targets"*2* ]]
}

@test "missing folders of a report path are made; of a call that comes to nothing none stays" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-10' 'report: {json: "a/{profile}/{started}/r.json", csv: a/b/r.csv, jsonl: a/b/r.jsonl}'
    run in_ns sh -c 'umask 027; exec "$1" run ./p.yaml' sh "$PORTOLAN"
    echo "$output"
    [ "$status" -eq 0 ]
    jq -e .run.complete a/p/*/r.json
    [ "$(stat -c %a a a/p a/b a/b/r.csv)" = $'750\n750\n750\n640' ]
    rm -r a
    run in_ns "$PORTOLAN" run ./p.yaml --json a/b/c/r.json --jsonl a/b/d/r.jsonl --csv a/r.csv --text p.yaml/r.txt
    [ "$status" -eq 5 ]
    [[ "$output" == *"cannot write p.yaml/r.txt (in $BATS_TEST_TMPDIR): Not a directory"* ]]
    [ "$(ls -A)" = p.yaml ]
    # Paths that lead to one file are seen before there are folders.
    run in_ns "$PORTOLAN" run ./p.yaml --json a/b/r --csv a/./b/../b/r
    [ "$status" -eq 2 ]
    [[ "$output" == *"both go to"* ]]
    [ "$(ls -A)" = p.yaml ]
    "$PORTOLAN" convert --help >/dev/null
    in_ns "$PORTOLAN" run ./p.yaml --json r.json --quiet
    "$PORTOLAN" convert r.json --csv x/y/r.csv --text x/r.txt --quiet
    "$PORTOLAN" diff r.json r.json --json x/z/d.json --quiet
    [ -s x/y/r.csv ] && [ -s x/r.txt ] && [ -s x/z/d.json ]
}

@test "a folder that vanishes while the run lasts is made again, or is said" {
    need_namespace
    profile slow 'hosts: 127.0.0.1' 'ports: 1-200' 'rate: 200' 'report: {json: out/sub/r.json, csv: gone/r.csv, text: r.txt}'
    cat >go <<'SH'
"$1" run ./slow.yaml &
pid=$!
for try in $(seq 200); do
    [ -d out/sub ] && [ -d gone ] && break
    sleep 0.02
done
rm -r out gone
echo now a file >gone
wait $pid
echo "status $?"
SH
    run in_ns timeout 30 sh ./go "$PORTOLAN"
    echo "$output"
    [[ "$output" == *"cannot write gone/r.csv (in $BATS_TEST_TMPDIR): Not a directory"*"status 5" ]]
    jq -e '.run.complete and .summary.closed == 200' out/sub/r.json
    grep -q COMPLETE r.txt
    [ "$(cat gone)" = "now a file" ]
}

@test "folders that cannot be written are said before anything is sent" {
    need_namespace
    mkdir ro small
    profile p 'hosts: 127.0.0.1' 'ports: 1-5000' 'report: {states: [open, closed]}'
    run in_ns -m sh -c 'mount -t tmpfs -o ro none ro && exec "$1" run ./p.yaml --json ro/r.json --csv ro/new/r.csv --jsonl ro/r.jsonl' sh "$PORTOLAN"
    [ "$status" -eq 5 ]
    [ "$(grep -c ': Read-only file system$' <<<"$output")" -eq 3 ]
    # A full disk: what does not fit is not there at all, what fits is.
    run in_ns -m sh -c 'mount -t tmpfs -o size=64k none small && echo old >small/r.csv &&
        "$1" run ./p.yaml --json small/new/r.json --csv small/r.csv --jsonl small/r.jsonl --prom small/r.prom --text r.txt
        echo "status $?"; cat small/r.csv; ls -A small' sh "$PORTOLAN"
    echo "$output"
    [[ "$output" == *"cannot write small/r.jsonl"*"No space left on device"* ]]
    [[ "$output" == *"status 5"* ]]
    [ "$(grep -c '^old$' <<<"$output")" -eq 1 ]
    grep -q COMPLETE r.txt
}

@test "a file that is a mount of its own is written in place" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-10'
    echo 'old and much longer than a line' >real.json
    echo old >r.json
    run in_ns -m sh -c 'mount --bind real.json r.json && exec "$1" run ./p.yaml --json r.json' sh "$PORTOLAN"
    echo "$output"
    [ "$status" -eq 0 ]
    jq -e .run.complete real.json
    [ "$(cat r.json)" = old ]
}

@test "with few descriptors left a run ends with whole reports, or says why there are none" {
    need_namespace
    profile p 'hosts: 127.0.0.1' 'ports: 1-100'
    written=0
    for most in $(seq 4 24); do
        rm -f r.json r.csv
        status=0
        in_ns bash -c 'ulimit -n "$2"; exec timeout 20 "$1" run ./p.yaml --json r.json --csv new/r.csv' bash "$PORTOLAN" "$most" >out 2>&1 || status=$?
        echo "$most: $status $(cat out)"
        [ "$status" -eq 0 ] || [ "$status" -eq 3 ] || [ "$status" -eq 4 ] || [ "$status" -eq 5 ] || [ "$status" -eq 127 ]
        if [ "$status" -eq 0 ]; then
            jq -e '.run.complete and .summary.closed == 100' r.json
            written=$((written + 1))
        else
            [ -s out ]
            [ ! -e r.json ] || jq -e . r.json
        fi
        [ "$(find . -name '.portolan*' | wc -l)" -eq 0 ]
    done
    [ "$written" -gt 5 ]
}
