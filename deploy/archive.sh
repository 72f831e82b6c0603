#!/usr/bin/env bash
# Builds the command for this machine and packs it: writes atm-VERSION-TARGET.tar.gz with its SHA-256 into the folder
# `archives`.
set -euo pipefail
cd "$(dirname "$0")/.."

target=$(rustc --version --verbose | sed -n 's/^host: //p')
version=$(sed -n '/^\[workspace.package\]$/,/^$/s/^version = "\(.*\)"$/\1/p' Cargo.toml)
name=atm-$version-$target

cargo build --locked --profile dist -p atm-cli --bin atm
program=${CARGO_TARGET_DIR:-target}/dist/atm
[[ $target != *windows* ]] || program+=.exe

# It runs here, and is the version that the name says, with the scenarios inside.
if [[ $("$program" --version) != "atm $version" ]]; then
    echo "archive: $program is $("$program" --version), and not atm $version" >&2
    exit 1
fi
"$program" run readme/20-to-8 --quiet

rm -rf "archives/$name"
mkdir -p "archives/$name/completions" "archives/$name/man"
cp "$program" README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "archives/$name"
"$program" man "archives/$name/man"
for shell in bash elvish fish powershell zsh; do
    "$program" completions "$shell" >"archives/$name/completions/atm.$shell"
done

cd archives
tar -czf "$name.tar.gz" "$name"
rm -r "$name"
if type sha256sum >/dev/null 2>&1; then sha256sum "$name.tar.gz"; else shasum -a 256 "$name.tar.gz"; fi >"$name.tar.gz.sha256"
cat "$name.tar.gz.sha256"
