// SPDX-License-Identifier: MIT OR Apache-2.0

#include "envelope.h"

#include <QXmppMessage.h>
#include <QXmppUtils.h>

#include <QDomDocument>
#include <QXmlStreamWriter>

namespace adapter {

QByteArray seal(const QXmppMessage &message, const Affixes &affixes)
{
    QByteArray xml;
    QXmlStreamWriter writer(&xml);

    writer.writeStartElement(QStringLiteral("envelope"));
    writer.writeDefaultNamespace(QStringLiteral("urn:xmpp:sce:1"));

    writer.writeTextElement(QStringLiteral("rpad"), QString::fromLatin1(affixes.padding.toBase64()));
    writer.writeEmptyElement(QStringLiteral("time"));
    writer.writeAttribute(QStringLiteral("stamp"), QXmppUtils::datetimeToString(affixes.time));
    writer.writeEmptyElement(QStringLiteral("from"));
    writer.writeAttribute(QStringLiteral("jid"), affixes.from);
    writer.writeEmptyElement(QStringLiteral("to"));
    writer.writeAttribute(QStringLiteral("jid"), affixes.to);

    writer.writeStartElement(QStringLiteral("content"));
    message.serializeExtensions(&writer, QXmpp::SceSensitive, QStringLiteral("jabber:client"));
    writer.writeEndElement();

    writer.writeEndElement();
    return xml;
}

Opened open(const QString &envelope)
{
    QDomDocument document;
    document.setContent(envelope.toUtf8(), true);
    const auto root = document.documentElement();
    const auto stamp = root.firstChildElement(QStringLiteral("time")).attribute(QStringLiteral("stamp"));
    return { root.firstChildElement(QStringLiteral("content")),
             root.firstChildElement(QStringLiteral("to")).attribute(QStringLiteral("jid")),
             QXmppUtils::datetimeFromString(stamp) };
}

}  // namespace adapter
