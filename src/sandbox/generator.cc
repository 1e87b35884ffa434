#include "sandbox/generator.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "core/json_text.h"

namespace tendril {

void Facts::set_base_url(std::string url) {
  base_url_hash_ = hash_text(url);
  base_url_ = std::move(url);
}

void Facts::set(std::string_view name, std::string text, Kind kind) {
  const auto found = std::find_if(facts_.begin(), facts_.end(),
                                  [&](const Fact& fact) { return fact.name == name; });
  Fact& fact = found == facts_.end() ? facts_.emplace_back() : *found;
  fact = Fact{std::string(name), std::move(text), kind};
}

void Facts::set_number(std::string_view name, std::int64_t number) {
  set(name, std::to_string(number), Kind::Raw);
}

void Facts::set_flag(std::string_view name, bool flag) {
  set(name, flag ? "true" : "false", Kind::Raw);
}

void Facts::set_optional(std::string_view name, const std::optional<std::string>& text) {
  set(name, text.value_or("null"), text ? Kind::Text : Kind::Raw);
}

const Facts::Fact* Facts::find(std::string_view name) const {
  const auto found = std::find_if(facts_.begin(), facts_.end(),
                                  [&](const Fact& fact) { return fact.name == name; });
  return found == facts_.end() ? nullptr : &*found;
}

void Generator::texts(const Scene& scene, const UseText& use) const {
  std::string json;
  append(json, scene, Form::Json);
  if (json != "null") {
    use(text(scene));
  }
}

namespace {

// Whether one of eight bytes is a control character, a quote, a backslash, or not ASCII.
// Source: the "haszero" and "hasless" tests of S. E. Anderson's Bit Twiddling Hacks.
bool needs_escape(std::uint64_t bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  constexpr std::uint64_t kHighs = 0x8080808080808080ULL;
  const auto has_zero = [](std::uint64_t word) { return (word - kOnes) & ~word & kHighs; };
  const std::uint64_t controls = (bytes - kOnes * 0x20) & ~bytes & kHighs;
  return ((bytes & kHighs) | controls | has_zero(bytes ^ (kOnes * '"')) |
          has_zero(bytes ^ (kOnes * '\\'))) != 0;
}

bool is_plain(std::string_view text) {
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, sizeof(bytes));
    if (needs_escape(bytes)) {
      return false;
    }
  }
  std::uint64_t rest = 0x2020202020202020ULL;
  std::memcpy(&rest, text.data() + at, text.size() - at);
  return !needs_escape(rest);
}

}  // namespace

void quote_from(std::string& out, std::size_t start) {
  if (is_plain(std::string_view(out).substr(start))) {
    out.insert(start, 1, '"');
    out += '"';
    return;
  }
  const std::string raw = out.substr(start);
  out.resize(start);
  append_json_string(out, raw);
}

void append_integer(std::string& out, std::int64_t number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

}  // namespace tendril
