// Section: one map of a sandbox.yaml, read member by member, that knows its place in the file
// and refuses what nobody asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "data/value.h"

namespace tendril {

// Threads: one at a time. The Value must outlive it.
class Section {
 public:
  // Errors: InvalidConfig when `value` is no map.
  static Result<Section> open(const Value& value, std::string place);

  const std::string& place() const { return place_; }
  std::string place_of(std::string_view name) const;

  // Returns nullptr when there is no such member; marks it as known.
  const Value* find(std::string_view name);
  // Errors: InvalidConfig when it is missing.
  Result<const Value*> require(std::string_view name);

  // Errors: InvalidConfig when the member is missing and there is no fallback, or when it is
  // of another kind. Scalars count as text.
  Result<std::string> text(std::string_view name);
  Result<std::string> text_or(std::string_view name, std::string fallback);
  Result<std::int64_t> integer_or(std::string_view name, std::int64_t fallback);
  Result<double> number_or(std::string_view name, double fallback);
  Result<bool> flag_or(std::string_view name, bool fallback);
  // A list of scalars, or one scalar; empty when missing.
  Result<std::vector<std::string>> texts(std::string_view name);

  // Errors: InvalidConfig naming the first member that was never looked at.
  Status finish() const;

  Error error(std::string_view what) const;
  Error error_at(std::string_view name, std::string_view what) const;

 private:
  Section(const Map& map, std::string place) : map_(&map), place_(std::move(place)) {}

  const Map* map_;
  std::string place_;
  std::vector<std::string> known_;
};

Error definition_error(std::string_view place, std::string_view what);

// The text of a scalar as the file spells it; nullopt for lists and maps. Null is "".
std::optional<std::string> scalar_text(const Value& value);

}  // namespace tendril
