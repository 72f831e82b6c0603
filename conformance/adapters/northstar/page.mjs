// SPDX-FileCopyrightText: the atm contributors
// SPDX-License-Identifier: AGPL-3.0-only
// The way of a message through the page: what `processMessage` in web/client.js does around `OmemoManager.decrypt`.
//
// client.js draws the page and cannot be loaded without one. Only one-to-one chats are mirrored.

export class Page {
  constructor(northstar, account, { ownMessages }) {
    Object.assign(this, { northstar, account, ownMessages });
    this.listed = new Map(); // of each conversation, the ids of its messages
    this.shown = [];
  }

  async process(omemo, { element, timestamp }) {
    const { bareJid, child, isOmemoMessage, NS } = this.northstar;
    const from = bareJid(element.getAttribute("from") || "");
    const to = bareJid(element.getAttribute("to"));
    const outgoing = from === this.account;
    const peer = outgoing ? to : from;
    // client.js drops what the own account sends to itself, before it decrypts. The option is to look past that.
    if (!peer || (peer === this.account && !this.ownMessages)) return;
    const id = this.id(element, from);
    const list = this.listed.get(peer) ?? new Set();
    if (list.has(id)) return;
    let body;
    let failed = false;
    if (isOmemoMessage(element)) {
      try {
        ({ body } = await omemo.decrypt(element, from, {
          roomJid: null,
          toJid: outgoing ? peer : this.account,
          stanzaTimestamp: timestamp,
        }));
      } catch (error) {
        console.warn(`not decrypted: ${error.message}`);
        body = error.message; // the page shows the reason in place of the text
        failed = true;
      }
    } else {
      body = child(element, "body", NS.CLIENT)?.textContent || child(element, "body")?.textContent || "";
    }
    if (!body) return;
    if (!failed) this.shown.push(body);
    list.add(id);
    this.listed.set(peer, list);
  }

  /** The id by which the page finds a message again. */
  id(element, sender) {
    const { bareJid, NS } = this.northstar;
    const named = (name) =>
      [...element.children].filter((node) => node.localName === name && node.namespaceURI === NS.STANZA_ID && node.getAttribute("id"));
    const origins = named("origin-id").map((node) => node.getAttribute("id"));
    if (origins.length === 1) return JSON.stringify(["wire", sender, origins[0]]);
    const archived = named("stanza-id")
      .map((node) => [bareJid(node.getAttribute("by")), node.getAttribute("id")])
      .filter(([by]) => by)
      .sort();
    if (archived.length > 0) return JSON.stringify(["sid", ...archived[0]]);
    const id = element.getAttribute("id");
    return id ? JSON.stringify(["wire", sender, id]) : Symbol("received");
  }
}
