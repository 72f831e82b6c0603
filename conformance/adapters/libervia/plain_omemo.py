# SPDX-FileCopyrightText: the atm contributors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""OMEMO without the cryptography: whom a message is for is decided by the real code, only the ciphers are plain text.

The session manager of python-omemo asks a *backend* to build sessions and to encrypt for one device. These backends
keep sessions as the real ones do (Libervia reads from them which contacts there are), write the real wire format,
and leave the payload readable. What a message was encrypted with is still bound to its sender: it can only be read
in a session with the same owner and identity key.
"""

from typing import Any, Optional, Tuple

import doubleratchet
import oldmemo
import omemo
import omemo.identity_key_pair
import twomemo
import x3dh
from omemo.session import Initiation, Session
from twomemo.twomemo_pb2 import OMEMOAuthenticatedMessage, OMEMOMessage

from keys import Key

# The other 32 bytes of a key exchange mean nothing here. It is a point on the curve, since some code insists on one.
POINT = omemo.identity_key_pair.IdentityKeyPairSeed(bytes(32)).identity_key
PRE_KEY = bytes(32)


def bundle_of(backend: Any, owner: str, device_number: int, identity_key: bytes) -> omemo.Bundle:
    """What a device publishes."""
    return backend.BundleImpl(
        owner, device_number, x3dh.Bundle(identity_key, POINT, bytes(64), frozenset({PRE_KEY})), 1, {PRE_KEY: 1}
    )


def key_exchange_of(identity_key: bytes) -> twomemo.twomemo.KeyExchangeImpl:
    """What the first messages of a session carry."""
    return twomemo.twomemo.KeyExchangeImpl(x3dh.Header(identity_key, POINT, PRE_KEY, POINT), 1, 1)


def key_material_from(sender: Key, recipient: str, device_number: int) -> twomemo.twomemo.EncryptedKeyMaterialImpl:
    """What a sender encrypts for one device: here just a note of who it is."""
    note = sender.owner.encode("utf-8") + b"\0" + sender.identity_key
    message = OMEMOMessage(n=0, pn=0, dh_pub=b"", ciphertext=note).SerializeToString()
    return twomemo.twomemo.EncryptedKeyMaterialImpl(
        recipient,
        device_number,
        doubleratchet.EncryptedMessage(
            doubleratchet.Header(b"", 0, 0),
            OMEMOAuthenticatedMessage(mac=b"", message=message).SerializeToString(),
        ),
    )


def sender_noted_in(material: twomemo.twomemo.EncryptedKeyMaterialImpl) -> Key:
    """Who encrypted this."""
    envelope = OMEMOAuthenticatedMessage.FromString(material.encrypted_message.ciphertext)
    owner, identity_key = OMEMOMessage.FromString(envelope.message).ciphertext.split(b"\0", 1)
    return Key(owner.decode("utf-8"), identity_key)


class PlainSession(Session):
    """Two devices that have exchanged keys."""

    def __init__(self, bare_jid: str, device_id: int, identity_key: bytes, initiation: Initiation) -> None:
        self._bare_jid, self._device_id = bare_jid, device_id
        self.identity_key, self._initiation = identity_key, initiation

    namespace = property(lambda self: twomemo.twomemo.NAMESPACE)
    bare_jid = property(lambda self: self._bare_jid)
    device_id = property(lambda self: self._device_id)
    initiation = property(lambda self: self._initiation)
    # Nobody here reads what Libervia encrypts, so nobody minds that it repeats the exchange of keys for ever.
    confirmed = property(lambda self: False)
    key_exchange = property(lambda self: key_exchange_of(self.identity_key))
    receiving_chain_length = property(lambda self: 0)
    sending_chain_length = property(lambda self: 0)

    def __hash__(self) -> int:
        return hash((self._bare_jid, self._device_id))

    def __eq__(self, other: object) -> bool:
        return self is other


class PlainBackend(omemo.Backend):
    """What both versions of OMEMO have in common here."""

    implementation: Any

    def __init__(self, storage: omemo.Storage, *limits: Any) -> None:
        super().__init__(*limits)
        self.storage = storage

    def __hash__(self) -> int:
        return hash(self.namespace)

    def __eq__(self, other: object) -> bool:
        return self is other

    namespace = property(lambda self: self.implementation.NAMESPACE)

    async def own_key(self) -> bytes:
        """The identity key that is published."""
        raise NotImplementedError

    async def get_bundle(self, bare_jid: str, device_id: int) -> omemo.Bundle:
        return bundle_of(self.implementation, bare_jid, device_id, await self.own_key())

    async def signed_pre_key_age(self) -> int:
        return 0

    async def get_num_visible_pre_keys(self) -> int:
        return 100

    async def rotate_signed_pre_key(self) -> None:
        pass

    async def hide_pre_key(self, session: Session) -> bool:
        return False

    async def delete_pre_key(self, session: Session) -> bool:
        return False

    async def delete_hidden_pre_keys(self) -> None:
        pass

    async def generate_pre_keys(self, num_pre_keys: int) -> None:
        pass

    async def purge(self) -> None:
        raise NotImplementedError

    async def purge_bare_jid(self, bare_jid: str) -> None:
        raise NotImplementedError

    async def load_session(self, bare_jid: str, device_id: int) -> Optional[PlainSession]:
        raise NotImplementedError

    async def store_session(self, session: Session) -> None:
        raise NotImplementedError

    async def build_session_active(self, bare_jid, device_id, bundle, plain_key_material):
        raise NotImplementedError

    async def build_session_passive(self, bare_jid, device_id, key_exchange, encrypted_key_material):
        raise NotImplementedError

    async def encrypt_plaintext(self, plaintext):
        raise NotImplementedError

    async def encrypt_empty(self):
        raise NotImplementedError

    async def encrypt_key_material(self, session, plain_key_material):
        raise NotImplementedError

    async def decrypt_plaintext(self, content, plain_key_material):
        raise NotImplementedError

    async def decrypt_key_material(self, session, encrypted_key_material):
        raise NotImplementedError


class PlainOldmemo(PlainBackend):
    """The older OMEMO, which knows no trust messages: Libervia publishes for it, but no device here speaks it."""

    implementation = oldmemo.oldmemo

    async def own_key(self) -> bytes:
        return POINT


class PlainTwomemo(PlainBackend):
    """`urn:xmpp:omemo:2`."""

    implementation = twomemo.twomemo

    async def own_key(self) -> bytes:
        return (await omemo.identity_key_pair.IdentityKeyPair.get(self.storage)).identity_key

    async def load_session(self, bare_jid: str, device_id: int) -> Optional[PlainSession]:
        stored = (await self.storage.load(f"/{self.namespace}/{bare_jid}/{device_id}/session")).maybe(None)
        if stored is None:
            return None
        return PlainSession(bare_jid, device_id, bytes.fromhex(stored["key"]), Initiation(stored["initiation"]))

    async def store_session(self, session: Session) -> None:
        assert isinstance(session, PlainSession)
        await self.storage.store(
            f"/{self.namespace}/{session.bare_jid}/{session.device_id}/session",
            {"key": session.identity_key.hex(), "initiation": session.initiation.name},
        )
        # The accounts with a session: the one thing of a backend's that Libervia's ATM looks at.
        place = f"/{self.namespace}/bare_jids"
        accounts = (await self.storage.load_list(place, str)).maybe([])
        await self.storage.store(place, sorted({*accounts, session.bare_jid}))

    async def build_session_active(self, bare_jid, device_id, bundle, plain_key_material):
        session = PlainSession(bare_jid, device_id, bundle.identity_key, Initiation.ACTIVE)
        return session, await self.encrypt_key_material(session, plain_key_material)

    async def build_session_passive(self, bare_jid, device_id, key_exchange, encrypted_key_material):
        session = PlainSession(bare_jid, device_id, key_exchange.identity_key, Initiation.PASSIVE)
        return session, await self.decrypt_key_material(session, encrypted_key_material)

    async def encrypt_plaintext(self, plaintext: bytes) -> Tuple[Any, Any]:
        return twomemo.twomemo.ContentImpl(plaintext), twomemo.twomemo.PlainKeyMaterialImpl(bytes(32), bytes(16))

    async def encrypt_empty(self) -> Tuple[Any, Any]:
        return twomemo.twomemo.ContentImpl.make_empty(), twomemo.twomemo.PlainKeyMaterialImpl.make_empty()

    async def encrypt_key_material(self, session, plain_key_material):
        return key_material_from(Key("", b""), session.bare_jid, session.device_id)

    async def decrypt_plaintext(self, content, plain_key_material) -> bytes:
        return content.ciphertext

    async def decrypt_key_material(self, session, encrypted_key_material):
        if sender_noted_in(encrypted_key_material) != Key(session.bare_jid, session.identity_key):
            raise omemo.DecryptionFailed("encrypted by somebody else than the other side of this session")
        return twomemo.twomemo.PlainKeyMaterialImpl(bytes(32), bytes(16))


def install() -> None:
    """Take the place of the real backends, and let an identity key be whatever the suite says."""
    twomemo.Twomemo = PlainTwomemo
    oldmemo.Oldmemo = PlainOldmemo
    omemo.identity_key_pair.IdentityKeyPairSeed.identity_key = property(lambda pair: pair.seed)
    omemo.SessionManager.format_identity_key = staticmethod(lambda key: [key.hex()])
