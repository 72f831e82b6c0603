#!/usr/bin/env python3
"""How a client writes a log that `atm check` reads: one line for each input, with all that the client sent because of it.

conformance/ADAPTERS.md says what the members mean. Run it with the name of a file, and it logs a short session.
"""

import datetime
import json
import sys

# Your names of levels, and what they mean.
LEVELS = {"undecided": "undecided", "authenticated": "authenticated", "distrusted": "distrusted"}


class ClientLog:
    """The log of one client. Keys are pairs of the owner's bare JID and the identifier in Base64."""

    def __init__(self, path, name, version):
        self.file = open(path, "a", encoding="utf-8")
        hello = {"protocol": 1, "implementation": {"name": name, "version": version}, "clock": "system",
                 "encryptions": ["*"], "levels": LEVELS}
        self.write({"command": "hello", "protocol": 1}, hello)

    def write(self, command, ok):
        self.file.write(json.dumps({"command": command, "answer": {"ok": ok}}) + "\n")
        self.file.flush()

    def log(self, command, ok, **members):
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")
        self.write({"command": command, "device": "me", "now": now.replace("+00:00", "Z"), **members}, ok)

    def created(self, jid, key, encryption="urn:xmpp:omemo:2", policy="none"):
        """The first start of the client."""
        self.log("create", {}, jid=jid, key=key, encryption=encryption, policy=policy, **{"shared-key": False})

    def happened(self, command, levels, sent=(), **members):
        """An input: `discover`, `decide`, `scan`, `deliver` or `restart`. Log it when all that follows from it is done.

        `levels` has the level of each discovered key afterwards. Each of `sent` has `stanza`, and `encrypted` with
        `encryption`, `keys` (those that can decrypt it) and `content` (the envelope).
        """
        self.log(command, {"sent": list(sent)}, **members)
        self.log("read", {"levels": list(levels.values())}, keys=[as_object(key) for key in levels])


def as_object(key):
    return {"owner": key[0], "id": key[1]}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} LOG")
    phone, tablet, bob = [character * 43 + "=" for character in "AQg"]
    tablet_key, bob_key = ("alice@example.org", tablet), ("bob@example.org", bob)
    log = ClientLog(sys.argv[1], "My client", "1.0")
    log.created("alice@example.org/phone", phone)
    log.happened("discover", {tablet_key: "undecided", bob_key: "undecided"},
                 keys=[as_object(tablet_key), as_object(bob_key)])
    log.happened("decide", {tablet_key: "authenticated", bob_key: "undecided"},
                 owner="alice@example.org", trust=[tablet], distrust=[])
    time = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    message = ("<trust-message xmlns='urn:xmpp:tm:1' usage='urn:xmpp:atm:1' encryption='urn:xmpp:omemo:2'>"
               f"<key-owner jid='bob@example.org'><trust>{bob}</trust></key-owner></trust-message>")
    envelope = (f"<envelope xmlns='urn:xmpp:sce:1'><rpad>c1DVsX</rpad><time stamp='{time}'/>"
                "<from jid='alice@example.org'/><to jid='alice@example.org'/>"
                f"<content>{message}</content></envelope>")
    stanza = ("<message xmlns='jabber:client' type='chat' from='alice@example.org/tablet' to='alice@example.org' id='1'>"
              "<encrypted xmlns='urn:xmpp:omemo:2'/><store xmlns='urn:xmpp:hints'/></message>")
    log.happened("deliver", {tablet_key: "authenticated", bob_key: "authenticated"}, stanza=stanza,
                 encrypted={"encryption": "urn:xmpp:omemo:2", "sender": as_object(tablet_key), "content": envelope})
