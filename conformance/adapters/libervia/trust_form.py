# SPDX-FileCopyrightText: the atm contributors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The forms in which a person decides about devices, filled in as a person would."""

from typing import Callable, Dict

import omemo
from sat.tools.xml_tools import XMLUI, SAT_FORM_PREFIX
from twisted.words.xish import domish

import stanzas


def fill_in(form: XMLUI, decisions: Dict[bytes, str]) -> Dict[str, str]:
    """The data of the form with these levels chosen, by identity key, and all else left as it stands."""
    fingerprints = {" ".join(omemo.SessionManager.format_identity_key(key)): key for key in decisions}
    data: Dict[str, str] = {}
    last_text = ""
    for widget in widgets_of(form.toXml()):
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


def close(_: str) -> Dict[str, str]:
    """The data of a form that was closed."""
    return {"cancelled": "true"}


def tick_nothing(form: str) -> Dict[str, str]:
    """The data of a form with a box for each device, of which none is ticked."""
    return {SAT_FORM_PREFIX + widget["name"]: "false" for widget in widgets_of(form) if widget["type"] == "bool"}


# What a person does with Libervia's question which undecided devices to trust.
ANSWERS: Dict[str, Callable[[str], Dict[str, str]]] = {"closed": close, "answered": tick_nothing}


def widgets_of(form: str) -> "list[domish.Element]":
    """What the form shows, from top to bottom."""
    document = stanzas.parse(form.split("?>", 1)[-1])
    return [element for element in stanzas.elements_of(document) if element.name == "widget"]
