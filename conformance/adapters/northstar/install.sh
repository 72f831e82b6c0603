#!/bin/sh
# SPDX-FileCopyrightText: the atm contributors
# SPDX-License-Identifier: AGPL-3.0-only
# Fills a folder outside of this repository with what the adapter loads: the client's code, and a DOM for Node.
#     sh install.sh FOLDER [COMMIT]
set -eu
if [ $# -lt 1 ] || [ $# -gt 2 ]; then
    echo 'usage: sh install.sh FOLDER [COMMIT]' >&2
    exit 2
fi
folder=$1
commit=${2:-796d129b1d968f9935d543fa70d3a41a531f76d8}
mkdir -p "$folder"
if [ -e "$folder/client/.git" ]; then
    git -C "$folder/client" fetch --quiet
else
    git clone https://github.com/takanashi-tetsuya/northstar "$folder/client"
fi
git -C "$folder/client" checkout --quiet "$commit"
npm install --prefix "$folder" --no-fund --no-audit jsdom@26.1.0
# The adapter tells this version, so it is written when all else is there.
git -C "$folder/client" rev-parse HEAD >"$folder/COMMIT"
