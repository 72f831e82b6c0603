// SPDX-License-Identifier: MIT OR Apache-2.0

// The words of the adapter protocol (conformance/ADAPTERS.md), parsed: a value that exists is valid.
//
// The adapter stays in a namespace of its own. QXmpp has global types of the same names inside, and what the compiler makes
// of Qt's containers for those would be taken for ours.

#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QList>
#include <QString>

#include <optional>
#include <stdexcept>

namespace adapter {

/// A command that cannot be carried out as it stands; nothing was changed by it.
struct BadCommand : std::runtime_error
{
    using std::runtime_error::runtime_error;
};

/// The same identifier under two owners is two keys.
struct Key
{
    QString owner;
    QByteArray id;
};

/// What the encryption layer has to say about a stanza that arrives.
struct Decrypted
{
    QString encryption;
    std::optional<Key> sender;
    QString content;
};

QString text(const QJsonObject &object, const char *member);
QDateTime time(const QJsonObject &object, const char *member);
QByteArray identifier(const QJsonValue &base64);
QList<QByteArray> identifiers(const QJsonObject &object, const char *member);
Key key(const QJsonValue &value);
QList<Key> keys(const QJsonObject &object, const char *member);
std::optional<Decrypted> decrypted(const QJsonObject &object, const char *member);

QJsonObject json(const Key &key);

}  // namespace adapter
