#!/usr/bin/env bash
# Whether the repository is ready for a release: `deploy/check-release.sh [TAG REPOSITORY]`. Without arguments, it checks
# only that all files name the same version.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(sed -n '/^\[workspace.package\]$/,/^$/s/^version = "\(.*\)"$/\1/p' Cargo.toml)
mistakes=0
mistake() {
    echo "check-release: $*" >&2
    mistakes=1
}

for crate in adapter-protocol engine reports simulator suite; do
    grep -q "^atm-$crate = .*version = \"$version\"" Cargo.toml ||
        mistake "Cargo.toml: the dependency atm-$crate has another version than $version"
done
for file in conformance/ci/github-workflow.yml deploy/github-matrix.yml; do
    grep -q "^  ATM_VERSION: v$version\$" "$file" || mistake "$file: ATM_VERSION is not v$version"
done
newest=$(sed -n 's/^## \[\([0-9].*\)\] - [0-9]\{4\}-[0-9][0-9]-[0-9][0-9]$/\1/p' CHANGELOG.md | head -n 1)
[[ $newest == "$version" ]] || mistake "CHANGELOG.md: its newest release is ${newest:-missing}, and not $version"

if (($#)); then
    tag=$1 repository=$2
    [[ $tag == "v$version" ]] || mistake "the tag is $tag, but Cargo.toml has the version $version"
    named=$(sed -n 's/^repository = "\(.*\)"$/\1/p' conformance/cli/Cargo.toml)
    [[ $named == "$repository" ]] ||
        mistake "conformance/cli/Cargo.toml: \`repository\` is ${named:-not set}. Set it under [package] to $repository: \`cargo binstall\` looks for the archives there"
fi
exit "$mistakes"
