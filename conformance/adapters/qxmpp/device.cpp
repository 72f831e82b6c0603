// SPDX-License-Identifier: MIT OR Apache-2.0

#include "device.h"

#include "dispatch.h"
#include "trust_uri.h"
#include "waiting.h"

#include <QXmppAtmManager.h>
#include <QXmppAtmTrustMemoryStorage.h>
#include <QXmppCarbonManager.h>
#include <QXmppCarbonManagerV2.h>
#include <QXmppClient.h>

using namespace QXmpp;

namespace adapter {

namespace {

QString name(TrustLevel level)
{
    switch (level) {
    case TrustLevel::Undecided:
        return QStringLiteral("Undecided");
    case TrustLevel::AutomaticallyDistrusted:
        return QStringLiteral("AutomaticallyDistrusted");
    case TrustLevel::ManuallyDistrusted:
        return QStringLiteral("ManuallyDistrusted");
    case TrustLevel::AutomaticallyTrusted:
        return QStringLiteral("AutomaticallyTrusted");
    case TrustLevel::ManuallyTrusted:
        return QStringLiteral("ManuallyTrusted");
    case TrustLevel::Authenticated:
        return QStringLiteral("Authenticated");
    }
    throw std::logic_error("QXmpp has a new level of trust");
}

}  // namespace

Device::Device(Introduction introduction)
    : m_introduction(std::move(introduction)), m_storage(std::make_unique<QXmppAtmTrustMemoryStorage>())
{
    start();
    wait(m_atm->setSecurityPolicy(m_introduction.encryption, m_introduction.policy));
    wait(m_atm->setOwnKey(m_introduction.encryption, m_introduction.ownKey));
}

Device::~Device() = default;

void Device::setClock(const QDateTime &now)
{
    m_now = now;
    m_encryption->setClock(now);
}

// The encryption adds keys to the storage, so that this is up to it. QXmpp's OMEMO module gives a key that has no
// level yet the one that the policy asks for, and leaves its own device out of the list.
void Device::discover(const QList<Key> &keys)
{
    const auto &encryption = m_introduction.encryption;
    const auto ownAccount = m_client->configuration().jidBare();
    for (const auto &key : keys) {
        if (key.owner == ownAccount && key.id == m_introduction.ownKey) {
            continue;
        }
        if (auto &devices = m_devices[key.owner]; !devices.contains(key.id)) {
            devices.append(key.id);
        }
        if (wait(m_atm->trustLevel(encryption, key.owner, key.id)) != TrustLevel::Undecided) {
            continue;
        }
        if (wait(m_atm->securityPolicy(encryption)) == Toakafa && !wait(m_atm->hasKey(encryption, key.owner, TrustLevel::Authenticated))) {
            wait(m_atm->addKeys(encryption, key.owner, { key.id }, TrustLevel::AutomaticallyTrusted));
        } else {
            wait(m_atm->addKeys(encryption, key.owner, { key.id }));
        }
    }
    settle();
}

void Device::decide(const QString &owner, const QList<QByteArray> &trust, const QList<QByteArray> &distrust)
{
    wait(m_atm->makeTrustDecisions(m_introduction.encryption, owner, trust, distrust));
    settle();
}

void Device::trustManually(const QList<Key> &keys)
{
    QMultiHash<QString, QByteArray> byOwner;
    for (const auto &key : keys) {
        byOwner.insert(key.owner, key.id);
    }
    wait(m_atm->setTrustLevel(m_introduction.encryption, byOwner, TrustLevel::ManuallyTrusted));
    settle();
}

// QXmpp hands on the encryption that a code names. The application has to look whether it is the one that it uses.
void Device::scan(const QString &uri)
{
    const auto &encryption = m_introduction.encryption;
    if (const auto read = readTrustUri(uri); read && read->encryption == encryption) {
        wait(m_atm->makeTrustDecisions(encryption, read->owner, read->trust, read->distrust));
    }
    settle();
}

void Device::deliver(const QString &stanza, std::optional<Decrypted> encrypted)
{
    const auto encryption = encrypted ? encrypted->encryption : m_introduction.encryption;
    m_encryption->setArriving(std::move(encrypted));
    dispatch(*m_client, *m_encryption, encryption, stanza);
    settle();
    m_encryption->setArriving({});
}

QJsonArray Device::levels(const QList<Key> &keys) const
{
    QJsonArray levels;
    for (const auto &key : keys) {
        levels.append(name(wait(m_atm->trustLevel(m_introduction.encryption, key.owner, key.id))));
    }
    return levels;
}

void Device::restart()
{
    start();
    setClock(m_now);
    settle();
}

QJsonArray Device::takeSent()
{
    return std::exchange(m_sent, {});
}

void Device::start()
{
    m_client = std::make_unique<QXmppClient>();
    for (auto *extension : m_client->extensions()) {
        m_client->removeExtension(extension);
    }
    m_client->configuration().setJid(m_introduction.jid);

    m_atm = new QXmppAtmManager(m_storage.get());
    m_encryption = new EncryptionLayer(m_introduction.encryption, m_atm, &m_devices, &m_sent);
    m_client->addExtension(m_atm);
    m_client->addExtension(m_encryption);
    addCarbonManager();
    m_client->setEncryptionExtension(m_encryption);
}

void Device::addCarbonManager()
{
    if (m_introduction.carbons == Carbons::V2) {
        m_client->addExtension(new QXmppCarbonManagerV2);
        return;
    }
    // An application takes these messages for others by connecting the signals of both classes.
    auto *manager = new QXmppCarbonManager;
    manager->setCarbonsEnabled(true);
    QObject::connect(manager, &QXmppCarbonManager::messageSent, m_client.get(), &QXmppClient::messageReceived);
    QObject::connect(manager, &QXmppCarbonManager::messageReceived, m_client.get(), &QXmppClient::messageReceived);
    m_client->addExtension(manager);
}

}  // namespace adapter
