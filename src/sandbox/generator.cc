#include "sandbox/generator.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/json_text.h"

namespace tendril {

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

void quote_from(std::string& out, std::size_t start) {
  const bool plain =
      std::all_of(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(),
                  [](char c) { return c >= 0x20 && c != '"' && c != '\\' && c != 0x7f; });
  if (plain) {
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
