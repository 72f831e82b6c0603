// SPDX-FileCopyrightText: the atm contributors
// SPDX-License-Identifier: AGPL-3.0-only
// The device lists and bundles on the servers, as one device sees them.

const PUBSUB = "http://jabber.org/protocol/pubsub";
const PREKEYS = Array.from({ length: 25 }, (_, index) => `<pk id='${index + 1}'>${Buffer.alloc(32).toString("base64")}</pk>`).join("");
const ZERO_KEY = Buffer.alloc(32).toString("base64");
const ZERO_SIGNATURE = Buffer.alloc(64).toString("base64");

export class Published {
  constructor(northstar, account) {
    Object.assign(this, { northstar, account });
    this.lists = new Map(); // of each account, the ids of its devices
    this.keys = new Map(); // the key with each id of an account
    this.ids = new Map(); // and the id with each key
    this.bundles = new Map();
    this.own = null;
  }

  /** The account's own device, which publishes itself. */
  addOwn(id, key) {
    this.own = id;
    this.name(this.account, key, id);
    this.list(this.account).add(id);
  }

  list(owner) {
    if (!this.lists.has(owner)) this.lists.set(owner, new Set());
    return this.lists.get(owner);
  }

  /** The device id of a key. The protocol has none, so each key of an account gets the next one. */
  id({ owner, id: key }) {
    const account = this.northstar.bareJid(owner);
    const known = this.ids.get(JSON.stringify([account, key]));
    return known ?? this.name(account, key, this.ids.size + 1, owner);
  }

  name(account, key, id, owner = account) {
    this.ids.set(JSON.stringify([account, key]), id);
    this.keys.set(JSON.stringify([account, id]), { owner, id: key });
    return id;
  }

  key(account, id) {
    return this.keys.get(JSON.stringify([account, id]));
  }

  has(key) {
    return this.list(this.northstar.bareJid(key.owner)).has(this.id(key));
  }

  add(keys) {
    for (const key of keys) this.list(this.northstar.bareJid(key.owner)).add(this.id(key));
  }

  remove(keys) {
    for (const key of keys) this.list(this.northstar.bareJid(key.owner)).delete(this.id(key));
  }

  /** The event that a server sends after a change of a list. */
  event(account) {
    return `<message xmlns='jabber:client' from='${escaped(account)}'><event xmlns='${PUBSUB}#event'>`
      + `<items node='${this.northstar.NS.OMEMO2_DEVICES}'>${this.item(account)}</items></event></message>`;
  }

  item(account) {
    const devices = [...this.list(account)].map((id) => `<device id='${id}'/>`).join("");
    return `<item id='current'><devices xmlns='${this.northstar.NS.OMEMO2}'>${devices}</devices></item>`;
  }

  /** The answer to a request for a list or a bundle, as an element. */
  get(owner, node, id) {
    const { NS, bareJid } = this.northstar;
    const account = bareJid(owner);
    if (node === NS.OMEMO2_DEVICES) {
      if (this.list(account).size === 0) throw new Error("item-not-found");
      return this.answer(node, this.item(account));
    }
    const key = this.key(account, Number(id));
    if (key === undefined || !this.list(account).has(Number(id))) throw new Error("item-not-found");
    const name = JSON.stringify([account, id]);
    if (!this.bundles.has(name)) this.bundles.set(name, this.answer(node, this.bundle(id, key.id)));
    return this.bundles.get(name);
  }

  bundle(id, key) {
    return `<item id='${id}'><bundle xmlns='${this.northstar.NS.OMEMO2}'><spk id='1'>${ZERO_KEY}</spk><spks>${ZERO_SIGNATURE}</spks>`
      + `<ik>${key}</ik><prekeys>${PREKEYS}</prekeys></bundle></item>`;
  }

  answer(node, item) {
    return this.northstar.parseXml(
      `<iq xmlns='jabber:client' type='result'><pubsub xmlns='${PUBSUB}'><items node='${node}'>${item}</items></pubsub></iq>`,
    );
  }
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("'", "&apos;");
