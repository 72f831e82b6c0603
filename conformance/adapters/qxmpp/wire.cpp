// SPDX-License-Identifier: MIT OR Apache-2.0

#include "wire.h"

namespace adapter {

namespace {

[[noreturn]] void refuse(const char *member, const char *expected)
{
    throw BadCommand(std::string("`") + member + "` is not " + expected);
}

QJsonArray array(const QJsonObject &object, const char *member)
{
    const auto value = object.value(QLatin1String(member));
    if (!value.isArray()) {
        refuse(member, "an array");
    }
    return value.toArray();
}

}  // namespace

QString text(const QJsonObject &object, const char *member)
{
    const auto value = object.value(QLatin1String(member));
    if (!value.isString()) {
        refuse(member, "a string");
    }
    return value.toString();
}

QDateTime time(const QJsonObject &object, const char *member)
{
    const auto time = QDateTime::fromString(text(object, member), Qt::ISODateWithMs);
    if (!time.isValid()) {
        refuse(member, "a date and time");
    }
    return time.toUTC();
}

QByteArray identifier(const QJsonValue &base64)
{
    const auto decoded = QByteArray::fromBase64Encoding(base64.toString().toLatin1(), QByteArray::AbortOnBase64DecodingErrors);
    if (!base64.isString() || !decoded) {
        throw BadCommand("a key identifier is not Base64: " + base64.toString().toStdString());
    }
    return *decoded;
}

QList<QByteArray> identifiers(const QJsonObject &object, const char *member)
{
    QList<QByteArray> identifiers;
    for (const auto &value : array(object, member)) {
        identifiers.append(identifier(value));
    }
    return identifiers;
}

Key key(const QJsonValue &value)
{
    const auto object = value.toObject();
    return { text(object, "owner"), identifier(object.value(QLatin1String("id"))) };
}

QList<Key> keys(const QJsonObject &object, const char *member)
{
    QList<Key> keys;
    for (const auto &value : array(object, member)) {
        keys.append(key(value));
    }
    return keys;
}

std::optional<Decrypted> decrypted(const QJsonObject &object, const char *member)
{
    const auto value = object.value(QLatin1String(member));
    if (!value.isObject()) {
        return {};
    }
    const auto encrypted = value.toObject();
    const auto sender = encrypted.value(QLatin1String("sender"));
    return Decrypted {
        text(encrypted, "encryption"),
        sender.isObject() ? std::optional(key(sender)) : std::nullopt,
        text(encrypted, "content"),
    };
}

QJsonObject json(const Key &key)
{
    return { { QStringLiteral("owner"), key.owner },
             { QStringLiteral("id"), QString::fromLatin1(key.id.toBase64()) } };
}

}  // namespace adapter
