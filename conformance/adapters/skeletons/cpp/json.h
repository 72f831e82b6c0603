// JSON as the protocol of `atm` needs it: one value on a line, in UTF-8.
#pragma once

#include <cstdint>
#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace json {

/// A value. Numbers keep their digits, since an answer repeats the id of its command.
struct Value {
    enum class Kind { Null, Bool, Number, Text, List, Object };
    Kind kind = Kind::Null;
    bool flag = false;
    std::string text; // of a text, or the digits of a number
    std::vector<Value> items;
    std::map<std::string, Value> members;

    Value() = default;
    Value(const char *text) : kind(Kind::Text), text(text) {}
    Value(std::string text) : kind(Kind::Text), text(std::move(text)) {}
    static Value list(std::vector<Value> items = {}) {
        Value value;
        value.kind = Kind::List;
        value.items = std::move(items);
        return value;
    }
    static Value object(std::map<std::string, Value> members = {}) {
        Value value;
        value.kind = Kind::Object;
        value.members = std::move(members);
        return value;
    }
    static Value number(std::string digits) {
        Value value(std::move(digits));
        value.kind = Kind::Number;
        return value;
    }

    /// A member of an object; null if there is none.
    const Value &operator[](const std::string &name) const {
        static const Value null;
        const auto found = members.find(name);
        return found == members.end() ? null : found->second;
    }
    /// The text of a value that must be one.
    const std::string &str() const {
        if (kind != Kind::Text) throw std::runtime_error("a text is expected");
        return text;
    }
    std::string write() const;
};

inline std::string quote(const std::string &text) {
    std::string out = "\"";
    for (const char character : text) {
        if (character == '"' || character == '\\') {
            out += '\\';
            out += character;
        } else if (static_cast<unsigned char>(character) < 0x20) {
            char escaped[7];
            std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(character));
            out += escaped;
        } else {
            out += character;
        }
    }
    return out + '"';
}

inline std::string Value::write() const {
    std::string out, comma;
    switch (kind) {
    case Kind::Null: return "null";
    case Kind::Bool: return flag ? "true" : "false";
    case Kind::Number: return text;
    case Kind::Text: return quote(text);
    case Kind::List:
        for (const auto &item : items) out += std::exchange(comma, ",") + item.write();
        return "[" + out + "]";
    case Kind::Object:
        for (const auto &[name, value] : members) out += std::exchange(comma, ",") + quote(name) + ":" + value.write();
        return "{" + out + "}";
    }
    return out;
}

/// Reads one value.
class Reader {
public:
    explicit Reader(const std::string &text) : text(text) {}

    Value read() {
        const Value value = element(0);
        if (peek() != '\0') fail();
        return value;
    }

private:
    static constexpr int MAX_DEPTH = 64;
    const std::string &text;
    std::size_t at = 0;

    [[noreturn]] void fail() const { throw std::runtime_error("no JSON at byte " + std::to_string(at)); }

    /// The next character that is no space; '\0' at the end.
    char peek() {
        while (at < text.size() && std::string(" \t\r\n").find(text[at]) != std::string::npos) ++at;
        return at < text.size() ? text[at] : '\0';
    }
    void take(const std::string &expected) {
        if (text.compare(at, expected.size(), expected) != 0) fail();
        at += expected.size();
    }
    bool takeIf(char expected) {
        const bool is_there = peek() == expected;
        if (is_there) ++at;
        return is_there;
    }

    Value element(int depth) {
        if (depth > MAX_DEPTH) fail();
        Value value;
        switch (peek()) {
        case '{':
            ++at;
            value = Value::object();
            for (bool more = !takeIf('}'); more; more = takeIf(',')) {
                if (peek() != '"') fail();
                const std::string name = string();
                if (!takeIf(':')) fail();
                value.members[name] = element(depth + 1);
                if (peek() != ',' && peek() != '}') fail();
                if (takeIf('}')) break;
            }
            return value;
        case '[':
            ++at;
            value = Value::list();
            for (bool more = !takeIf(']'); more; more = takeIf(',')) {
                value.items.push_back(element(depth + 1));
                if (peek() != ',' && peek() != ']') fail();
                if (takeIf(']')) break;
            }
            return value;
        case '"': return Value(string());
        case 't': take("true"); value.kind = Value::Kind::Bool; value.flag = true; return value;
        case 'f': take("false"); value.kind = Value::Kind::Bool; return value;
        case 'n': take("null"); return value;
        default: return number();
        }
    }

    Value number() {
        const std::size_t end = text.find_first_not_of("+-.0123456789eE", at);
        const std::string digits = text.substr(at, end == std::string::npos ? end : end - at);
        if (digits.empty()) fail();
        at += digits.size();
        return Value::number(digits);
    }

    std::string string() {
        std::string out;
        for (++at; at < text.size() && text[at] != '"'; ++at) {
            if (text[at] != '\\') {
                out += text[at];
                continue;
            }
            if (++at == text.size()) fail();
            switch (text[at]) {
            case 'b': out += '\b'; break;
            case 'f': out += '\f'; break;
            case 'n': out += '\n'; break;
            case 'r': out += '\r'; break;
            case 't': out += '\t'; break;
            case 'u': out += utf8(character()); break;
            default: out += text[at];
            }
        }
        if (at == text.size()) fail();
        ++at;
        return out;
    }

    /// The four digits after `\u`; the position is then that of the last one.
    std::uint32_t hex() {
        const std::string digits = text.substr(at + 1, 4);
        if (digits.size() < 4 || digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) fail();
        at += 4;
        return static_cast<std::uint32_t>(std::stoul(digits, nullptr, 16));
    }

    /// The character of one `\u`, or of two that stand for one character.
    std::uint32_t character() {
        const std::uint32_t first = hex();
        if (first < 0xd800 || first > 0xdbff) return first;
        ++at;
        take("\\u");
        --at;
        const std::uint32_t second = hex();
        return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    }

    static std::string utf8(std::uint32_t code) {
        const auto byte = [](std::uint32_t bits) { return static_cast<char>(static_cast<unsigned char>(bits)); };
        const auto tail = [&](int shift) { return byte(0x80 | ((code >> shift) & 0x3f)); };
        if (code < 0x80) return {byte(code)};
        if (code < 0x800) return {byte(0xc0 | (code >> 6)), tail(0)};
        if (code < 0x10000) return {byte(0xe0 | (code >> 12)), tail(6), tail(0)};
        return {byte(0xf0 | (code >> 18)), tail(12), tail(6), tail(0)};
    }
};

} // namespace json
