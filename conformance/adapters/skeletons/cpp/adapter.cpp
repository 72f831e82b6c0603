// An adapter for `atm` without an implementation: fill in `Device`, the rest speaks the protocol.
//
// conformance/ADAPTERS.md says what each command means, and `atm adapter check ./adapter` what is missing. To build it:
//     c++ -std=c++17 -Wall -o adapter adapter.cpp

#include <exception>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "json.h"

using json::Value;

static Value hello() {
    return Value::object({
        {"protocol", Value::number("1")},
        {"implementation", Value::object({{"name", "My implementation"}, {"version", "0.1.0"}})},
        // "system" if your implementation cannot be told the time.
        {"clock", "injected"},
        {"encryptions", Value::list({"urn:xmpp:omemo:2"})},
        // "toakafa", "none", both, or neither.
        {"policies", Value::list()},
        // Of "scan", "own-code", "trust-manually", "restart", "shared-key", "postponed", "shown", "stored", "forget"
        // and "backup", those that work.
        {"features", Value::list()},
        // Your names of levels, and their meaning to atm.
        {"levels", Value::object({{"undecided", "undecided"},
                                  {"authenticated", "authenticated"},
                                  {"distrusted", "distrusted"}})},
    });
}

/// Your implementation cannot do this.
struct Unsupported {
    std::string feature;
};

/// The command is wrong, and nothing has changed.
struct Refused {
    std::string message;
};

/// The owner's bare JID and the identifier in Base64. The same identifier under two owners is two keys.
using Key = std::pair<std::string, std::string>;
using Keys = std::vector<Key>;

/// The stanzas that were sent, as the protocol writes them.
using Sent = std::vector<Value>;

/// One endpoint of an account. Each command that changes it returns the stanzas that it sent.
class Device {
public:
    std::vector<Value> shown; // the bodies that the person gets to see of what arrives

    Device() = default;
    Device(const std::string & /*now*/, std::string jid, std::string encryption, std::string key)
        : jid(std::move(jid)), encryption(std::move(encryption)), key(std::move(key)) {}

    /// The device sees keys for the first time.
    Sent discover(const std::string & /*now*/, const Keys & /*keys*/) { return {}; }

    /// A person authenticates some keys of one owner and distrusts others.
    Sent decide(const std::string & /*now*/, const Keys &trust, const Keys &distrust) {
        for (const auto &each : trust) levels[each] = "authenticated";
        for (const auto &each : distrust) levels[each] = "distrusted";
        // Your implementation now tells its other endpoints and the contacts' ones. For each stanza:
        //     sent("<message …><encrypted …/></message>", {{owner, id}, …}, "<envelope …>")
        return {};
    }

    /// A stanza arrives. `encrypted` is null, or has `encryption`, `sender` (a key or null) and `content`.
    Sent deliver(const std::string & /*now*/, const std::string & /*stanza*/, const Value & /*encrypted*/) { return {}; }

    /// One of the names in `levels` of `hello`.
    std::string level(const std::string & /*now*/, const Key &of) const {
        const auto found = levels.find(of);
        return found == levels.end() ? "undecided" : found->second;
    }

    /// A person trusts keys without comparing them.
    Sent trustManually(const std::string & /*now*/, const Keys & /*keys*/) { throw Unsupported{"trust-manually"}; }

    /// A person scans a Trust Message URI.
    Sent scan(const std::string & /*now*/, const std::string & /*uri*/) { throw Unsupported{"scan"}; }

    /// The Trust Message URI that others scan.
    std::string ownCode(const std::string & /*now*/) { throw Unsupported{"own-code"}; }

    /// Keys leave their list.
    Sent forget(const std::string & /*now*/, const Keys & /*keys*/) { throw Unsupported{"forget"}; }

    /// The device stops and starts from what it has stored.
    Sent restart(const std::string & /*now*/) { throw Unsupported{"restart"}; }

    /// The device keeps a copy of what it has stored.
    Sent backUp(const std::string & /*now*/) { throw Unsupported{"back-up"}; }

    /// The device starts from that copy.
    Sent restore(const std::string & /*now*/) { throw Unsupported{"restore"}; }

    /// A stanza that was sent, as the protocol writes it.
    Value sent(const std::string &stanza, const Keys &keys, const std::string &content) const {
        auto list = Value::list();
        for (const auto &[owner, id] : keys) list.items.push_back(Value::object({{"owner", owner}, {"id", id}}));
        const auto encrypted = Value::object({{"encryption", encryption}, {"keys", list}, {"content", content}});
        return Value::object({{"stanza", stanza}, {"encrypted", encrypted}});
    }

private:
    std::string jid, encryption, key;
    std::map<Key, std::string> levels;
};

static std::map<std::string, Device> devices;

static Keys keys(const Value &list) {
    Keys all;
    for (const auto &each : list.items) all.emplace_back(each["owner"].str(), each["id"].str());
    return all;
}

/// The keys of `decide`, all of which have one owner.
static Keys keysOf(const Value &owner, const Value &ids) {
    Keys all;
    for (const auto &id : ids.items) all.emplace_back(owner.str(), id.str());
    return all;
}

using Input = Sent (*)(Device &, const std::string &, const Value &);

/// The commands that a device answers with what it sent.
static const std::map<std::string, Input> INPUTS = {
    {"discover", [](Device &device, const std::string &now, const Value &c) { return device.discover(now, keys(c["keys"])); }},
    {"forget", [](Device &device, const std::string &now, const Value &c) { return device.forget(now, keys(c["keys"])); }},
    {"decide",
     [](Device &device, const std::string &now, const Value &c) {
         return device.decide(now, keysOf(c["owner"], c["trust"]), keysOf(c["owner"], c["distrust"]));
     }},
    {"trust-manually",
     [](Device &device, const std::string &now, const Value &c) { return device.trustManually(now, keys(c["keys"])); }},
    {"scan", [](Device &device, const std::string &now, const Value &c) { return device.scan(now, c["uri"].str()); }},
    {"deliver",
     [](Device &device, const std::string &now, const Value &c) {
         return device.deliver(now, c["stanza"].str(), c["encrypted"]);
     }},
    {"restart", [](Device &device, const std::string &now, const Value &) { return device.restart(now); }},
    {"back-up", [](Device &device, const std::string &now, const Value &) { return device.backUp(now); }},
    {"restore", [](Device &device, const std::string &now, const Value &) { return device.restore(now); }},
};

/// The member `ok` of the answer to a command.
static Value answer(const Value &command) {
    const auto &name = command["command"].str();
    if (name == "hello") return hello();
    if (name == "stop") return Value::object();
    if (name == "reset") {
        devices.clear();
        return Value::object();
    }
    if (name == "create") {
        devices[command["device"].str()] =
            Device(command["now"].str(), command["jid"].str(), command["encryption"].str(), command["key"].str());
        return Value::object();
    }
    const auto input = INPUTS.find(name);
    if (input == INPUTS.end() && name != "read" && name != "own-code") throw Unsupported{name};
    const auto found = devices.find(command["device"].str());
    if (found == devices.end()) throw Refused{"there is no device " + command["device"].str()};
    auto &device = found->second;
    const auto &now = command["now"].str();
    if (name == "read") {
        auto levels = Value::list();
        for (const auto &key : keys(command["keys"])) levels.items.push_back(device.level(now, key));
        return Value::object({{"levels", levels}});
    }
    if (name == "own-code") return Value::object({{"uri", device.ownCode(now)}});
    device.shown.clear();
    const auto sent = input->second(device, now, command);
    return Value::object({{"sent", Value::list(sent)}, {"shown", Value::list(device.shown)}});
}

static Value failure(const char *kind, const std::string &message) {
    return Value::object({{"kind", kind}, {"message", message}});
}

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        const auto command = json::Reader(line).read();
        auto reply = Value::object({{"id", command["id"]}});
        try {
            reply.members["ok"] = answer(command);
        } catch (const Unsupported &unsupported) {
            reply.members["unsupported"] = Value::object({{"feature", unsupported.feature}});
        } catch (const Refused &refused) {
            reply.members["error"] = failure("definite", refused.message);
        } catch (const std::exception &error) { // any other error costs this case, not the run
            reply.members["error"] = failure("indefinite", error.what());
        }
        std::cout << reply.write() << std::endl;
        if (command["command"].text == "stop") break;
    }
}
