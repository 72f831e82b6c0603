// SPDX-License-Identifier: MIT OR Apache-2.0

// The way of a received stanza through a client. QXmppClient goes it with what its connection reads, which
// nobody else can give to it, so it is gone here by means of the public interface.

#pragma once

#include <QString>

class QXmppClient;

namespace adapter {

class EncryptionLayer;

/// Hands a stanza to the client. Does nothing if it is no XML: a stream with such a thing in it breaks.
void dispatch(QXmppClient &client, EncryptionLayer &encryption, const QString &encryptionNamespace, const QString &stanza);

}  // namespace adapter
