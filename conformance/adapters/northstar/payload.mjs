// SPDX-FileCopyrightText: the atm contributors
// SPDX-License-Identifier: AGPL-3.0-only
// The encrypted payload of OMEMO 2 (XEP-0384, section 4.4), to write what others send and to read what the client sends.

import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from "node:crypto";

const TAG_LENGTH = 16;

function derive(contentKey) {
  const bytes = Buffer.from(hkdfSync("sha256", contentKey, Buffer.alloc(32), "OMEMO Payload", 80));
  return { encryption: bytes.subarray(0, 32), authentication: bytes.subarray(32, 64), iv: bytes.subarray(64, 80) };
}

const tag = (key, ciphertext) => createHmac("sha256", key).update(ciphertext).digest().subarray(0, TAG_LENGTH);

/** The payload of an envelope, and the content key with its tag. The key need not be secret. */
export function seal(content) {
  const contentKey = Buffer.alloc(32);
  const { encryption, authentication, iv } = derive(contentKey);
  const cipher = createCipheriv("aes-256-cbc", encryption, iv);
  const payload = Buffer.concat([cipher.update(content, "utf8"), cipher.final()]);
  return { payload, keyAndTag: Buffer.concat([contentKey, tag(authentication, payload)]) };
}

/** The envelope in a payload. */
export function open(keyAndTag, payload) {
  const { encryption, authentication, iv } = derive(keyAndTag.subarray(0, 32));
  if (!tag(authentication, payload).equals(keyAndTag.subarray(32))) throw new Error("the client wrote a payload with a wrong tag");
  const decipher = createDecipheriv("aes-256-cbc", encryption, iv);
  return Buffer.concat([decipher.update(payload), decipher.final()]).toString("utf8");
}
