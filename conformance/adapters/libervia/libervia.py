# SPDX-FileCopyrightText: the atm contributors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One running Libervia with one account: the real plugins, and around them just what they ask of the rest.

Real are the plugins XEP-0384 (with ATM in it), XEP-0420, XEP-0280 and XEP-0334, python-omemo's session manager, the
triggers, the message workflow from the arrival of a stanza, and the encryption sessions with contacts. Ours are
the server, the database, the parameters and the person.
"""

import sys
from typing import Any, Callable, Dict, List

from installed import carbons, hints, omemo_plugin, sce
from sat.core import xmpp
from sat.memory.encryption import EncryptionHandler
from sat.tools.async_trigger import TriggerManager
from twisted.internet import defer
from twisted.python import failure
from twisted.words.protocols.jabber import jid
from twisted.words.xish import domish

import trust_form
from published import Notices, Published, Pubsub


class Stuck(Exception):
    """Libervia waits for something that nobody will bring."""


def report(what: str) -> None:
    """Tell whoever reads the log."""
    print(f"libervia: {what}", file=sys.stderr)


def finish(work: Any) -> Any:
    """The result of a coroutine or a Deferred. All that Libervia waits for is here already, so it is done at once."""
    results: List[Any] = []
    defer.ensureDeferred(work).addBoth(results.append)
    if not results:
        raise Stuck("Libervia is still waiting for something")
    if isinstance(results[0], failure.Failure):
        results[0].raiseException()
    return results[0]


class Memory:
    """The parameters: ATM is switched on, it is not the default, and carbons are."""

    PARAMETERS = {omemo_plugin.PARAM_NAME: "atm", carbons.PARAM_NAME: True}

    def updateParams(self, params: str) -> None:  # pylint: disable=invalid-name
        """The plugins describe their parameters; there is no window to show them in."""

    def getParamA(self, name: str, category: str, **_: Any) -> Any:  # pylint: disable=invalid-name
        """The value of a parameter."""
        return self.PARAMETERS[name]

    async def addToHistory(self, client: "Client", message: Any) -> None:  # pylint: disable=invalid-name
        """A message that can be shown is to be kept; nobody reads it here."""


class Bridge:
    """The frontends. They only hear that there is news."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_, **__: None


class Triggers(TriggerManager):
    """Libervia's triggers, which besides tell when one of them fails: Libervia itself would only log that."""

    def asyncPoint(self, point_name: str, *args: Any, **kwargs: Any) -> defer.Deferred:  # pylint: disable=invalid-name
        """Run all triggers of a point."""
        deferred = super().asyncPoint(point_name, *args, **kwargs)
        if point_name == "messageReceived":
            deferred.addErrback(lambda failure: report(f"a received message was dropped: {failure.value!r}"))
        return deferred


class Libervia:
    """Stands for the `SAT` object, the centre of a running Libervia."""

    def __init__(self, profile: str, full_jid: str, published: Published, questions: str) -> None:
        self.profile = profile
        self._questions = questions
        self.memory = Memory()
        self.bridge = Bridge()
        self.trigger = Triggers()
        self.sent: List[domish.Element] = []
        self._callbacks: Dict[str, Callable[..., Any]] = {}

        class Encryption(EncryptionHandler):
            """The encryption sessions with contacts; each Libervia has plugins of its own."""

            plugins: List[Any] = []

        self.registerEncryptionPlugin = Encryption.registerPlugin
        self.client = Client(self, profile, full_jid, Encryption)
        self.pubsub = Pubsub(published)
        self.notices = Notices()
        self.plugins: Dict[str, Any] = {"XEP-0060": self.pubsub, "XEP-0163": self.notices}
        self.plugins["XEP-0334"] = hints.XEP_0334(self)
        self.plugins["XEP-0420"] = sce.XEP_0420(self)
        self.plugins["XEP-0280"] = carbons.XEP_0280(self)
        self.omemo = omemo_plugin.OMEMO(self)
        self._messages = xmpp.SatMessageProtocol(self)
        self._messages.parent = self.client

    def connect(self) -> None:
        """What happens when the profile is connected."""
        finish(self.client.encryption.loadSessions())
        finish(self.omemo.profileConnected(self.client))

    @property
    def session_manager(self) -> Any:
        """The OMEMO session manager of this profile."""
        return finish(self.omemo.get_session_manager(self.profile))

    def receive(self, stanza: domish.Element) -> None:
        """A message stanza has come from the server."""
        self._messages._onMessage(stanza)  # pylint: disable=protected-access

    def getClient(self, profile: str) -> "Client":  # pylint: disable=invalid-name
        """The connection of a profile."""
        assert profile == self.profile
        return self.client

    def registerCallback(self, callback: Callable[..., Any], **_: Any) -> str:  # pylint: disable=invalid-name
        """Keep what is to be called when a form is submitted."""
        identifier = f"form-{len(self._callbacks)}"
        self._callbacks[identifier] = callback
        return identifier

    def submit(self, form: str, data: Dict[str, str]) -> Any:
        """A person submits a form."""
        return self._callbacks.pop(form)(data, self.profile)

    def actionNew(self, action: Dict[str, Any], keep_id: str = "", **_: Any) -> None:  # pylint: disable=invalid-name
        """Libervia opens a window on its own, the question about undecided devices."""
        report(f"a question about undecided devices was {self._questions}")
        self.submit(keep_id, trust_form.ANSWERS[self._questions](action["xmlui"]))


class Wire:
    """The end of the way of a stanza: what would be written to the server."""

    host_app: Libervia

    def send(self, stanza: domish.Element) -> None:
        """Take it down."""
        self.host_app.sent.append(stanza)


class Client(xmpp.SatXMPPEntity, Wire):
    """The connection: stanzas are made and sent by Libervia's own methods, down to the wire."""

    is_component = False

    def __init__(  # pylint: disable=super-init-not-called
        self, host: Libervia, profile: str, full_jid: str, encryption: Callable[["Client"], EncryptionHandler]
    ) -> None:
        self.host_app = host
        self.profile = profile
        self.jid = jid.JID(full_jid)
        self.server_jid = jid.JID(self.jid.host)
        self.mess_id2uid: Dict[Any, str] = {}
        self.encryption = encryption(self)

    def feedback(self, to_jid: jid.JID, message: str, extra: Any = None) -> None:
        """Libervia tells the person something."""
        report(f"{self.profile} is told: {message}")
