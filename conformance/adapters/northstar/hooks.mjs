// SPDX-FileCopyrightText: the atm contributors
// SPDX-License-Identifier: AGPL-3.0-only
// Hooks of Node's module loader: the client's files are ECMAScript modules, and some of them are replaced.

/** The client's modules that cannot run here or are not under test, and the modules of the adapter that replace them. */
const REPLACED = {
  "crypto/libomemo.js": "sessions.mjs",
  "storage.js": "storage.mjs",
  "omemo-recovery.mjs": "transfer.mjs",
  "omemo-recovery-worker-client.mjs": "transfer.mjs",
};

let web;
let adapter;

export function initialize(folders) {
  ({ web, adapter } = folders);
}

export async function resolve(specifier, context, next) {
  if (context.parentURL?.startsWith(web)) {
    const url = new URL(specifier, context.parentURL).href;
    const replacement = REPLACED[url.slice(web.length)];
    return { url: replacement === undefined ? url : adapter + replacement, shortCircuit: true };
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  return next(url, url.startsWith(web) ? { ...context, format: "module" } : context);
}
