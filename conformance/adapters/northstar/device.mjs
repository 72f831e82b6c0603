// SPDX-FileCopyrightText: the atm contributors
// SPDX-License-Identifier: AGPL-3.0-only
// One device: an OmemoManager of the client, its connection and its page.

import { serialize, setNow } from "./browser.mjs";
import { Unsupported } from "./errors.mjs";
import { Page } from "./page.mjs";
import { open, seal } from "./payload.mjs";
import { Published } from "./published.mjs";
import { keyElement, readKeyElement, setOwnKey, toBase64 } from "./sessions.mjs";
import { openDatabase } from "./storage.mjs";

/** The client's connection without a socket. */
function connect({ XmppClient, NS }, jid, published, sent) {
  class Connection extends XmppClient {
    sendRaw(xml) {
      sent.push(xml);
    }

    async getPep(owner, node, id = null) {
      return published.get(owner, node, id);
    }

    async publishPep(node, id, payload) {
      // The list is what others published and the own device, which is there from the start.
      if (node === NS.OMEMO2_BUNDLES && Number(id) !== published.own) throw new Error(`a bundle of device ${id}: ${payload}`);
    }

    async retractPep() {
      throw new Error("the client retracted an item");
    }
  }
  const connection = new Connection({ domain: jid.split("@")[1].split("/")[0], websocketUrl: "wss://localhost/" });
  connection.jid = jid;
  return connection;
}

export class Device {
  constructor(northstar, { jid, key }, options) {
    Object.assign(this, { northstar, jid, key, options });
    this.account = northstar.bareJid(jid);
    this.database = new Map();
    this.published = new Published(northstar, this.account);
    this.sent = [];
  }

  /** Runs a command at a time of the device. */
  async during(now, command) {
    setNow(now);
    openDatabase(this.database);
    setOwnKey(this.key);
    return command();
  }

  async start() {
    const { OmemoManager } = this.northstar;
    const connection = connect(this.northstar, this.jid, this.published, this.sent);
    this.connection = connection;
    this.page = new Page(this.northstar, this.account, this.options);
    this.omemo = new OmemoManager(connection, this.jid);
    // The manager draws the id of its device, and looks for it in the list before it is ready.
    const publishBundle = connection.publishPep.bind(connection);
    connection.publishPep = async (...given) => {
      if (this.published.own === null) this.published.addOwn(Number(this.omemo.state.deviceId), this.key);
      return publishBundle(...given);
    };
    await this.omemo.initialize();
    connection.addEventListener("pep-event", ({ detail }) => this.omemo.handlePepEvent(detail.from, detail.event));
    connection.addEventListener("message", ({ detail }) => {
      this.processing = this.page.process(this.omemo, detail);
    });
  }

  async discover(keys) {
    this.published.add(keys);
    await this.tell(keys);
  }

  async forget(keys) {
    this.published.remove(keys);
    await this.tell(keys);
  }

  /** The server tells that lists have changed. */
  async tell(keys) {
    for (const account of new Set(keys.map(({ owner }) => this.northstar.bareJid(owner)))) {
      await this.connection.receive(this.published.event(account));
    }
  }

  async decide(owner, trust, distrust) {
    const of = (ids) => ids.map((id) => ({ owner, id }));
    this.requireBundles([...of(trust), ...of(distrust)]);
    for (const key of of(trust)) await this.set(key, "verified");
    for (const key of of(distrust)) await this.set(key, "distrusted");
  }

  async trustManually(keys) {
    this.requireBundles(keys);
    for (const key of keys) await this.set(key, "tofu");
  }

  requireBundles(keys) {
    if (keys.every((key) => this.published.has(key))) return;
    throw new Unsupported("decide on an undiscovered key", "setDeviceTrust needs the bundle of the device");
  }

  /** A button of the page. If the client throws half-way, the page shows a note, and what was done stays done. */
  async set(key, state) {
    try {
      await this.omemo.setDeviceTrust(key.owner, this.published.id(key), key.id, state);
    } catch (error) {
      console.error(`setDeviceTrust: ${error.stack}`);
    }
  }

  async deliver(stanza, encrypted) {
    this.processing = null;
    await this.connection.receive(encrypted === null ? stanza : this.encrypt(stanza, encrypted));
    await this.processing;
  }

  /** The stanza with encrypted elements in place of the empty ones. */
  encrypt(stanza, { encryption, sender, content }) {
    let root;
    try {
      root = this.northstar.parseXml(stanza);
    } catch {
      return stanza; // as broken as it came
    }
    const empty = [...root.getElementsByTagNameNS(encryption, "encrypted")].filter((element) => element.childNodes.length === 0);
    const { payload, keyAndTag } = seal(content);
    // Without a sender, the element names a device that no session is with.
    const id = sender === null ? 0x7fffffff : this.published.id(sender);
    const address = sender === null ? null : `${this.northstar.bareJid(sender.owner)}.${id}`;
    const key = keyElement(address, sender?.id ?? null, toBase64(keyAndTag)).toString("base64");
    const element = this.northstar.parseXml(
      `<encrypted xmlns='${encryption}'><header sid='${id}'><keys jid='${this.account}'><key rid='${this.published.own}'>${key}</key></keys>`
        + `</header><payload>${payload.toString("base64")}</payload></encrypted>`,
    );
    for (const place of empty) place.replaceWith(root.ownerDocument.importNode(element, true));
    return serialize(root);
  }

  /** Waits until nothing is left to do. */
  async idle() {
    for (let round = 0; round < 3; round += 1) {
      await this.omemo.quiesceStateOperations();
      await new Promise((done) => setImmediate(done));
    }
  }

  /** The result of an input. */
  output() {
    const messages = this.sent.splice(0).filter((xml) => xml.startsWith("<message"));
    return { sent: messages.map((xml) => this.decrypt(xml)), shown: this.page.shown.splice(0) };
  }

  /** A sent stanza as the protocol writes it. */
  decrypt(xml) {
    const { NS, bareJid, child, parseXml } = this.northstar;
    const message = parseXml(xml);
    const element = child(message, "encrypted", NS.OMEMO2);
    if (element === null) return { stanza: xml, encrypted: null };
    const payload = Buffer.from(child(element, "payload", NS.OMEMO2).textContent, "base64");
    const keys = [];
    let contentKey;
    for (const group of child(element, "header", NS.OMEMO2).children) {
      for (const key of group.children) {
        contentKey = readKeyElement(Buffer.from(key.textContent, "base64")).contentKey;
        keys.push(this.published.key(bareJid(group.getAttribute("jid")), Number(key.getAttribute("rid"))));
      }
    }
    element.replaceChildren();
    return {
      stanza: serialize(message),
      encrypted: { encryption: NS.OMEMO2, keys, content: open(Buffer.from(contentKey, "base64"), payload) },
    };
  }

  level(key) {
    const bundle = { jid: this.northstar.bareJid(key.owner), id: this.published.id(key), identityKey: key.id };
    return this.omemo.identityState(bundle).trustState;
  }

  /** The length of the sealed state. */
  stored() {
    return [...this.database.values()].reduce((total, record) => total + (record.ciphertext?.length ?? 0), 0);
  }

  async restart() {
    await this.omemo.destroy();
    await this.start();
  }
}
