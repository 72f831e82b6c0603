// SPDX-License-Identifier: MIT OR Apache-2.0

#include "dispatch.h"

#include "encryption_layer.h"

#include <QXmppClient.h>
#include <QXmppE2eeMetadata.h>
#include <QXmppMessage.h>

#include <QDomDocument>

namespace adapter {

namespace {

// The encrypted element of the message itself, or of the one that a carbon forwards, becomes the placeholder that
// the encryption layer looks for.
void markEncrypted(QDomDocument &document, const QString &encryption)
{
    const auto elements = document.elementsByTagNameNS(encryption, QStringLiteral("encrypted"));
    QList<QDomNode> found;
    for (int i = 0; i < elements.count(); ++i) {
        if (elements.at(i).parentNode().toElement().tagName() == QLatin1String("message")) {
            found.append(elements.at(i));
        }
    }
    for (const auto &element : found) {
        element.parentNode().replaceChild(
            document.createElementNS(placeholderNamespace, QStringLiteral("encrypted")), element);
    }
}

// Managers that take stanzas as XML come first: the one for carbons unpacks what was forwarded, without asking whether
// it is encrypted, and injects it.
bool takenByAManager(QXmppClient &client, const QDomElement &stanza)
{
    for (auto *manager : client.extensions()) {
        if (manager->handleStanza(stanza, std::nullopt) || manager->handleStanza(stanza)) {
            return true;
        }
    }
    return false;
}

}  // namespace

void dispatch(QXmppClient &client, EncryptionLayer &encryption, const QString &encryptionNamespace, const QString &stanza)
{
    QDomDocument document;
    if (!document.setContent(stanza, true)) {
        return;
    }
    markEncrypted(document, encryptionNamespace);
    const auto element = document.documentElement();
    if (takenByAManager(client, element) || element.tagName() != QLatin1String("message")) {
        return;
    }

    // Beside encrypted content, the client reads only public elements. Without it, the client reads only those that
    // belong into an envelope.
    QXmppMessage message;
    message.parse(element, encryption.isEncrypted(element) ? QXmpp::ScePublic : QXmpp::SceSensitive);
    encryption.inject(std::move(message));
}

}  // namespace adapter
