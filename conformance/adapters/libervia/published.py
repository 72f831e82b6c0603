# SPDX-FileCopyrightText: the atm contributors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the server shows to one device: device lists and bundles.

Stands for Libervia's plugins XEP-0060 and XEP-0163.
"""

from typing import Any, Callable, Dict, List, Optional, Tuple

import twomemo
import twomemo.etree
from installed import omemo_plugin
from sat.core import exceptions
from sat.tools import xml_tools
from twisted.words.protocols.jabber import jid
from twisted.words.xish import domish
from wokkel import pubsub

from keys import Key
from plain_omemo import bundle_of

NODE = omemo_plugin.TWOMEMO_DEVICE_LIST_NODE
Notice = Callable[[pubsub.ItemsEvent, str], Any]


class Published:
    """The keys that a device can see. It outlives a restart: it is the server's."""

    def __init__(self) -> None:
        self.keys: Dict[Tuple[str, int], Key] = {}
        self.own: Dict[Tuple[str, str, str], domish.Element] = {}

    def show(self, key: Key) -> None:
        """Let a key be seen from now on."""
        self.keys[key.owner, key.device_number()] = key

    def device_list(self, owner: str) -> Optional[domish.Element]:
        """The list of devices of an account as an item, with this device as far as it has published it."""
        devices: Dict[int, Optional[str]] = {}
        own = self.own.get((owner, NODE, Pubsub.ID_SINGLETON))
        if own is not None:
            devices.update(twomemo.etree.parse_device_list(xml_tools.domish_elt_2_et_elt(own)))
        devices.update({number: None for key_owner, number in self.keys if key_owner == owner})
        return item(xml_tools.et_elt_2_domish_elt(twomemo.etree.serialize_device_list(devices))) if devices else None

    def bundle(self, owner: str, number: int) -> Optional[domish.Element]:
        """The bundle of one device as an item."""
        key = self.keys.get((owner, number))
        if key is None:
            return None
        bundle = bundle_of(twomemo.twomemo, owner, number, key.identity_key)
        return item(xml_tools.et_elt_2_domish_elt(twomemo.etree.serialize_bundle(bundle)))


class Pubsub(omemo_plugin.XEP_0060):
    """The part of the XEP-0060 plugin that asks the server and tells it something."""

    def __init__(self, published: Published) -> None:  # pylint: disable=super-init-not-called
        self._published = published

    async def sendItem(  # pylint: disable=invalid-name
        self, client: Any, service: jid.JID, nodeIdentifier: str, payload: domish.Element, item_id=None, extra=None
    ) -> None:
        self._published.own[service.userhost(), nodeIdentifier, item_id] = payload

    async def getItems(  # pylint: disable=invalid-name
        self, client: Any, service: jid.JID, node: str, max_items=None, item_ids=None
    ) -> Tuple[List[domish.Element], Dict[str, Any]]:
        owner, wanted = service.userhost(), (item_ids or [self.ID_SINGLETON])[0]
        if node == NODE:
            found = self._published.device_list(owner)
        else:
            own = self._published.own.get((owner, node, wanted))
            found = item(own) if own is not None else self._published.bundle(owner, int(wanted)) if item_ids else None
        if found is None:
            raise exceptions.NotFound
        return [found], {}


class Notices:
    """Stands for the XEP-0163 plugin: who wants to hear of new device lists."""

    def __init__(self) -> None:
        self._listeners: Dict[str, Notice] = {}

    def addPEPEvent(self, name: str, node: str, callback: Notice, *_: Any) -> None:  # pylint: disable=invalid-name
        self._listeners[node] = callback

    def device_list(self, owner: str, receiver: jid.JID, items: domish.Element, profile: str) -> Any:
        """Tell that the device list of an account is now this one."""
        event = pubsub.ItemsEvent(jid.JID(owner), receiver, NODE, [items], {})
        return self._listeners[NODE](event, profile)


def item(payload: domish.Element) -> domish.Element:
    """A payload as it comes from a node."""
    element = domish.Element((pubsub.NS_PUBSUB, "item"))
    element.addChild(payload)
    return element
