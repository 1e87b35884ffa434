// What a project is run with: its configuration and its state, read and checked.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "data/value.h"

namespace tendril {

inline constexpr std::size_t kConfigurationFieldsMax = 100;
inline constexpr std::size_t kStateBytesMax = std::size_t{10} * 1024 * 1024;

// A flat object whose values are texts. `origin` names where it came from.
// Errors: InvalidConfig, naming the keys at fault but never their values.
Result<Value> parse_configuration(std::string_view text, std::string_view origin);
Status check_configuration(const Value& configuration, std::string_view origin);

// One JSON object of at most 10 MB. Errors: InvalidConfig.
Result<Value> parse_project_state(std::string_view text, std::string_view origin);

// Where a setting of a project may come from, the first that there is.
struct SettingPlaces {
  std::string option_file = {};     // That somebody named; empty: nobody did.
  std::filesystem::path file = {};  // The project's own.
};

struct FoundSetting {
  std::string text;
  std::string origin;  // The file, for errors.
};

// Returns nullopt when nobody named a file and there is none.
// Errors: InvalidConfig when a file can not be read, or the one that was named does not exist.
Result<std::optional<FoundSetting>> find_setting(const SettingPlaces& places);

}  // namespace tendril
