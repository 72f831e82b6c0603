#!/usr/bin/python3
# SPDX-FileCopyrightText: the atm contributors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The ATM of Libervia, as Debian ships it, behind the adapter protocol of `atm` (conformance/ADAPTERS.md).

Starts itself again with a fixed hash seed, because Libervia decides some things by the order of sets, and keeps
standard output for the answers: whatever else prints goes to standard error.
"""

import argparse
import os
import sys

HASH_SEED = os.environ.get("ATM_LIBERVIA_HASH_SEED", "0")


def main() -> int:
    if os.environ.get("PYTHONHASHSEED") != HASH_SEED:
        os.environ["PYTHONHASHSEED"] = HASH_SEED
        os.execv(sys.executable, [sys.executable, *sys.argv])
    sys.dont_write_bytecode = True
    parser = argparse.ArgumentParser(description="The ATM of Libervia behind the adapter protocol.")
    parser.add_argument(
        "--questions", choices=["closed", "answered"], default="closed",
        help="the person closes Libervia's question about undecided devices, or answers it by trusting none of them",
    )
    questions = parser.parse_args().questions

    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)

    import pipe
    from devices import Devices

    return pipe.serve(sys.stdin.buffer, answers, Devices(questions))


if __name__ == "__main__":
    sys.exit(main())
