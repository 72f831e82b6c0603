#!/usr/bin/env node
// SPDX-FileCopyrightText: the atm contributors
// SPDX-License-Identifier: AGPL-3.0-only
// The ATM of the web client of northstar behind the adapter protocol of `atm` (conformance/ADAPTERS.md):
//     node adapter.mjs FOLDER [--own-messages]
// FOLDER is what install.sh has filled.

import { load } from "./load.mjs";
import { Refused, Unsupported } from "./errors.mjs";

const [folder, ...options] = process.argv.slice(2);
if (folder === undefined || options.some((option) => option !== "--own-messages")) {
  process.stderr.write("usage: node adapter.mjs FOLDER [--own-messages]\n");
  process.exit(2);
}

const northstar = await load(folder);
const { Device } = await import("./device.mjs");
const ownMessages = options.includes("--own-messages");

const HELLO = {
  protocol: 1,
  implementation: {
    name: `northstar${ownMessages ? " (OmemoManager)" : ""}`,
    version: northstar.version,
    url: "https://github.com/takanashi-tetsuya/northstar",
  },
  clock: "injected",
  encryptions: ["urn:xmpp:omemo:2"],
  policies: ["none"],
  features: ["trust-manually", "restart", "shown", "stored", "forget"],
  // The names of OmemoManager.identityState. `tofu` is a click that accepts the key.
  levels: {
    untrusted: "undecided",
    changed: "undecided",
    tofu: "manually-trusted",
    verified: "authenticated",
    distrusted: "distrusted",
  },
};

const devices = new Map();

/** The commands that a device answers with what it sent. */
const INPUTS = {
  discover: (device, { keys }) => device.discover(keys),
  forget: (device, { keys }) => device.forget(keys),
  decide: (device, { owner, trust, distrust }) => device.decide(owner, trust, distrust),
  "trust-manually": (device, { keys }) => device.trustManually(keys),
  deliver: (device, { stanza, encrypted }) => device.deliver(stanza, encrypted),
  restart: (device) => device.restart(),
};

/** The member `ok` of the answer to a command. */
async function answer(command) {
  const { command: name } = command;
  if (name === "hello") return HELLO;
  if (name === "stop") return {};
  if (name === "reset") {
    devices.clear();
    return {};
  }
  if (name === "create") {
    const device = new Device(northstar, command, { ownMessages });
    await device.during(command.now, () => device.start());
    devices.set(command.device, device);
    return {};
  }
  if (!Object.hasOwn(INPUTS, name) && name !== "read") throw new Unsupported(name);
  const device = devices.get(command.device);
  if (device === undefined) throw new Refused(`there is no device ${command.device}`);
  return device.during(command.now, async () => {
    if (name === "read") return { levels: command.keys.map((key) => device.level(key)), stored: device.stored() };
    await INPUTS[name](device, command);
    await device.idle();
    return device.output();
  });
}

async function reply(command) {
  try {
    return { ok: await answer(command) };
  } catch (error) {
    if (error instanceof Unsupported) return { unsupported: { feature: error.message, reason: error.reason } };
    // Any other error costs this case, not the run.
    return { error: { kind: error instanceof Refused ? "definite" : "indefinite", message: String(error?.stack ?? error) } };
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
