// SPDX-License-Identifier: MIT OR Apache-2.0

// Puts QXmpp's Automatic Trust Management behind the adapter protocol of conformance/ADAPTERS.md.
// With --legacy-carbons, the devices use QXmppCarbonManager.

#include "commands.h"

#include <QCoreApplication>
#include <QHashFunctions>

#include <iostream>
#include <string>
#include <vector>

int main(int argc, char *argv[])
{
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const bool legacy = arguments == std::vector<std::string> { "--legacy-carbons" };
    if (!legacy && !arguments.empty()) {
        std::cerr << "usage: atm-adapter-qxmpp [--legacy-carbons]" << std::endl;
        return 64;
    }

    // QXmpp sends messages and lists keys in the order of its hash maps: the same one in each run.
#if QT_VERSION >= QT_VERSION_CHECK(6, 2, 0)
    QHashSeed::setDeterministicGlobalSeed();
#else
    qSetGlobalQHashSeed(0);
#endif
    QCoreApplication application(argc, argv);

    adapter::Commands commands(legacy ? adapter::Carbons::Legacy : adapter::Carbons::V2);
    std::string line;
    while (!commands.stopped() && std::getline(std::cin, line)) {
        const auto answer = commands.answer(QByteArray::fromStdString(line));
        std::cout << answer.constData() << std::endl;
    }
}
