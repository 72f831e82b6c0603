# SPDX-FileCopyrightText: the atm contributors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What else would differ between two runs: random numbers, and the order of sets.

A fixed hash seed is not enough for the latter: the hash of an object without one of its own is an address, and
before Python 3.12 that of `None` is too, which a bare JID holds.
"""

import os
import random

import omemo
import twomemo
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
    twomemo.twomemo.EncryptedKeyMaterialImpl.__hash__ = lambda material: hash((material.bare_jid, material.device_id))
    twomemo.twomemo.KeyExchangeImpl.__hash__ = lambda exchange: hash(exchange.identity_key)
