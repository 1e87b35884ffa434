// RequestOption: where in a request a value goes that is known only while reading: a page token, a
// page size, a partition or a bound of a window.
// Source: manifest component "RequestOption".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "data/value.h"
#include "manifest/node.h"
#include "manifest/request_draft.h"

namespace tendril {

// Threads: safe to share.
class RequestOption {
 public:
  enum class Place : std::uint8_t { Query, Header, Form, Json };

  // Errors: InvalidConfig with file, line and column.
  static Result<RequestOption> compile(const Node& node, const Value& config, const Clock& clock);
  // The member `key` of `component`; nullopt when there is none.
  static Result<std::optional<RequestOption>> compile(const Node& component, std::string_view key,
                                                      const Value& config, const Clock& clock);

  // Errors: InvalidConfig when the place is taken by another value.
  Status inject(const Value& value, RequestDraft& draft) const;

  Place place() const { return place_; }
  const std::vector<std::string>& path() const { return path_; }

 private:
  RequestOption(Place place, std::vector<std::string> path)
      : place_(place), path_(std::move(path)) {}

  Place place_;
  std::vector<std::string> path_;  // One name, but for Json.
};

}  // namespace tendril
