// Reads and checks what a request says, as a route's parameters describe it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/value.h"
#include "sandbox/definition.h"
#include "sandbox/exchange.h"

namespace tendril {

// Why a request is refused. `error` is of the definition.
struct Refusal {
  const ErrorAnswer* error = nullptr;
  std::string field = {};
  std::string code = {};  // "invalid" or "missing_field".
  std::string value = {};
};

// The parameters of one request. Checks them as they are asked for, and remembers the first
// that was wrong.
// Threads: one at a time.
class RequestParameters {
 public:
  // Both must outlive this.
  RequestParameters(const ApiRequest& request, const Pairs& path_values)
      : request_(request), path_values_(path_values) {}

  // The value, or the fallback where the request does not say or says something that is ignored.
  std::optional<std::string> read(const Parameter& parameter);

  const std::optional<Refusal>& refusal() const { return refusal_; }
  void refuse(const Parameter& parameter, const ErrorAnswer* error, std::string code,
              std::string value);

 private:
  std::optional<std::string> raw(const Parameter& parameter);
  const Value& body();

  const ApiRequest& request_;
  const Pairs& path_values_;
  std::optional<Value> body_;
  std::optional<Pairs> form_;
  std::optional<Refusal> refusal_;
};

// The conditions that a request sets on the rows of a list.
std::vector<Condition> read_conditions(const Route& route, RequestParameters& parameters);

struct SortOrder {
  const Generator* field = nullptr;
  bool descending = false;
};
SortOrder read_sorting(const Sorting& sorting, RequestParameters& parameters);

}  // namespace tendril
