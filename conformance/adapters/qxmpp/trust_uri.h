// SPDX-License-Identifier: MIT OR Apache-2.0

// Trust Message URIs (XEP-0434), read by QXmpp.

#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>

#if __has_include(<QXmppUri.h>)
#define QXMPP_READS_URIS 1
#else
#define QXMPP_READS_URIS 0
#endif

namespace adapter {

struct TrustUri
{
    QString owner;
    QString encryption;
    QList<QByteArray> trust;
    QList<QByteArray> distrust;
};

/// Nothing if QXmpp does not take the text for a Trust Message URI.
std::optional<TrustUri> readTrustUri(const QString &uri);

}  // namespace adapter
