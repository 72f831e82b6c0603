#!/usr/bin/env bash
# Packs all crates that are published, in the order of their dependencies, and builds each from its package:
# `deploy/package.sh [OPTION OF CARGO PACKAGE]...`, such as `--no-verify`, which builds nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=()
for crate in engine adapter-protocol simulator suite reports cli; do
    packages+=(--package "atm-$crate")
done
cargo package --locked "${packages[@]}" "$@"
