// SPDX-FileCopyrightText: the atm contributors
// SPDX-License-Identifier: AGPL-3.0-only
// The two answers that are no result.

/** The client has no function for this. */
export class Unsupported extends Error {
  constructor(feature, reason) {
    super(feature);
    this.reason = reason;
  }
}

/** The command is wrong, and nothing has changed. */
export class Refused extends Error {}
