// SPDX-License-Identifier: MIT OR Apache-2.0

// One device: a client that never connects, with QXmpp's manager for Automatic Trust Management.

#pragma once

#include "encryption_layer.h"
#include "wire.h"

#include <QXmppTrustSecurityPolicy.h>

#include <QStringList>

#include <memory>

class QXmppAtmManager;
class QXmppAtmTrustMemoryStorage;
class QXmppClient;

namespace adapter {

/// The manager for carbons that the application has chosen.
enum class Carbons {
    /// QXmppCarbonManagerV2, which applications with encryption need.
    V2,
    /// QXmppCarbonManager with enabled carbons. It is deprecated, but the documentation of QXmppAtmManager recommends it.
    Legacy,
};

/// What a device is told about itself when it joins its account.
struct Introduction
{
    QString jid;
    QString encryption;
    QByteArray ownKey;
    QXmpp::TrustSecurityPolicy policy;
    Carbons carbons;
};

class Device
{
public:
    explicit Device(Introduction introduction);
    ~Device();

    void setClock(const QDateTime &now);

    void discover(const QList<Key> &keys);
    void decide(const QString &owner, const QList<QByteArray> &trust, const QList<QByteArray> &distrust);
    void trustManually(const QList<Key> &keys);
    void scan(const QString &uri);
    void deliver(const QString &stanza, std::optional<Decrypted> encrypted);
    QJsonArray levels(const QList<Key> &keys) const;

    /// The client is a new one; the storage is what an application would have on its disk.
    void restart();

    /// What was sent since the last call.
    QJsonArray takeSent();

private:
    void start();
    void addCarbonManager();

    Introduction m_introduction;
    QDateTime m_now;
    QJsonArray m_sent;

    // stored
    std::unique_ptr<QXmppAtmTrustMemoryStorage> m_storage;
    Devices m_devices;

    // in memory, all of it owned by the client
    std::unique_ptr<QXmppClient> m_client;
    QXmppAtmManager *m_atm = nullptr;
    EncryptionLayer *m_encryption = nullptr;
};

}  // namespace adapter
