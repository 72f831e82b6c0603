# SPDX-FileCopyrightText: the atm contributors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One device: what the suite has it do, done in Libervia."""

from typing import Any, Dict, List, Optional, Set, Tuple

import omemo
from installed import omemo_plugin
from sat.memory.persistent import LazyPersistentBinaryDict
from twisted.words.protocols.jabber import jid
from twisted.words.xish import domish

import stanzas
import trust_form
from keys import Key
from libervia import Libervia, Stuck, finish, report
from pipe import Unsupported
from published import Published

TrustLevel = omemo_plugin.TrustLevel
NOT_YET = "UNDECIDED, to be trusted blindly when it is first used"
NO_LONGER = "BLINDLY_TRUSTED, before the first decision"
LEVELS = {
    TrustLevel.UNDECIDED.name: "undecided",
    NOT_YET: "automatically-trusted",
    TrustLevel.BLINDLY_TRUSTED.name: "automatically-trusted",
    NO_LONGER: "automatically-distrusted",
    TrustLevel.TRUSTED.name: "authenticated",
    TrustLevel.DISTRUSTED.name: "distrusted",
}
WITHOUT_DECISION = {TrustLevel.UNDECIDED.name, TrustLevel.BLINDLY_TRUSTED.name}


class Device:
    """A device of the suite with its Libervia, its database and its view of what the server publishes."""

    def __init__(self, name: str, full_jid: str, identity_key: str, questions: str) -> None:
        self._name, self._full_jid, self._questions = name, full_jid, questions
        self._key = Key.named({"owner": jid.JID(full_jid).userhost(), "id": identity_key})
        self._published = Published()
        self._answered: Set[Tuple[str, int]] = set()
        storage = omemo_plugin.StorageImpl(name)
        finish(storage.store("/ikp/is_seed", True))
        finish(storage.store_bytes("/ikp/key", self._key.identity_key))
        self._start()

    def _start(self) -> None:
        self._libervia = Libervia(self._name, self._full_jid, self._published, self._questions)
        self._libervia.connect()
        own, _ = finish(self._manager.get_own_device_information())
        self._recipient = stanzas.Recipient(self._key, own.device_id)

    @property
    def _manager(self) -> omemo.SessionManager:
        return self._libervia.session_manager

    def discover(self, names: List[Dict[str, str]]) -> Dict[str, Any]:
        """Device lists with new keys arrive; Libervia then fetches the keys."""
        keys = [key for key in map(Key.named, names) if key != self._key]
        for key in keys:
            self._published.show(key)
        for owner in dict.fromkeys(key.owner for key in keys):
            self._try("a device list", self._libervia.notices.device_list(
                owner, self._libervia.client.jid, self._published.device_list(owner), self._name
            ))
            finish(self._manager.get_device_information(owner))
        return self._sent()

    def decide(self, owner: str, trust: List[str], distrust: List[str]) -> Dict[str, Any]:
        """A person fills in the form with the devices of an account."""
        levels = {Key.named({"owner": owner, "id": key}).identity_key: level.name for keys, level in (
            (trust, TrustLevel.TRUSTED), (distrust, TrustLevel.DISTRUSTED)
        ) for key in keys}
        if not levels.keys() <= {device.identity_key for device in self._devices_of(owner)}:
            raise Unsupported("decide-before-discovery", "Libervia's form lists the devices that it knows")
        form = finish(self._libervia.omemo.getTrustUI(self._libervia.client, jid.JID(owner)))
        self._try("a decision", self._libervia.submit(form.submit_id, trust_form.fill_in(form, levels)))
        return self._sent()

    def deliver(self, xml: str, encrypted: Optional[Dict[str, Any]]) -> Dict[str, Any]:
        """A stanza arrives."""
        try:
            stanza = stanzas.parse(xml)
        except (ValueError, domish.ParserError) as problem:
            report(f"not a stanza: {problem}")
            return self._sent()
        if encrypted is not None and encrypted["encryption"] == stanzas.OMEMO:
            self._encrypt(stanza, encrypted)
        self._libervia.receive(stanza)
        return self._sent()

    def read(self, names: List[Dict[str, str]]) -> Dict[str, Any]:
        """The levels of keys, as Libervia gives them to its other parts, and its cache of trust messages."""
        return {"levels": [self._level(Key.named(name)) for name in names], "postponed": self._postponed()}

    def restart(self) -> Dict[str, Any]:
        """End this Libervia and start another one with the same database."""
        self._start()
        return self._sent()

    def _encrypt(self, stanza: domish.Element, encrypted: Dict[str, Any]) -> None:
        sender = None if encrypted["sender"] is None else Key.named(encrypted["sender"])
        if sender is not None and sender != self._key:
            # Whoever sends OMEMO messages has published its key: this is how Libervia finds an unknown sender.
            self._published.show(sender)
        is_answered = sender is not None and (sender.owner, sender.device_number()) in self._answered
        stanzas.encrypt(stanza, encrypted["content"], sender, self._recipient, is_answered)

    def _devices_of(self, owner: str) -> Any:
        return finish(self._manager.get_device_information(owner))

    def _level(self, key: Key) -> str:
        devices = self._devices_of(key.owner)
        device = next((device for device in devices if device.identity_key == key.identity_key), None)
        if device is None:
            return TrustLevel.UNDECIDED.name
        level = device.trust_level_name
        # Libervia asks nobody about an account as long as nothing is decided about any of its devices.
        is_open = {other.trust_level_name for other in devices} <= WITHOUT_DECISION
        if level == TrustLevel.UNDECIDED.name and is_open:
            return NOT_YET
        if level == TrustLevel.BLINDLY_TRUSTED.name and not is_open:
            return NO_LONGER
        return level

    def _postponed(self) -> List[Dict[str, Any]]:
        cache = finish(LazyPersistentBinaryDict("XEP-0384/TM", self._name).get("cache", set()))
        senders: Dict[Key, Dict[bool, Set[Key]]] = {}
        for entry in cache:
            sender = Key(entry.sender_jid.userhost(), entry.sender_key)
            target = Key(entry.trust_update.target_jid.userhost(), entry.trust_update.target_key)
            senders.setdefault(sender, {True: set(), False: set()})[entry.trust_update.target_trust].add(target)
        return [{
            "sender": sender.name(),
            "trust": [key.name() for key in sorted(senders[sender][True])],
            "distrust": [key.name() for key in sorted(senders[sender][False])],
        } for sender in sorted(senders)]

    def _try(self, what: str, work: Any) -> None:
        """Let Libervia do something. If it fails half-way, what it did until then counts, as it does for its users."""
        try:
            finish(work)
        except Stuck:
            raise
        except Exception as problem:  # pylint: disable=broad-except
            report(f"{what} failed half-way: {problem!r}")

    def _sent(self) -> Dict[str, Any]:
        for stanza in self._libervia.sent:
            self._answered.update(stanzas.recipients_of(stanza))
        described = [stanzas.describe(stanza, self._published) for stanza in self._libervia.sent]
        self._libervia.sent.clear()
        return {"sent": [stanza for stanza in described if stanza is not None]}
