# What starts one process a slice, really run: configs/cluster with Slurm and GNU parallel, whose tasks are
# killed, and the merged result compared with the truth of the simulated network.
load helper
SIMNET="${SIMNET:-$TOP/build/tests/simnet}"
CLUSTER="$TOP/configs/cluster"

# Some 6,400 probes, of which the profile lets 640 a second through: ten seconds of work for all shards.
network() {
    profile p 'hosts: 198.18.0.1-16' 'ports: 1-400' 'scope: 198.18.0.0/15' 'rate: 640' 'timeout: 300ms' 'retries: 0'
    echo --hosts 16 --open 0.1 --rtt 1ms --seed 7
}

# truth FILE: what is open, and nothing else, is in it, and it is whole.
truth() {
    # shellcheck disable=SC2046  # a list of words
    "$SIMNET" --print-truth $(network) | awk '$3 == "open" && $2 <= 400 { print $1, $2 }' | sort >wanted
    [ "$(wc -l <wanted)" -gt 500 ]
    jq -r '.results[] | select(.state == "open") | "\(.ip) \(.port)"' "$1" | sort | diff - wanted
    jq -e '.run.complete and .summary.probes == 6400 and .summary.unprobed == 0 and .summary.error == 0' "$1"
}

# on_network COMMAND...: on the simulated network, as root of this system
on_network() {
    # shellcheck disable=SC2046  # a list of words
    unshare -n "$SIMNET" $(network) -- "$@"
}

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    mkdir bin
    ln -s "${PORTOLAN:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)/build/portolan}" bin/portolan
}

@test "Slurm: of an array of 8 on 3 nodes one task is killed, one requeued, one never starts; then all is there" {
    [ "$(id -u)" -eq 0 ] && unshare -n true 2>/dev/null || without "Slurm's daemons change users: this wants root"
    export PATH="$BATS_FILE_TMPDIR/bin:$PATH"
    run on_network "$TOP/tests/cluster/slurm" "$PWD/slurm" \
        bash "$TOP/tests/cluster/slurm-scenario" "$CLUSTER/slurm.sbatch" p.yaml "$PWD/parts"
    echo "$output"
    [ "$status" -ne 77 ] || without "$output"
    [ "$status" -eq 0 ]
    cat parts/merge.log parts/*.log
    # The merge ran although tasks had failed, and says what is missing.
    grep -q 'warning: 2 of 8 shards are missing: 1,8/8' parts/merge.log
    grep '^portolan run' parts/merge.log >missing
    [ "$(wc -l <missing)" -eq 2 ]
    jq -e '.run.complete == false and .run.missing_shards == "1,8/8"' parts/whole.json
    # What was requeued went on with what it had.
    jq -e '(.run.segments | length) == 2 and .run.resumed.taken_over > 0' parts/p.2-of-8.json
    # Shard 1 had begun; its journal is there still, and a line of one's own may go on with it.
    [ -s parts/p.1-of-8.journal ]
    on_network bash -e ./missing
    run portolan merge parts/*-of-8.json --json whole.json
    echo "$output"
    [ "$status" -eq 0 ]
    truth whole.json
}

@test "GNU parallel: 16 jobs are killed as a whole, and the same line goes on" {
    [ "$(id -u)" -eq 0 ] && unshare -n true 2>/dev/null || without "a simulated network without a user namespace wants root"
    command -v parallel >/dev/null || without "parallel is missing; ./dev test installs it"
    export PATH="$BATS_FILE_TMPDIR/bin:$PATH"
    cat >twice <<'SH'
declare -A sizes
line=(bash "$1" p.yaml 16 "$PWD/parts" --jobs 6)
# In a process namespace, whose end is that of all that is in it, at once.
unshare --pid --fork --kill-child=KILL "${line[@]}" >first.log 2>&1 &
for ((i = 0; i < 600; i++)); do
    [ "$(cut -f1 parts/joblog 2>/dev/null | grep -c '^[0-9]')" -lt 3 ] || break
    sleep 0.1
done
# Of those that run now, one has something to go on with: its journal grows.
for ((i = 0; i < 600; i++)); do
    for journal in parts/*.journal; do
        size=$(stat -c %s "$journal" 2>/dev/null) || continue
        [ "$size" -le "${sizes[$journal]:-$size}" ] || break 2
        sizes[$journal]=$size
    done
    sleep 0.1
done
kill -KILL $!
wait
ls parts >there
"${line[@]}"
SH
    run on_network bash ./twice "$CLUSTER/parallel.sh"
    echo "$output"
    cat first.log there
    # Killed in the middle: some had ended, some were running, some had not begun.
    [ "$(grep -c json there)" -ge 3 ]
    [ "$(grep -c json there)" -lt 16 ]
    [ "$(grep -c journal there)" -ge 1 ]
    [ "$status" -eq 0 ]
    truth parts/whole.json
    # What had ended was not run again; what was running went on.
    [ "$(cut -f1 parts/joblog | grep -c '^[0-9]')" -eq 16 ]
    jq -se 'map(select(.run.segments != null and .run.resumed.taken_over > 0)) | length > 0' parts/*-of-16.json
    # Another plan is not what these shards are of, though they all ended well.
    sed 's/^retries: 0/retries: 3/' p.yaml >other.yaml
    for line in "other.yaml 16" "p.yaml 8"; do
        # shellcheck disable=SC2086  # two words
        run on_network bash "$CLUSTER/parallel.sh" $line "$PWD/parts"
        echo "$output"
        [ "$status" -eq 3 ]
        [[ "$output" == *"holds shards of another plan"* ]]
    done
}

@test "Kubernetes: the Job fits the published schemas of batch/v1, and says what its comments say; its profile is sound" {
    local schemas
    schemas=$TOP/build/tools/$(sed -n 's/.* SCHEMAS_FILE=//p' "$TOP/dev")
    if [ ! -e "$schemas" ]; then
        schemas=""
        echo "# the schemas that Kubernetes publishes are not in build/tools: held against job.schema.json alone" >&3
    fi
    run /usr/bin/python3 "$TOP/tests/cluster/kubernetes.py" "$CLUSTER/kubernetes.yaml" ${schemas:+"$schemas"}
    echo "$output"
    [ "$status" -eq 0 ]
    echo "$output" >lan.yaml
    "$PORTOLAN" check ./lan.yaml
    # What the containers run, as they run it: the number comes from the index.
    run env JOB_COMPLETION_INDEX=7 "$PORTOLAN" plan ./lan.yaml --shard=auto/8
    [ "$status" -eq 0 ]
    [[ "$output" == *"shard        8 of 8 "* ]]
    run "$PORTOLAN" plan ./lan.yaml --shard=auto/8
    [ "$status" -eq 2 ]
}
