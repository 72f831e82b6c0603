// SPDX-FileCopyrightText: the atm contributors
// SPDX-License-Identifier: AGPL-3.0-only
// Stands in for the browser: the DOM, Web Locks, the clock and the timers.

const RealDate = Date;
let now = 0;

/** The time of the device that the current command is for. */
export function setNow(time) {
  now = RealDate.parse(time);
}

/** A date without arguments is the device's present. */
class DeviceDate extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [now] : given));
  }

  static now() {
    return now;
  }
}

/** Each device is a browser of its own, so nobody else holds its lock. */
const locks = {
  request: async (name, options, holder) => holder({ name, mode: options.mode }),
};

export let serialize;

export function standIn({ JSDOM }) {
  const { window } = new JSDOM("");
  const serializer = new window.XMLSerializer();
  serialize = (node) => serializer.serializeToString(node);
  const log = process.env.ATM_NORTHSTAR_LOG === "all" ? (...words) => process.stderr.write(`${words.join(" ")}\n`) : () => {};
  const globals = {
    DOMParser: window.DOMParser,
    Node: window.Node,
    Date: DeviceDate,
    navigator: { locks },
    // Waiting takes no time: the client waits between two looks at its device list.
    setTimeout: (task, _delay, ...given) => setImmediate(task, ...given),
    console: { log, info: log, warn: log, error: log, debug: log },
  };
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}
