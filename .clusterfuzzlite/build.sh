#!/bin/bash
# Builds all fuzz targets for OSS-Fuzz and ClusterFuzzLite, and puts them into $OUT with their seeds, dictionaries and
# options. cargo-fuzz and zip are in the image; its wrapper of cargo-fuzz knows which sanitizer is wanted.
set -euo pipefail
cd "$SRC/atm"

# Coverage for libFuzzer and sanitizers are no part of stable Rust: the compiler may be stable all the same.
export RUSTC_BOOTSTRAP=1
cargo fuzz build --release --debug-assertions

for file in fuzz/fuzz_targets/*.rs; do
    target=$(basename "$file" .rs)
    cp "fuzz/target/x86_64-unknown-linux-gnu/release/$target" "$OUT/"
    cp "fuzz/options/$target.options" "$OUT/"
    rm -f "$OUT/${target}_seed_corpus.zip"
    fuzz/seeds.sh "$target" | xargs zip --quiet --recurse-paths "$OUT/${target}_seed_corpus.zip"
done
cp fuzz/dictionaries/*.dict "$OUT/"
