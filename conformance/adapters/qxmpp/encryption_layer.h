// SPDX-License-Identifier: MIT OR Apache-2.0

// Takes the place of OMEMO in a client: encrypts nothing, but notes for which keys it would have, and
// "decrypts" by taking the content that the command brought along.
//
// Where an encryption has a choice, this one does what QXmpp's own OMEMO module does: it encrypts for the
// devices that it has seen, of the recipient and of the own account, whose keys have an accepted level of trust.

#pragma once

#include "wire.h"

#include <QXmppClientExtension.h>
#include <QXmppE2eeExtension.h>
#include <QXmppMessageHandler.h>
#include <QXmppTrustLevel.h>

#include <QMap>
#include <QRandomGenerator>

class QXmppTrustManager;

namespace adapter {

/// Where the encrypted element stood. An installed QXmpp may know OMEMO's element and keep it to itself; it leaves
/// one of this namespace alone.
inline const auto placeholderNamespace = QStringLiteral("urn:x-atm:encrypted");

/// The devices of an account that the encryption knows, in the order in which they were seen.
using Devices = QMap<QString, QList<QByteArray>>;

class EncryptionLayer : public QXmppClientExtension, public QXmppE2eeExtension, public QXmppMessageHandler
{
    Q_OBJECT

public:
    EncryptionLayer(QString encryption, QXmppTrustManager *trust, const Devices *devices, QJsonArray *sent);

    void setClock(const QDateTime &now);

    /// What the encrypted element of the stanza that comes next turns out to hold; nothing if this device cannot
    /// decrypt it.
    void setArriving(std::optional<Decrypted> arriving);

    /// Hands a parsed message to the client, as managers do that unpack messages.
    void inject(QXmppMessage &&message);

    QXmppTask<MessageEncryptResult> encryptMessage(QXmppMessage &&, const std::optional<QXmppSendStanzaParams> &) override;
    QXmppTask<MessageDecryptResult> decryptMessage(QXmppMessage &&) override;
    QXmppTask<IqEncryptResult> encryptIq(QXmppIq &&, const std::optional<QXmppSendStanzaParams> &) override;
    QXmppTask<IqDecryptResult> decryptIq(const QDomElement &) override;
    bool isEncrypted(const QDomElement &) override;
    bool isEncrypted(const QXmppMessage &) override;

    bool handleMessage(const QXmppMessage &) override;

private:
    QList<Key> recipients(const QList<QString> &accounts, QXmpp::TrustLevels accepted) const;
    std::optional<QXmppMessage> decrypt(QXmppMessage message) const;
    QByteArray padding();

    QString m_encryption;
    QXmppTrustManager *m_trust;
    const Devices *m_devices;
    QJsonArray *m_sent;
    QDateTime m_now;
    std::optional<Decrypted> m_arriving;
    QRandomGenerator m_random { 450 };
};

}  // namespace adapter
