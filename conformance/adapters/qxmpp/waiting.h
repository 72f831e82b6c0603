// SPDX-License-Identifier: MIT OR Apache-2.0

// An answer means that the device is idle: nothing may be left to a later turn of the event loop.

#pragma once

#include <QXmppTask.h>

#include <QCoreApplication>
#include <QEventLoop>

namespace adapter {

/// Lets everything happen that was put off until later.
inline void settle()
{
    QCoreApplication::sendPostedEvents();
    QCoreApplication::processEvents(QEventLoop::AllEvents);
    QCoreApplication::sendPostedEvents();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
}

template<typename T>
T wait(QXmppTask<T> task)
{
    while (!task.isFinished()) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    if constexpr (!std::is_void_v<T>) {
        return task.takeResult();
    }
}

}  // namespace adapter
