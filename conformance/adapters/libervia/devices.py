# SPDX-FileCopyrightText: the atm contributors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The commands of the suite, followed by devices that each have a Libervia of their own."""

from typing import Any, Callable, Dict

import installed
import clock
import plain_omemo
import records
import repeatable
from device import LEVELS, Device
from pipe import Refused, Unsupported

installed.quieten()
clock.install()
repeatable.install()
plain_omemo.install()


class Devices:
    """All devices of the present case."""

    def __init__(self, questions: str) -> None:
        self._questions = questions
        self._devices: Dict[str, Device] = {}
        self._version = installed.version()
        self._commands: Dict[str, Callable[[Dict[str, Any]], Dict[str, Any]]] = {
            "hello": self._hello,
            "create": self._create,
            "reset": self._reset,
            "stop": lambda _: {},
            "discover": lambda command: self._device(command).discover(command["keys"]),
            "decide": lambda command: self._device(command).decide(
                command["owner"], command["trust"], command["distrust"]
            ),
            "deliver": lambda command: self._device(command).deliver(command["stanza"], command["encrypted"]),
            "read": lambda command: self._device(command).read(command["keys"]),
            "restart": lambda command: self._device(command).restart(),
        }
        self._reset({})

    def follow(self, command: Dict[str, Any]) -> Dict[str, Any]:
        """Follow one command and give what its `ok` holds."""
        follow = self._commands.get(command["command"])
        if follow is None:
            raise Unsupported(command["command"], REASONS.get(command["command"], ""))
        if "now" in command:
            clock.set_to(command["now"])
        return follow(command)

    def _hello(self, _: Dict[str, Any]) -> Dict[str, Any]:
        return {
            "protocol": 1,
            "implementation": {
                "name": "Libervia", "version": self._version, "url": "https://libervia.org",
            },
            "clock": "injected",
            "encryptions": [installed.omemo_plugin.OMEMO.NS_TWOMEMO],
            "policies": ["toakafa"],
            "features": ["postponed", "restart"],
            "levels": LEVELS,
        }

    def _reset(self, _: Dict[str, Any]) -> Dict[str, Any]:
        self._devices.clear()
        records.begin()
        repeatable.restart()
        clock.forget_timers()
        return {}

    def _create(self, command: Dict[str, Any]) -> Dict[str, Any]:
        if command["encryption"] != installed.omemo_plugin.OMEMO.NS_TWOMEMO:
            raise Unsupported(command["encryption"], "Libervia's ATM is part of its OMEMO")
        if command.get("shared-key"):
            raise Unsupported("shared-key", "Libervia's ATM is part of its OMEMO")
        if command["device"] in self._devices:
            raise Refused(f"there is a device {command['device']} already")
        self._devices[command["device"]] = Device(
            command["device"], command["jid"], command["key"], self._questions
        )
        return {}

    def _device(self, command: Dict[str, Any]) -> Device:
        device = self._devices.get(command["device"])
        if device is None:
            raise Refused(f"no such device: {command['device']}")
        return device


REASONS = {
    "scan": "Libervia 0.9 has no Trust Message URIs",
    "trust-manually": "in Libervia, what a person trusts is authenticated",
}
