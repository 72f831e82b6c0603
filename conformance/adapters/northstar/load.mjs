// SPDX-FileCopyrightText: the atm contributors
// SPDX-License-Identifier: AGPL-3.0-only
// Loads the client's modules from the folder that install.sh has filled.

import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire, register } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { standIn } from "./browser.mjs";

/** The client's classes and functions, and the commit that they are from. */
export async function load(folder) {
  if (!existsSync(resolve(folder, "client", "web", "omemo.js"))) throw new Error(`there is no client/web/omemo.js in ${folder}: see install.sh`);
  // Node names modules by their real paths.
  const web = realpathSync(resolve(folder, "client", "web"));
  const require = createRequire(resolve(folder, "package.json"));
  standIn(require("jsdom"));
  register("./hooks.mjs", import.meta.url, { data: { web: `${pathToFileURL(web)}/`, adapter: new URL("./", import.meta.url).href } });
  const [{ OmemoManager, isOmemoMessage }, { NS, XmppClient, bareJid, child, parseXml }] = await Promise.all([
    import(pathToFileURL(resolve(web, "omemo.js"))),
    import(pathToFileURL(resolve(web, "xmpp.js"))),
  ]);
  const commit = readFileSync(resolve(folder, "COMMIT"), "utf8").trim();
  return { OmemoManager, isOmemoMessage, NS, XmppClient, bareJid, child, parseXml, version: commit.slice(0, 12) };
}
