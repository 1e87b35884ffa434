// Configuration: the settings of a connector, all of them texts.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "json.h"

namespace tendril::sdk {

// Threads: immutable.
class Configuration {
 public:
  // REQUIRES: `settings` is an object of texts, as the program sends it.
  explicit Configuration(Json settings) : settings_(std::move(settings)) {}

  bool has(std::string_view name) const { return settings_.find(name) != nullptr; }

  // Throws ConnectorError, naming it, when it is missing or empty.
  const std::string& at(std::string_view name) const {
    const Json* const found = settings_.find(name);
    if (found == nullptr || found->as_text() == nullptr || found->as_text()->empty()) {
      throw ConnectorError("configuration has no " + std::string(name) + ": set it");
    }
    return *found->as_text();
  }

  // The setting, or `fallback` when it is missing or empty.
  std::string value_or(std::string_view name, std::string_view fallback) const {
    const Json* const found = settings_.find(name);
    const std::string* const text = found == nullptr ? nullptr : found->as_text();
    return text == nullptr || text->empty() ? std::string(fallback) : *text;
  }
  std::string value_or(std::string_view name, const char* fallback) const {
    return value_or(name, std::string_view(fallback));
  }

  // Throws ConnectorError, naming it, when it is no int.
  template <std::integral T>
  requires(!std::same_as<T, bool>) std::int64_t value_or(std::string_view name, T fallback)
  const {
    const std::string text = value_or(name, "");
    std::int64_t number = fallback;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (!text.empty() && (read.ec != std::errc() || read.ptr != text.data() + text.size())) {
      throw ConnectorError("configuration: " + std::string(name) + " must be an int");
    }
    return number;
  }

  // "true" or "false". Throws ConnectorError, naming it, when it is neither.
  template <std::same_as<bool> T>
  bool value_or(std::string_view name, T fallback) const {
    const std::string text = value_or(name, fallback ? "true" : "false");
    if (text != "true" && text != "false") {
      throw ConnectorError("configuration: " + std::string(name) + " must be true or false");
    }
    return text == "true";
  }

 private:
  Json settings_;
};

}  // namespace tendril::sdk
