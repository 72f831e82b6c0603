#!/usr/bin/env node
// An adapter for `atm` without an implementation: fill in `Device`, the rest speaks the protocol.
//
// conformance/ADAPTERS.md says what each command means, and `atm adapter check 'node adapter.mjs'` what is missing.

const HELLO = {
  protocol: 1,
  implementation: { name: "My implementation", version: "0.1.0" },
  // "system" if your implementation cannot be told the time.
  clock: "injected",
  encryptions: ["urn:xmpp:omemo:2"],
  // "toakafa", "none", both, or neither.
  policies: [],
  // Of "scan", "own-code", "trust-manually", "restart", "shared-key", "postponed", "shown", "stored", "forget" and
  // "backup", those that work.
  features: [],
  // Your names of levels, and their meaning to atm.
  levels: { undecided: "undecided", authenticated: "authenticated", distrusted: "distrusted" },
};

/** Your implementation cannot do this. */
class Unsupported extends Error {}

/** The command is wrong, and nothing has changed. */
class Refused extends Error {}

/**
 * One endpoint of an account. A key is an object of its owner's bare JID and its identifier in Base64:
 * `{ owner, id }`. A method may be asynchronous: it ends when the device is idle. It returns the stanzas that were sent.
 */
class Device {
  constructor(now, { jid, encryption, key, "shared-key": sharedKey, policy }) {
    Object.assign(this, { jid, encryption, key, sharedKey, policy });
    this.levels = new Map();
    this.shown = []; // the bodies that the person gets to see of what arrives
  }

  /** The device sees keys for the first time. */
  discover(now, keys) {
    return [];
  }

  /** A person authenticates some keys of one owner and distrusts others. */
  decide(now, trust, distrust) {
    for (const key of trust) this.levels.set(named(key), "authenticated");
    for (const key of distrust) this.levels.set(named(key), "distrusted");
    // Your implementation now tells its other endpoints and the contacts' ones. For each stanza:
    //     this.sent("<message …><encrypted …/></message>", [{ owner, id }, …], "<envelope …>")
    return [];
  }

  /** A stanza arrives. `encrypted` is null, or has `encryption`, `sender` (a key or null) and `content`. */
  deliver(now, stanza, encrypted) {
    return [];
  }

  /** One of the names in `HELLO.levels`. */
  level(now, key) {
    return this.levels.get(named(key)) ?? "undecided";
  }

  /** A person trusts keys without comparing them. */
  trustManually(now, keys) {
    throw new Unsupported("trust-manually");
  }

  /** A person scans a Trust Message URI. */
  scan(now, uri) {
    throw new Unsupported("scan");
  }

  /** The Trust Message URI that others scan. */
  ownCode(now) {
    throw new Unsupported("own-code");
  }

  /** Keys leave their list. */
  forget(now, keys) {
    throw new Unsupported("forget");
  }

  /** The device stops and starts from what it has stored. */
  restart(now) {
    throw new Unsupported("restart");
  }

  /** The device keeps a copy of what it has stored. */
  backUp(now) {
    throw new Unsupported("back-up");
  }

  /** The device starts from that copy. */
  restore(now) {
    throw new Unsupported("restore");
  }

  /** A stanza that was sent, as the protocol writes it. */
  sent(stanza, keys, content) {
    return { stanza, encrypted: { encryption: this.encryption, keys, content } };
  }
}

/** A key as the key of a map: the same identifier under two owners is two keys. */
const named = ({ owner, id }) => JSON.stringify([owner, id]);

const devices = new Map();

/** The commands that a device answers with what it sent. */
const INPUTS = {
  discover: (device, { now, keys }) => device.discover(now, keys),
  forget: (device, { now, keys }) => device.forget(now, keys),
  decide: (device, { now, owner, trust, distrust }) => {
    const of = (ids) => ids.map((id) => ({ owner, id }));
    return device.decide(now, of(trust), of(distrust));
  },
  "trust-manually": (device, { now, keys }) => device.trustManually(now, keys),
  scan: (device, { now, uri }) => device.scan(now, uri),
  deliver: (device, { now, stanza, encrypted }) => device.deliver(now, stanza, encrypted),
  restart: (device, { now }) => device.restart(now),
  "back-up": (device, { now }) => device.backUp(now),
  restore: (device, { now }) => device.restore(now),
};

/** The member `ok` of the answer to a command. */
async function answer(command) {
  const { command: name, now } = command;
  if (name === "hello") return HELLO;
  if (name === "stop") return {};
  if (name === "reset") {
    devices.clear();
    return {};
  }
  if (name === "create") {
    devices.set(command.device, new Device(now, command));
    return {};
  }
  if (!Object.hasOwn(INPUTS, name) && name !== "read" && name !== "own-code") throw new Unsupported(name);
  const device = devices.get(command.device);
  if (device === undefined) throw new Refused(`there is no device ${command.device}`);
  if (name === "read") {
    const levels = [];
    for (const key of command.keys) levels.push(await device.level(now, key));
    return { levels };
  }
  if (name === "own-code") return { uri: await device.ownCode(now) };
  device.shown = [];
  const sent = await INPUTS[name](device, command);
  return { sent, shown: device.shown };
}

async function reply(command) {
  try {
    return { ok: await answer(command) };
  } catch (error) {
    if (error instanceof Unsupported) return { unsupported: { feature: error.message } };
    // Any other error costs this case, not the run.
    return { error: { kind: error instanceof Refused ? "definite" : "indefinite", message: String(error) } };
  }
}

// A command is a line, and a line ends with "\n" only. One command is answered before the next one is read.
process.stdin.setEncoding("utf8");
let rest = "";
reading: for await (const chunk of process.stdin) {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines) {
    const command = JSON.parse(line);
    process.stdout.write(`${JSON.stringify({ id: command.id, ...(await reply(command)) })}\n`);
    if (command.command === "stop") break reading;
  }
}
