// BatchHydration: fetches the details of records by their ids, many in one call, and puts them into
// the records.
// Source: manifest component "BatchHydration", an extension (requirements I19, I20, I21).
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "connector/source.h"
#include "core/result.h"
#include "data/value.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/record_selector.h"
#include "manifest/requester.h"
#include "manifest/stream_slice.h"
#include "manifest/value_path.h"

namespace tendril {

// Threads: safe to share.
class BatchHydration {
 public:
  // nullopt when the DeclarativeStream `stream` has none. `environment` must outlive the result.
  // Errors: InvalidConfig and Unsupported with file, line and column.
  static Result<std::optional<BatchHydration>> compile(const Node& stream,
                                                       const Environment& environment);

  // Completes the records of one page of one slice. Templates see the ids of a call as
  // stream_slice['ids']. A record without an id, or without details, stays as it is.
  // Errors: those of the client and the templates; with `on_error: continue` they are given to
  //   `reject` instead, once for each call, and the records stay as they are.
  Status hydrate(std::span<Value> records, const StreamSlice& slice,
                 const std::function<Status(RejectedRow)>& reject, std::stop_token stop) const;

 private:
  using Details = std::map<std::string, Value>;  // By id.

  BatchHydration(const Environment& environment, Requester requester, RecordSelector selector)
      : environment_(&environment),
        requester_(std::move(requester)),
        selector_(std::move(selector)) {}
  Result<Details> fetch(const List& ids, const StreamSlice& slice, std::stop_token stop) const;
  void put(const Details& details, std::span<Value> records) const;

  const Environment* environment_;
  Requester requester_;
  RecordSelector selector_;
  ValuePath id_path_;
  ValuePath detail_id_path_;
  ValuePath into_;  // Empty: details become members of the record itself.
  std::size_t batch_size_ = 100;
  bool continues_ = false;
};

}  // namespace tendril
