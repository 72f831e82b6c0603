"""A small client with Automatic Trust Management, for `play_vectors.py`. It has no network and no encryption."""
from xml.etree import ElementTree

CLIENT, SCE, TM = "{jabber:client}", "{urn:xmpp:sce:1}", "{urn:xmpp:tm:1}"
LEVELS = {"trust": "authenticated", "distrust": "distrusted"}
# It knows no policy, keeps everything in memory, and has no use for the lists of keys.
HANDLED = ("create", "decide", "deliver", "discover", "forget", "restart", "trust-manually")


def bare(stanza, account):
    """The account that a stanza is from. The own server may leave that out."""
    return stanza.get("from", account).split("/")[0]


class Client:
    def take(self, command):
        """Handles an input, and returns the sent messages, or `None` if the client cannot handle it."""
        if command["command"] not in HANDLED or command.get("shared-key"):
            return None
        self.sent = []
        if command["command"] in ("create", "decide", "deliver"):
            getattr(self, command["command"])(command)
        return self.sent

    def level(self, key):
        return self.levels.get(key, "open")

    def create(self, command):
        self.jid, self.encryption = command["jid"], command["encryption"]
        self.account = self.jid.split("/")[0]
        self.key = (self.account, command["key"])
        self.levels, self.postponed = {}, []

    def decide(self, command):
        decisions = [(verdict, (command["owner"], key)) for verdict in LEVELS for key in command[verdict]]
        decisions = [(verdict, key) for verdict, key in decisions if self.level(key) != LEVELS[verdict]]
        known = {key for key, level in self.levels.items() if level == "authenticated"}
        known -= {key for _, key in decisions}
        for verdict, key in decisions:
            self.levels[key] = LEVELS[verdict]
        for account in dict.fromkeys(owner for owner, _ in sorted(known)):
            told = [(verdict, key) for verdict, key in decisions if self.account in (account, key[0])]
            self.send(account, {key for key in known if key[0] == account}, told)
        trusted = {key for verdict, key in decisions if verdict == "trust"}
        facts = known if command["owner"] == self.account else {key for key in known if key[0] == self.account}
        self.send(command["owner"], trusted, [("trust", key) for key in facts])
        self.release(trusted)

    def send(self, account, readers, decisions):
        if readers and decisions:
            self.sent.append({"to": account, "readers": sorted(readers), "decisions": decisions})

    def deliver(self, command):
        message = self.read(ElementTree.fromstring(command["stanza"]), command["encrypted"])
        if message:
            self.postponed.append(message)
            self.release({message[0]})

    def read(self, stanza, encrypted):
        """The sender and the decisions of a trust message; `None` if it does not count."""
        if not encrypted or not encrypted["sender"]:
            return None
        sender = (encrypted["sender"]["owner"], encrypted["sender"]["id"])
        carbon = stanza.find(f".//{CLIENT}message")
        if carbon is not None and stanza.get("from", self.account) != self.account:
            return None
        message = stanza if carbon is None else carbon
        if message.get("from") == self.jid or bare(message, self.account) != sender[0]:
            return None
        try:
            content = ElementTree.fromstring(encrypted["content"])
        except ElementTree.ParseError:
            return None
        found = content.find(f"{SCE}content/{TM}trust-message")
        if found is None or found.get("usage") != "urn:xmpp:atm:1" or found.get("encryption") != self.encryption:
            return None
        decisions = [(verdict, (owner.get("jid"), "".join((key.text or "").split())))
                     for owner in found for verdict in ("distrust", "trust") for key in owner.findall(TM + verdict)]
        return sender, [(verdict, key) for verdict, key in decisions
                        if sender[0] in (self.account, key[0]) and key != self.key and key != sender]

    def release(self, authenticated):
        """Applies the messages whose senders are authenticated, and those that become so by them."""
        while authenticated:
            sender = authenticated.pop()
            # Another device may have the same key.
            if sender == self.key or self.level(sender) == "authenticated":
                for message in [message for message in self.postponed if message[0] == sender]:
                    self.postponed.remove(message)
                    for verdict, key in message[1]:
                        self.levels[key] = LEVELS[verdict]
                        authenticated |= {key} if verdict == "trust" else set()
