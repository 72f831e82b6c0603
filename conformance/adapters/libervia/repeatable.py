# SPDX-FileCopyrightText: the atm contributors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What else would differ between two runs: random numbers, and the order of sets.

A fixed hash seed is not enough for the latter: before Python 3.12 the hash of `None` is an address, and a bare JID
holds a `None`.
"""

import os
import random

import omemo
from twisted.words.protocols.jabber.jid import JID

_generator = random.Random(0)


def restart() -> None:
    """Begin the same random numbers again."""
    _generator.seed(0)


def install() -> None:
    """Take the place of the system's random numbers and of the hashes that hold an address."""
    os.urandom = _generator.randbytes
    random._urandom = _generator.randbytes  # pylint: disable=protected-access
    JID.__hash__ = lambda jid: hash((jid.user or "", jid.host, jid.resource or ""))
    omemo.DeviceInformation.__hash__ = lambda device: hash(
        tuple("" if member is None else member for member in device)
    )
