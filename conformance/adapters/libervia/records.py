# SPDX-FileCopyrightText: the atm contributors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Libervia's database: what a device has stored, and all that a restart leaves of it."""

import pickle
from typing import Any, Dict, List, Optional, Tuple

from sat.memory.persistent import PersistentDict

Place = Tuple[Optional[str], str]


class Records:
    """Stands for `sat.memory.sqla.Storage`, as far as persistent dictionaries use it.

    Values are pickled, as in the real one, so that nobody shares an object with what is stored.
    """

    def __init__(self) -> None:
        self._places: Dict[Place, Dict[str, bytes]] = {}

    async def getPrivates(  # pylint: disable=invalid-name
        self, namespace: str, keys: Optional[List[str]] = None, binary: bool = False, profile: Optional[str] = None
    ) -> Dict[str, Any]:
        place = self._places.get((profile, namespace), {})
        return {key: pickle.loads(value) for key, value in place.items() if keys is None or key in keys}

    async def setPrivateValue(  # pylint: disable=invalid-name
        self, namespace: str, key: str, value: Any, binary: bool = False, profile: Optional[str] = None
    ) -> None:
        self._places.setdefault((profile, namespace), {})[key] = pickle.dumps(value)

    async def delPrivateValue(  # pylint: disable=invalid-name
        self, namespace: str, key: str, binary: bool = False, profile: Optional[str] = None
    ) -> None:
        self._places.get((profile, namespace), {}).pop(key, None)


def begin() -> None:
    """An empty database for all devices of the next case."""
    PersistentDict.storage = Records()
