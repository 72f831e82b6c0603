// SPDX-License-Identifier: MIT OR Apache-2.0

#include "encryption_layer.h"

#include "envelope.h"
#include "waiting.h"

#include <QXmppClient.h>
#include <QXmppE2eeMetadata.h>
#include <QXmppElement.h>
#include <QXmppIq.h>
#include <QXmppMessage.h>
#include <QXmppPromise.h>
#include <QXmppTrustManager.h>
#include <QXmppUtils.h>

#include <QDomElement>
#include <QXmlStreamWriter>

namespace adapter {

namespace {

// What OMEMO encrypts for if the caller does not say.
const QXmpp::TrustLevels usuallyAccepted =
    QXmpp::TrustLevel::AutomaticallyTrusted | QXmpp::TrustLevel::ManuallyTrusted | QXmpp::TrustLevel::Authenticated;

QXmpp::EncryptionMethod method(const QString &encryption)
{
    static const QMap<QString, QXmpp::EncryptionMethod> methods {
        { QStringLiteral("eu.siacs.conversations.axolotl"), QXmpp::Omemo0 },
        { QStringLiteral("urn:xmpp:omemo:1"), QXmpp::Omemo1 },
        { QStringLiteral("urn:xmpp:omemo:2"), QXmpp::Omemo2 },
        { QStringLiteral("urn:xmpp:openpgp:0"), QXmpp::Ox },
    };
    return methods.value(encryption, QXmpp::UnknownEncryption);
}

template<typename T>
QXmppTask<T> ready(T &&value)
{
    QXmppPromise<T> promise;
    promise.finish(std::move(value));
    return promise.task();
}

QXmppElement encryptedElement(const QString &encryption)
{
    QXmppElement element;
    element.setTagName(QStringLiteral("encrypted"));
    element.setAttribute(QStringLiteral("xmlns"), encryption);
    return element;
}

// What the client writes into its stream, with the namespace that the stream declares.
QString stanza(const QXmppMessage &message)
{
    QByteArray xml;
    QXmlStreamWriter writer(&xml);
    message.toXml(&writer, QXmpp::ScePublic);
    return QString::fromUtf8(xml).replace(0, 8, QStringLiteral("<message xmlns='jabber:client'"));
}

}  // namespace

EncryptionLayer::EncryptionLayer(QString encryption, QXmppTrustManager *trust, const Devices *devices, QJsonArray *sent)
    : m_encryption(std::move(encryption)), m_trust(trust), m_devices(devices), m_sent(sent)
{
}

void EncryptionLayer::setClock(const QDateTime &now)
{
    m_now = now;
}

void EncryptionLayer::setArriving(std::optional<Decrypted> arriving)
{
    m_arriving = std::move(arriving);
}

void EncryptionLayer::inject(QXmppMessage &&message)
{
    injectMessage(std::move(message));
}

QXmppTask<QXmppE2eeExtension::MessageEncryptResult> EncryptionLayer::encryptMessage(QXmppMessage &&message, const std::optional<QXmppSendStanzaParams> &params)
{
    const auto ownAccount = client()->configuration().jidBare();
    QList<QString> accounts;
    std::optional<QXmpp::TrustLevels> accepted;
    if (params) {
        for (const auto &account : params->encryptionJids()) {
            accounts.append(account);
        }
        accepted = params->acceptedTrustLevels();
    }
    if (accounts.isEmpty()) {
        accounts.append(QXmppUtils::jidToBareJid(message.to()));
    }
    if (!accounts.contains(ownAccount)) {
        accounts.append(ownAccount);
    }

    const auto keys = recipients(accounts, accepted.value_or(usuallyAccepted));
    if (keys.isEmpty()) {
        return ready<MessageEncryptResult>(
            QXmppError { QStringLiteral("There is no device to encrypt for."), QXmpp::SendError::EncryptionError });
    }

    const auto envelope = seal(message, { ownAccount, QXmppUtils::jidToBareJid(message.to()), m_now, padding() });

    // A fallback body makes a trust message look like any other, and stored by the server.
    message.setEncryptionMethodNs(m_encryption);
    message.setE2eeFallbackBody(QStringLiteral("This message is encrypted."));
    message.setExtensions(message.extensions() << encryptedElement(m_encryption));

    QJsonArray wireKeys;
    for (const auto &key : keys) {
        wireKeys.append(json(key));
    }
    m_sent->append(QJsonObject {
        { QStringLiteral("stanza"), stanza(message) },
        { QStringLiteral("encrypted"),
          QJsonObject {
              { QStringLiteral("encryption"), m_encryption },
              { QStringLiteral("keys"), wireKeys },
              { QStringLiteral("content"), QString::fromUtf8(envelope) },
          } },
    });
    return ready<MessageEncryptResult>(std::make_unique<QXmppMessage>(std::move(message)));
}

QXmppTask<QXmppE2eeExtension::MessageDecryptResult> EncryptionLayer::decryptMessage(QXmppMessage &&message)
{
    if (!isEncrypted(message)) {
        return ready<MessageDecryptResult>(NotEncrypted());
    }
    if (auto decrypted = decrypt(std::move(message))) {
        return ready<MessageDecryptResult>(std::move(*decrypted));
    }
    return ready<MessageDecryptResult>(QXmppError { QStringLiteral("The message cannot be decrypted."), {} });
}

QXmppTask<QXmppE2eeExtension::IqEncryptResult> EncryptionLayer::encryptIq(QXmppIq &&, const std::optional<QXmppSendStanzaParams> &)
{
    return ready<IqEncryptResult>(
        QXmppError { QStringLiteral("Only messages are encrypted."), QXmpp::SendError::EncryptionError });
}

QXmppTask<QXmppE2eeExtension::IqDecryptResult> EncryptionLayer::decryptIq(const QDomElement &)
{
    return ready<IqDecryptResult>(NotEncrypted());
}

bool EncryptionLayer::isEncrypted(const QDomElement &stanza)
{
    for (auto child = stanza.firstChildElement(); !child.isNull(); child = child.nextSiblingElement()) {
        if (child.namespaceURI() == placeholderNamespace) {
            return true;
        }
    }
    return false;
}

bool EncryptionLayer::isEncrypted(const QXmppMessage &message)
{
    for (const auto &extension : message.extensions()) {
        if (extension.attribute(QStringLiteral("xmlns")) == placeholderNamespace) {
            return true;
        }
    }
    return false;
}

bool EncryptionLayer::handleMessage(const QXmppMessage &message)
{
    if (!isEncrypted(message)) {
        return false;
    }
    if (auto decrypted = decrypt(message)) {
        injectMessage(std::move(*decrypted));
    } else {
        // What stood in the clear beside it is still shown to whoever listens.
        Q_EMIT client()->messageReceived(message);
    }
    return true;
}

QList<Key> EncryptionLayer::recipients(const QList<QString> &accounts, QXmpp::TrustLevels accepted) const
{
    QList<Key> keys;
    for (const auto &account : accounts) {
        for (const auto &id : m_devices->value(account)) {
            if (accepted.testFlag(wait(m_trust->trustLevel(m_encryption, account, id)))) {
                keys.append({ account, id });
            }
        }
    }
    return keys;
}

// Sessions belong to the account that a stanza comes from: with a key that is bound to another one there is none.
// QXmpp's OMEMO module refuses a wrong <to/> in a group chat, where it has to name the room. It refuses no other wrong address.
std::optional<QXmppMessage> EncryptionLayer::decrypt(QXmppMessage message) const
{
    if (!m_arriving) {
        return {};
    }
    if (m_arriving->sender && m_arriving->sender->owner != QXmppUtils::jidToBareJid(message.from())) {
        return {};
    }

    const auto opened = open(m_arriving->content);
    if (message.type() == QXmppMessage::GroupChat && opened.to != QXmppUtils::jidToBareJid(message.from())) {
        return {};
    }
    QXmppE2eeMetadata metadata;
    metadata.setEncryption(method(m_arriving->encryption));
    metadata.setSceTimestamp(opened.time);
    metadata.setSenderKey(m_arriving->sender ? m_arriving->sender->id : QByteArray());

    message.parseExtensions(opened.content, QXmpp::SceSensitive);
    message.setE2eeMetadata(metadata);
    return message;
}

QByteArray EncryptionLayer::padding()
{
    QByteArray padding;
    for (auto rest = m_random.bounded(1, 200); rest > 0; --rest) {
        padding.append(char(m_random.bounded(256)));
    }
    return padding;
}

}  // namespace adapter
