# SPDX-FileCopyrightText: the atm contributors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Finds the installed Libervia and imports what the adapter drives. Nothing of it is copied."""

import logging
import os
import subprocess
import sys

SHARE = os.environ.get("ATM_LIBERVIA_PATH", "/usr/share/libervia")
sys.path.insert(0, SHARE)

try:
    from sat.plugins import plugin_xep_0280 as carbons
    from sat.plugins import plugin_xep_0334 as hints
    from sat.plugins import plugin_xep_0384 as omemo_plugin
    from sat.plugins import plugin_xep_0420 as sce
except Exception as problem:
    raise SystemExit(
        f"no Libervia with OMEMO under {SHARE} ({problem}): on Debian bookworm, "
        "apt-get install libervia-backend python3-omemo python3-twomemo python3-oldmemo"
    ) from problem

from sat.core.log import Logger

__all__ = ["carbons", "hints", "omemo_plugin", "quieten", "sce", "version"]


def version() -> str:
    """The version of Debian's package, or of Libervia itself where there is none."""
    try:
        return subprocess.run(
            ["dpkg-query", "-W", "-f", "${Version}", "libervia-backend"],
            check=True, capture_output=True, text=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        from sat.core.constants import Const
        return str(Const.APP_VERSION)


def quieten() -> None:
    """Keep only what went wrong in the log; ATM_LIBERVIA_LOG=all keeps everything."""
    if os.environ.get("ATM_LIBERVIA_LOG") == "all":
        return
    Logger.debug = Logger.info = lambda *_, **__: None
    omemo_plugin.sm_logger.setLevel(logging.ERROR)
    omemo_plugin.ikp_logger.setLevel(logging.ERROR)
