#!/bin/sh
# SPDX-FileCopyrightText: the atm contributors
# SPDX-License-Identifier: AGPL-3.0-only
# Fills a folder outside of this repository with what the adapter loads: the client's code, and a DOM for Node.
#     sh install.sh FOLDER [COMMIT]
set -eu
folder=${1:?the folder to fill}
commit=${2:-796d129b1d968f9935d543fa70d3a41a531f76d8}
mkdir -p "$folder"
test -d "$folder/client" || git clone https://github.com/takanashi-tetsuya/northstar "$folder/client"
git -C "$folder/client" checkout --quiet "$commit"
git -C "$folder/client" rev-parse HEAD >"$folder/COMMIT"
npm install --prefix "$folder" --no-fund --no-audit jsdom@26.1.0
