// SPDX-License-Identifier: MIT OR Apache-2.0

#include "commands.h"

#include "trust_uri.h"

#include <QXmppGlobal.h>

#include <QJsonDocument>

namespace adapter {

namespace {

struct Unsupported
{
    QString feature;
    QString reason;
};

QJsonObject hello()
{
    QJsonArray features { QStringLiteral("restart"), QStringLiteral("trust-manually") };
    if (QXMPP_READS_URIS) {
        features.append(QStringLiteral("scan"));
    }
    return {
        { QStringLiteral("protocol"), 1 },
        { QStringLiteral("implementation"),
          QJsonObject {
              { QStringLiteral("name"), QStringLiteral("QXmpp") },
              { QStringLiteral("version"), QString(QXmppVersion()) },
              { QStringLiteral("url"), QStringLiteral("https://github.com/qxmpp-project/qxmpp") },
          } },
        // QXmpp's manager neither stamps nor compares times; the envelope is the encryption layer's.
        { QStringLiteral("clock"), QStringLiteral("injected") },
        { QStringLiteral("encryptions"), QJsonArray { QStringLiteral("*") } },
        { QStringLiteral("policies"), QJsonArray { QStringLiteral("toakafa") } },
        { QStringLiteral("features"), features },
        { QStringLiteral("levels"),
          QJsonObject {
              { QStringLiteral("Undecided"), QStringLiteral("undecided") },
              { QStringLiteral("AutomaticallyDistrusted"), QStringLiteral("automatically-distrusted") },
              { QStringLiteral("ManuallyDistrusted"), QStringLiteral("distrusted") },
              { QStringLiteral("AutomaticallyTrusted"), QStringLiteral("automatically-trusted") },
              { QStringLiteral("ManuallyTrusted"), QStringLiteral("manually-trusted") },
              { QStringLiteral("Authenticated"), QStringLiteral("authenticated") },
          } },
    };
}

QJsonObject sentBy(Device &device)
{
    return { { QStringLiteral("sent"), device.takeSent() } };
}

QJsonObject error(const char *kind, const char *message)
{
    return { { QStringLiteral("error"),
               QJsonObject {
                   { QStringLiteral("kind"), QLatin1String(kind) },
                   { QStringLiteral("message"), QString::fromUtf8(message) },
               } } };
}

QJsonObject unsupported(const Unsupported &what)
{
    QJsonObject body { { QStringLiteral("feature"), what.feature } };
    if (!what.reason.isEmpty()) {
        body.insert(QStringLiteral("reason"), what.reason);
    }
    return { { QStringLiteral("unsupported"), body } };
}

}  // namespace

QByteArray Commands::answer(const QByteArray &line)
{
    const auto command = QJsonDocument::fromJson(line).object();
    QJsonObject answer;
    try {
        answer = { { QStringLiteral("ok"), carryOut(command) } };
    } catch (const Unsupported &what) {
        answer = unsupported(what);
    } catch (const BadCommand &why) {
        answer = error("definite", why.what());
    } catch (const std::exception &why) {
        answer = error("indefinite", why.what());
    }
    answer.insert(QStringLiteral("id"), command.value(QStringLiteral("id")));
    return QJsonDocument(answer).toJson(QJsonDocument::Compact);
}

QJsonObject Commands::carryOut(const QJsonObject &command)
{
    const auto name = text(command, "command");

    if (name == QLatin1String("hello")) {
        return hello();
    }
    if (name == QLatin1String("stop")) {
        m_stopped = true;
        return {};
    }
    if (name == QLatin1String("reset")) {
        m_devices.clear();
        return {};
    }
    if (name == QLatin1String("create")) {
        create(command);
        return {};
    }
    if (name == QLatin1String("discover")) {
        auto &device = this->device(command);
        device.discover(keys(command, "keys"));
        return sentBy(device);
    }
    if (name == QLatin1String("decide")) {
        auto &device = this->device(command);
        device.decide(text(command, "owner"), identifiers(command, "trust"), identifiers(command, "distrust"));
        return sentBy(device);
    }
    if (name == QLatin1String("trust-manually")) {
        auto &device = this->device(command);
        device.trustManually(keys(command, "keys"));
        return sentBy(device);
    }
    if (name == QLatin1String("scan")) {
        if (!QXMPP_READS_URIS) {
            throw Unsupported { name, QStringLiteral("QXmpp reads URIs since version 1.8") };
        }
        auto &device = this->device(command);
        device.scan(text(command, "uri"));
        return sentBy(device);
    }
    if (name == QLatin1String("deliver")) {
        auto &device = this->device(command);
        device.deliver(text(command, "stanza"), decrypted(command, "encrypted"));
        return sentBy(device);
    }
    if (name == QLatin1String("read")) {
        return { { QStringLiteral("levels"), device(command).levels(keys(command, "keys")) } };
    }
    if (name == QLatin1String("restart")) {
        auto &device = this->device(command);
        device.restart();
        return sentBy(device);
    }
    throw Unsupported { name, {} };
}

Device &Commands::device(const QJsonObject &command)
{
    const auto name = text(command, "device");
    const auto found = m_devices.find(name);
    if (found == m_devices.end()) {
        throw BadCommand("no such device: " + name.toStdString());
    }
    found->second->setClock(time(command, "now"));
    return *found->second;
}

void Commands::create(const QJsonObject &command)
{
    const auto name = text(command, "device");
    if (command.value(QStringLiteral("shared-key")).toBool()) {
        throw Unsupported { QStringLiteral("shared-key"),
                            QStringLiteral("QXmpp has no encryption with one key for all endpoints of an account") };
    }
    if (m_devices.count(name)) {
        throw BadCommand("there is already a device " + name.toStdString());
    }
    const auto policy = text(command, "policy") == QLatin1String("toakafa") ? QXmpp::Toakafa : QXmpp::NoSecurityPolicy;
    auto device = std::make_unique<Device>(Introduction {
        text(command, "jid"),
        text(command, "encryption"),
        identifier(command.value(QStringLiteral("key"))),
        policy,
        m_carbons,
    });
    device->setClock(time(command, "now"));
    m_devices.emplace(name, std::move(device));
}

}  // namespace adapter
