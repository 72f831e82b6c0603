#!/usr/bin/env bash
# Fuzzes one target with its options, dictionary and seeds, as OSS-Fuzz and ClusterFuzzLite do:
#
#     fuzz/run.sh TARGET [SECONDS] [OPTION OF LIBFUZZER]...
#
# Without SECONDS, or with 0, it does not stop by itself; `fuzz/run.sh TARGET 0 -runs=0` only replays the seeds.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${1:?name a target: fuzz/run.sh TARGET [SECONDS]} seconds=${2:-0}
shift $(($# < 2 ? $# : 2))

# Each line of the options file but the heading is an option of libFuzzer.
options=()
while IFS=' =' read -r name value; do
    case $name in
        '' | '['*) ;;
        dict) options+=("-dict=fuzz/dictionaries/$value") ;;
        *) options+=("-$name=$value") ;;
    esac
done < "fuzz/options/$target.options"

mapfile -t seeds < <(fuzz/seeds.sh "$target")
mkdir -p "fuzz/corpus/$target"

# The compiler has coverage for libFuzzer and sanitizers only for those who do without its promises of stability.
export RUSTC_BOOTSTRAP=1
exec cargo fuzz run "$target" "fuzz/corpus/$target" "${seeds[@]}" -- \
    -max_total_time="$seconds" "${options[@]}" "$@"
