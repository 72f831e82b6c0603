# SPDX-FileCopyrightText: the atm contributors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Between the stanzas of the suite, with the encrypted part taken out, and those that Libervia reads and writes."""

import base64
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

import twomemo
import twomemo.etree
from omemo.message import Message
from sat.tools import xml_tools
from twisted.words.xish import domish

from keys import Key
from plain_omemo import key_exchange_of, key_material_from
from published import Published

CLIENT = "jabber:client"
OMEMO = twomemo.twomemo.NAMESPACE
NOT_ON_ANY_LIST = 0


def parse(xml: str) -> domish.Element:
    """A stanza as the stream's parser gives it."""
    found: List[domish.Element] = []
    stream = domish.elementStream()
    stream.DocumentStartEvent = lambda root: None
    stream.ElementEvent = found.append
    stream.DocumentEndEvent = lambda: None
    stream.parse(f"<stream xmlns='{CLIENT}'>{xml}</stream>".encode("utf-8"))
    if len(found) != 1:
        raise ValueError("not exactly one stanza")
    return found[0]


class Recipient(NamedTuple):
    """The device that a stanza is delivered to."""

    key: Key
    device_number: int


def encrypt(
    stanza: domish.Element, content: str, sender: Optional[Key], recipient: Recipient, is_answered: bool
) -> None:
    """Put into its place in the stanza what the sender's OMEMO would have put there.

    Until it is answered, a sender repeats the exchange of keys in each of its messages.
    """
    place = next(filter(is_omemo, elements_of(stanza)), None)
    if place is None:
        return
    owner, sent_by, sent_for = recipient.key.owner, NOT_ON_ANY_LIST, recipient.device_number
    if sender == recipient.key:
        # Nobody encrypts for the own device, so what comes back cannot be read.
        sent_by, sent_for = recipient.device_number, NOT_ON_ANY_LIST
    elif sender is not None:
        sent_by = sender.device_number()
    note = sender or Key("", b"")
    material = key_material_from(note, owner, sent_for)
    exchange = None if is_answered else key_exchange_of(note.identity_key)
    payload = twomemo.twomemo.ContentImpl(content.encode("utf-8"))
    message = Message(OMEMO, note.owner, sent_by, payload, frozenset({(material, exchange)}))
    place.children[:] = xml_tools.et_elt_2_domish_elt(twomemo.etree.serialize_message(message)).children


def describe(stanza: domish.Element, published: Published) -> Optional[Dict[str, Any]]:
    """A stanza of Libervia's as the suite wants it; `None` if it only keeps OMEMO sessions going."""
    encrypted = next(filter(is_omemo, stanza.elements()), None)
    parcel = None
    if encrypted is not None:
        content = payload_of(encrypted)
        if content is None or is_only_session_care(content):
            return None
        parcel = {
            "encryption": OMEMO,
            "keys": [published.keys[place].name() for place in sorted(recipients_of(stanza))],
            "content": content,
        }
        encrypted.children.clear()
        encrypted.attributes.clear()
    if stanza.uri is None:
        stanza.uri = stanza.defaultUri = CLIENT
    return {"stanza": stanza.toXml(), "encrypted": parcel}


def is_omemo(element: domish.Element) -> bool:
    """Is this the element that OMEMO puts into a stanza?"""
    return element.uri == OMEMO and element.name == "encrypted"


def elements_of(element: domish.Element) -> Iterator[domish.Element]:
    """All elements below this one, in the order of the document."""
    for child in element.elements():
        yield child
        yield from elements_of(child)


def payload_of(encrypted: domish.Element) -> Optional[str]:
    """What is encrypted, or `None` if the message is empty."""
    payload = next(encrypted.elements(OMEMO, "payload"), None)
    return None if payload is None else base64.b64decode(str(payload)).decode("utf-8")


def recipients_of(stanza: domish.Element) -> Iterator[Tuple[str, int]]:
    """The owners and numbers of the devices that a stanza is encrypted for."""
    for encrypted in filter(is_omemo, stanza.elements()):
        for header in encrypted.elements(OMEMO, "header"):
            for keys in header.elements(OMEMO, "keys"):
                for key in keys.elements(OMEMO, "key"):
                    yield keys["jid"], int(key["rid"])


def is_only_session_care(content: str) -> bool:
    """Is this an empty OMEMO message that was encrypted once more, as happens to all that Libervia sends to a contact
    with whom it has started an encrypted conversation?"""
    inner = list(filter(is_omemo, elements_of(parse(content))))
    return len(inner) == 1 and payload_of(inner[0]) is None
