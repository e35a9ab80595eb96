#!/bin/bash
# A scan by GNU parallel, on this machine or on others, and its merge.
#
#   bash parallel.sh PROFILE SHARDS FOLDER [PARALLEL-OPTION...]
#
# Started again with the same line, it goes on: shards that ended well are not run again (--joblog,
# --resume-failed), those that did not go on where their journals end. What is another plan by then is
# refused. PARALLEL-OPTION: --jobs 4, or
# --sshlogin a,b,c where FOLDER is shared and the profile is there under the same path.
set -u

if [ $# -lt 3 ]; then
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
profile=$(realpath -- "$1") shards=$2 folder=$(realpath -m -- "$3")
shift 3
mkdir -p "$folder" || exit
plan=$(portolan plan "$profile" --shard "1/$shards") || exit # what is wrong is told here, not by every job
plan=$(grep '^shard' <<<"$plan")
if [ "$(cat "$folder/plan" 2>/dev/null || echo "$plan")" != "$plan" ]; then
    echo "$folder holds shards of another plan: $profile was changed, or SHARDS, or its names stand for something else now" \
        "(portolan plan --freeze). A new plan wants another folder." >&2
    exit 3
fi
echo "$plan" >"$folder/plan"
seq "$shards" | parallel --will-cite --quote -I %K --joblog "$folder/joblog" --resume-failed "$@" \
    portolan run "$profile" --shard "%K/$shards" --quiet \
    --journal "$folder/{profile}.{shard}.journal" --resume --json "$folder/{profile}.{shard}.json"
# Whatever became of the jobs: it says what is missing.
exec portolan merge "$folder"/*-of-*.json --json "$folder/whole.json" --text "$folder/whole.txt"
