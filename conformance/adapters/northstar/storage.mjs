// SPDX-FileCopyrightText: the atm contributors
// SPDX-License-Identifier: AGPL-3.0-only
// Replaces web/storage.js, the client's IndexedDB: each device has a database of its own.

let records = new Map();

/** Opens the database of the device that the current command is for. */
export function openDatabase(database) {
  records = database;
}

const named = (store, key) => JSON.stringify([store, key]);

export const getValue = async (store, key) => records.get(named(store, key));

export const setValue = async (store, key, value) => {
  records.set(named(store, key), value);
};

export const deleteValue = async (store, key) => {
  records.delete(named(store, key));
};
