// SPDX-License-Identifier: MIT OR Apache-2.0

// The commands of the adapter protocol, each answered in full.

#pragma once

#include "device.h"

#include <map>

namespace adapter {

class Commands
{
public:
    explicit Commands(Carbons carbons) : m_carbons(carbons) { }

    /// The answer to one line, without its line end.
    QByteArray answer(const QByteArray &line);

    bool stopped() const { return m_stopped; }

private:
    QJsonObject carryOut(const QJsonObject &command);
    Device &device(const QJsonObject &command);
    void create(const QJsonObject &command);

    Carbons m_carbons;
    std::map<QString, std::unique_ptr<Device>> m_devices;
    bool m_stopped = false;
};

}  // namespace adapter
