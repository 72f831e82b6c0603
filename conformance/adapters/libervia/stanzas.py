# SPDX-FileCopyrightText: the atm contributors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Between the stanzas of the suite, with the encrypted part taken out, and those that Libervia reads and writes."""

import base64
from typing import Any, Dict, Iterator, List, Optional

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


class Recipient:
    """The device that a stanza is delivered to."""

    def __init__(self, key: Key, device_number: int) -> None:
        self.key, self.device_number = key, device_number


def encrypt(
    stanza: domish.Element, content: str, sender: Optional[Key], recipient: Recipient, has_session: bool
) -> None:
    """Put into its place in the stanza what the sender's OMEMO would have put there."""
    place = next((element for element in elements_of(stanza) if is_omemo(element)), None)
    if place is None:
        return
    for_number = recipient.device_number
    if sender == recipient.key:
        for_number = NOT_ON_ANY_LIST  # nobody encrypts for the own device
    note = Key("", b"") if sender is None else sender
    message = Message(
        OMEMO,
        note.owner,
        NOT_ON_ANY_LIST if sender is None else recipient.device_number if sender == recipient.key
        else sender.device_number(),
        twomemo.twomemo.ContentImpl(content.encode("utf-8")),
        frozenset({(
            key_material_from(note, recipient.key.owner, for_number),
            None if has_session else key_exchange_of(note.identity_key),
        )}),
    )
    filled = xml_tools.et_elt_2_domish_elt(twomemo.etree.serialize_message(message))
    place.children[:] = filled.children


def describe(stanza: domish.Element, published: Published) -> Optional[Dict[str, Any]]:
    """A stanza of Libervia's as the suite wants it; `None` if it only keeps OMEMO sessions going."""
    encrypted = next((element for element in stanza.elements() if is_omemo(element)), None)
    parcel = None
    if encrypted is not None:
        content = payload_of(encrypted)
        if content is None or is_only_session_care(content):
            return None
        parcel = {
            "encryption": OMEMO,
            "keys": [published.keys[place].name() for place in sorted(recipients_of(encrypted))],
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


def recipients_of(encrypted: domish.Element) -> Iterator[Any]:
    """The owners and numbers of the devices that it is encrypted for."""
    for header in encrypted.elements(OMEMO, "header"):
        for keys in header.elements(OMEMO, "keys"):
            for key in keys.elements(OMEMO, "key"):
                yield keys["jid"], int(key["rid"])


def is_only_session_care(content: str) -> bool:
    """Is this an empty OMEMO message that was encrypted once more, as happens to all that Libervia sends to a contact
    with whom it has started an encrypted conversation?"""
    inner = [element for element in elements_of(parse(content)) if is_omemo(element)]
    return len(inner) == 1 and payload_of(inner[0]) is None
