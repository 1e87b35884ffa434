#include "connector/registry.h"

#include <utility>

#include "core/check.h"

namespace tendril {
namespace {

// Words of lower-case letters and digits, joined by single "-".
bool is_connector_name(std::string_view name) {
  bool after_separator = true;
  for (const char c : name) {
    const bool is_alphanumeric = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!is_alphanumeric && (c != '-' || after_separator)) {
      return false;
    }
    after_separator = !is_alphanumeric;
  }
  return !after_separator;
}

template <class Specs>
auto pointers_to(const Specs& specs) {
  std::vector<const typename Specs::mapped_type*> pointers;
  pointers.reserve(specs.size());
  for (const auto& entry : specs) {
    pointers.push_back(&entry.second);
  }
  return pointers;
}

}  // namespace

void Registry::add(SourceSpec spec) {
  CHECK(is_connector_name(spec.name));
  std::string name = spec.name;
  const bool is_new = sources_.emplace(std::move(name), std::move(spec)).second;
  CHECK(is_new);
}

void Registry::add(DestinationSpec spec) {
  CHECK(is_connector_name(spec.scheme));
  std::string scheme = spec.scheme;
  const bool is_new = destinations_.emplace(std::move(scheme), std::move(spec)).second;
  CHECK(is_new);
}

const SourceSpec* Registry::source(std::string_view name) const {
  const auto found = sources_.find(name);
  return found == sources_.end() ? nullptr : &found->second;
}

const DestinationSpec* Registry::destination(std::string_view scheme) const {
  const auto found = destinations_.find(scheme);
  return found == destinations_.end() ? nullptr : &found->second;
}

Result<std::unique_ptr<Destination>> Registry::make_destination(std::string_view uri,
                                                                std::size_t memory_bytes) const {
  const std::size_t colon = uri.find(':');
  const DestinationSpec* spec = destination(uri.substr(0, colon));
  if (colon == std::string_view::npos || spec == nullptr) {
    std::string known;
    for (const DestinationSpec* each : destinations()) {
      known += (known.empty() ? "" : ", ") + each->usage;
    }
    // What stands before an "@" may be a password.
    const bool is_secret = uri.find('@') != std::string_view::npos;
    const std::string shown(uri.substr(0, is_secret ? colon : std::string_view::npos));
    return Error{ErrorCode::InvalidConfig,
                 "destination is unknown: " + shown + " (known: " + known + ")"};
  }
  return spec->make({uri.substr(colon + 1), memory_bytes});
}

std::vector<const SourceSpec*> Registry::sources() const { return pointers_to(sources_); }

std::vector<const DestinationSpec*> Registry::destinations() const {
  return pointers_to(destinations_);
}

}  // namespace tendril
