// SPDX-License-Identifier: MIT OR Apache-2.0

// Stanza Content Encryption (XEP-0420): QXmpp leaves the envelope to the encryption, so it is written and
// read here, in the way that QXmpp's own OMEMO module does it.

#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QDomElement>
#include <QString>

class QXmppMessage;

namespace adapter {

struct Affixes
{
    QString from;
    QString to;
    QDateTime time;
    QByteArray padding;
};

/// The sensitive part of the message in an envelope, as XML.
QByteArray seal(const QXmppMessage &message, const Affixes &affixes);

/// What an envelope holds. The content is a null element if there is none.
struct Opened
{
    QDomElement content;
    QString to;
    QDateTime time;
};

Opened open(const QString &envelope);

}  // namespace adapter
