# SPDX-FileCopyrightText: the atm contributors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keys as the suite names them, and the device numbers that OMEMO needs besides."""

import base64
import hashlib
from typing import Any, Dict, NamedTuple


class Key(NamedTuple):
    """An identity key and its owner. The same key under two owners is two keys."""

    owner: str
    identity_key: bytes

    @classmethod
    def named(cls, name: Dict[str, Any]) -> "Key":
        """From the form in which the suite names a key."""
        return cls(name["owner"], base64.b64decode(name["id"], validate=True))

    def name(self) -> Dict[str, str]:
        """The form in which the suite names this key."""
        return {"owner": self.owner, "id": base64.b64encode(self.identity_key).decode("ascii")}

    def device_number(self) -> int:
        """The OMEMO device with this key: the same number wherever the key is discovered."""
        digest = hashlib.sha256(self.owner.encode("utf-8") + b"\0" + self.identity_key).digest()
        return int.from_bytes(digest[:4], "big") % (2 ** 31 - 1) + 1
