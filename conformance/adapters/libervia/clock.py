# SPDX-FileCopyrightText: the atm contributors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The time of each command, in place of every clock that Libervia reads on the way to a trust message."""

import datetime as standard
from types import SimpleNamespace

import installed
from sat.core import xmpp
from sat.tools import xmpp_datetime
from twisted.internet import task
import omemo.session_manager

_now = standard.datetime(2020, 1, 1, tzinfo=standard.timezone.utc)


class datetime(standard.datetime):  # pylint: disable=invalid-name
    """`datetime` with a clock that stands still between two commands."""

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(_now.timestamp(), tz)


def set_to(now: str) -> None:
    """Take over the `now` of a command."""
    global _now  # pylint: disable=global-statement
    _now = standard.datetime.strptime(now, "%Y-%m-%dT%H:%M:%S.%f%z")


def forget_timers() -> None:
    """Drop what waits for a time to come: the rotation of signed pre keys, weeks ahead, which no scenario reaches."""
    omemo.session_manager.reactor = task.Clock()


def install() -> None:
    """Put this clock in the place of the machine's."""
    seconds = SimpleNamespace(time=lambda: _now.timestamp())
    xmpp_datetime.datetime = datetime
    xmpp.time = seconds
    installed.omemo_plugin.time = seconds
    forget_timers()
