# SPDX-FileCopyrightText: the atm contributors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The form in which a person decides about the devices of an account, filled in as a person would."""

from typing import Dict

import omemo
from sat.tools.xml_tools import XMLUI, SAT_FORM_PREFIX
from twisted.words.xish import domish

import stanzas


def fill_in(form: XMLUI, decisions: Dict[bytes, str]) -> Dict[str, str]:
    """The data of the form with these levels chosen, by identity key, and all else left as it stands."""
    fingerprints = {" ".join(omemo.SessionManager.format_identity_key(key)): key for key in decisions}
    data: Dict[str, str] = {}
    last_text = ""
    for widget in widgets_of(form):
        if widget["type"] == "text":
            last_text = "".join(str(value) for value in widget.elements())
        if widget["type"] == "list":
            # Above each list stands the fingerprint of the device that it is about.
            key = fingerprints.get(last_text)
            data[SAT_FORM_PREFIX + widget["name"]] = selected_in(widget) if key is None else decisions[key]
    return data


def selected_in(widget: domish.Element) -> str:
    """The level that a list shows until somebody chooses another one."""
    return next(option["value"] for option in widget.elements() if option.getAttribute("selected") == "true")


def widgets_of(form: XMLUI) -> "list[domish.Element]":
    """What the form shows, from top to bottom."""
    document = stanzas.parse(form.toXml().split("?>", 1)[-1])
    return [element for element in stanzas.elements_of(document) if element.name == "widget"]
