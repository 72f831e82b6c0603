#!/usr/bin/env python3
"""An adapter for `atm` without an implementation: fill in `Device`, the rest speaks the protocol.

conformance/ADAPTERS.md says what each command means, and `atm adapter check 'python3 adapter.py'` what is missing.
"""

import json
import sys

HELLO = {
    "protocol": 1,
    "implementation": {"name": "My implementation", "version": "0.1.0"},
    # "system" if your implementation cannot be told the time.
    "clock": "injected",
    "encryptions": ["urn:xmpp:omemo:2"],
    # "toakafa", "none", both, or neither.
    "policies": [],
    # Of "scan", "own-code", "trust-manually", "restart", "shared-key", "postponed", "shown", "stored", "forget" and
    # "backup", those that work.
    "features": [],
    # Your names of levels, and what they mean to atm.
    "levels": {
        "undecided": "undecided",
        "authenticated": "authenticated",
        "distrusted": "distrusted",
    },
}


class Unsupported(Exception):
    """Your implementation cannot do this."""


class Device:
    """One endpoint of an account. Everything that happens to it gets `now`, and returns what it sent.

    Keys are pairs of the owner's bare JID and the identifier in Base64.
    """

    def __init__(self, now, jid, encryption, key, shared_key, policy):
        self.jid = jid
        self.encryption = encryption
        self.key = key
        self.levels = {}
        self.shown = []  # the bodies that the person gets to see of what arrives

    def discover(self, now, keys):
        """The device sees keys for the first time."""
        return []

    def decide(self, now, trust, distrust):
        """A person authenticates some keys of one owner and distrusts others."""
        self.levels.update({key: "authenticated" for key in trust})
        self.levels.update({key: "distrusted" for key in distrust})
        # Your implementation now tells its other endpoints and the contacts' ones. For each stanza:
        #     sent(stanza="<message …><encrypted …/></message>", keys=[(owner, id), …], content="<envelope …>")
        return []

    def deliver(self, now, stanza, encrypted):
        """A stanza arrives. `encrypted` is None, or has `encryption`, `sender` (a key or None) and `content`."""
        return []

    def level(self, now, key):
        """One of the names in HELLO["levels"]."""
        return self.levels.get(key, "undecided")

    def __getattr__(self, name):
        """What your implementation cannot do yet: `scan(now, uri)`, `own_code(now)` (the Trust Message URI that others scan),
        `trust_manually(now, keys)`, `forget(now, keys)`, `restart(now)`, `back_up(now)` and `restore(now)`."""
        raise Unsupported(name.replace("_", "-"))

    def sent(self, stanza, keys, content):
        """A stanza that was sent, as the protocol writes it."""
        keys = [{"owner": owner, "id": identifier} for owner, identifier in keys]
        return {
            "stanza": stanza,
            "encrypted": {"encryption": self.encryption, "keys": keys, "content": content},
        }


DEVICES = {}


def pairs(keys):
    return [(key["owner"], key["id"]) for key in keys]


def answer(command):
    """What stands under `ok` in the answer to a command."""
    name = command["command"]
    if name == "hello":
        return HELLO
    if name == "reset":
        DEVICES.clear()
        return {}
    if name == "stop":
        return {}
    now = command.get("now")
    if name == "create":
        DEVICES[command["device"]] = Device(
            now, command["jid"], command["encryption"], command["key"], command["shared-key"], command["policy"]
        )
        return {}
    handlers = {
        "discover": lambda device: device.discover(now, pairs(command["keys"])),
        "forget": lambda device: device.forget(now, pairs(command["keys"])),
        "decide": lambda device: device.decide(
            now,
            [(command["owner"], key) for key in command["trust"]],
            [(command["owner"], key) for key in command["distrust"]],
        ),
        "trust-manually": lambda device: device.trust_manually(now, pairs(command["keys"])),
        "scan": lambda device: device.scan(now, command["uri"]),
        "deliver": lambda device: device.deliver(now, command["stanza"], command["encrypted"]),
        "restart": lambda device: device.restart(now),
        "back-up": lambda device: device.back_up(now),
        "restore": lambda device: device.restore(now),
    }
    if name not in ("read", "own-code") and name not in handlers:
        raise Unsupported(name)
    device = DEVICES.get(command["device"])
    if device is None:
        raise LookupError(f"there is no device {command['device']}")
    if name == "read":
        return {"levels": [device.level(now, key) for key in pairs(command["keys"])]}
    if name == "own-code":
        return {"uri": device.own_code(now)}
    device.shown = []
    return {"sent": handlers[name](device), "shown": device.shown}


def main():
    for line in sys.stdin:
        command = json.loads(line)
        try:
            reply = {"ok": answer(command)}
        except Unsupported as unsupported:
            reply = {"unsupported": {"feature": str(unsupported)}}
        except LookupError as error:
            reply = {"error": {"kind": "definite", "message": str(error)}}
        except Exception as error:  # whatever goes wrong costs this case, not the run
            reply = {"error": {"kind": "indefinite", "message": f"{type(error).__name__}: {error}"}}
        print(json.dumps({"id": command["id"], **reply}), flush=True)
        if command["command"] == "stop":
            break


if __name__ == "__main__":
    main()
