// SPDX-FileCopyrightText: the atm contributors
// SPDX-License-Identifier: AGPL-3.0-only
// Replaces web/crypto/libomemo.js: sessions without cryptography, which ask the client's store what the library asks it.
//
// As in the library, each use of a session asks `isTrustedIdentity` and tells `saveIdentity` the Ed25519 key.

const PUBLIC_PREFIX = 5;

export const toBase64 = (bytes) => Buffer.from(bytes).toString("base64");
export const fromBase64 = (text) => {
  const bytes = Buffer.from(text, "base64");
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
};
const zeros = (length) => new ArrayBuffer(length);

let ownKey = "";

/** The identifier of the key that the next identity gets. */
export function setOwnKey(id) {
  ownKey = id;
}

const pair = (publicKey) => {
  const pubKey = new Uint8Array(33);
  pubKey[0] = PUBLIC_PREFIX;
  pubKey.set(new Uint8Array(publicKey), 1);
  return { pubKey: pubKey.buffer, privKey: zeros(32) };
};

export const KeyHelper = {
  generateIdentityKeyPair: async () => pair(fromBase64(ownKey)),
  generateSignedPreKey: async (_identity, keyId) => ({ keyId, keyPair: pair(zeros(32)), signature: zeros(64) }),
  generatePreKey: async (keyId) => ({ keyId, keyPair: pair(zeros(32)) }),
};

// A key identifier has one form here, whatever the curve.
export const curvePubKeyToEd25519PubKey = async (key) => key.slice(1);
export const ed25519PubKeyToCurvePubKey = async (key) => key;
export const util = {};

export class OMEMOAddress {
  constructor(name, deviceId) {
    Object.assign(this, { name, deviceId });
  }

  toString() {
    return `${this.name}.${this.deviceId}`;
  }
}

async function touch(store, address, identity) {
  if (!(await store.isTrustedIdentity(address, identity))) throw new Error("Identity key changed");
  const session = JSON.stringify({ identity: toBase64(identity) });
  await Promise.all([store.storeSession(address, session), store.saveIdentity(address, identity)]);
}

export class SessionBuilder {
  constructor(store, address) {
    Object.assign(this, { store, address });
  }

  processPreKey({ identityKey }) {
    return touch(this.store, this.address.toString(), identityKey);
  }
}

/** A key element holds the content key as it is, with the sender's address and identity. */
export const keyElement = (address, identity, contentKey) => Buffer.from(JSON.stringify({ address, identity, contentKey }));
export const readKeyElement = (bytes) => JSON.parse(Buffer.from(bytes).toString());

export class SessionCipher {
  constructor(store, address) {
    Object.assign(this, { store, address });
  }

  async encrypt(contentKey) {
    const address = this.address.toString();
    const session = await this.store.loadSession(address);
    if (session === undefined) throw new Error(`Can't encrypt: no record for ${address}`);
    const { identity } = JSON.parse(session);
    await touch(this.store, address, fromBase64(identity));
    return { kex: false, body: keyElement(null, null, toBase64(contentKey)).toString("latin1") };
  }

  async decryptWhisperMessage(bytes) {
    const address = this.address.toString();
    const { address: sender, identity, contentKey } = readKeyElement(bytes);
    if (sender !== address) throw new Error(`No record for device ${address}`);
    await touch(this.store, address, fromBase64(identity));
    return { plaintext: fromBase64(contentKey), ratchet: { counter: 0 } };
  }
}

/** A session of the shape that omemo-state-validation.mjs demands of a stored one. */
const STORED_SESSION = {
  registrationId: 1,
  protocolVersion: "urn:xmpp:omemo:2",
  ad: zeros(64),
  currentRatchet: {
    rootKey: zeros(32),
    lastRemoteEphemeralKey: zeros(33),
    previousCounter: 0,
    ephemeralKeyPair: { pubKey: zeros(33), privKey: zeros(32) },
  },
  indexInfo: { baseKey: zeros(33), baseKeyType: 1, closed: -1, remoteIdentityKey: zeros(33) },
  oldRatchetList: [],
  chain: { messageKeys: {}, chainKey: { counter: -1 }, chainType: 1 },
};

export const SessionRecord = {
  deserialize: (serialized) => ({ serialize: () => serialized, getSessions: () => [STORED_SESSION] }),
};
