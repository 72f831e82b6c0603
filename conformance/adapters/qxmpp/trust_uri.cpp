// SPDX-License-Identifier: MIT OR Apache-2.0

#include "trust_uri.h"

#if QXMPP_READS_URIS
#include <QXmppError.h>
#include <QXmppUri.h>

#include <any>
#include <variant>
#endif

namespace adapter {

#if QXMPP_READS_URIS

namespace {

// QXmpp hands the identifiers on as text. Decoding them is left to the application; one that skips what is not
// Base16, as QByteArray::fromHex does, would take a damaged code for another key.
std::optional<QList<QByteArray>> decode(const QList<QString> &base16)
{
    QList<QByteArray> identifiers;
    for (const auto &text : base16) {
        const auto identifier = QByteArray::fromHex(text.toLatin1());
        if (identifier.isEmpty() || QString::fromLatin1(identifier.toHex()) != text.toLower()) {
            return {};
        }
        identifiers.append(identifier);
    }
    return identifiers;
}

}  // namespace

std::optional<TrustUri> readTrustUri(const QString &uri)
{
    const auto parsed = QXmppUri::fromString(uri);
    const auto *found = std::get_if<QXmppUri>(&parsed);
    if (!found) {
        return {};
    }
    const auto query = found->query();
    const auto *message = std::any_cast<QXmpp::Uri::TrustMessage>(&query);
    if (!message) {
        return {};
    }
    const auto trust = decode(message->trustKeyIds);
    const auto distrust = decode(message->distrustKeyIds);
    if (!trust || !distrust) {
        return {};
    }
    return TrustUri { found->jid(), message->encryption, *trust, *distrust };
}

#else

std::optional<TrustUri> readTrustUri(const QString &)
{
    return {};
}

#endif

}  // namespace adapter
