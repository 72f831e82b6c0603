// SPDX-FileCopyrightText: the atm contributors
// SPDX-License-Identifier: AGPL-3.0-only
// Replaces the modules that move a device to another browser, which no command does.

function refuse() {
  throw new Error("the adapter does not move devices to another browser");
}

export const omemoConsumerCommitmentHex = refuse;
export const omemoReplacementJournalMatches = refuse;
export const validateOmemoTransferSecret = refuse;
export const createOmemoTransferPackageInWorker = refuse;
export const openOmemoTransferPackageInWorker = refuse;
