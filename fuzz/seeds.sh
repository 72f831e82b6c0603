#!/usr/bin/env bash
# Prints the folders with the seeds of one target, relative to the repository: its own, and what the project has anyway.
set -euo pipefail

echo "fuzz/seeds/$1"
case $1 in
    envelope_xml) echo engine/tests/xep-0450 ;;
    scenario_yaml) printf '%s\n' scenarios simulator/tests/scenarios ;;
esac
