// DeclarativeStream: all components of one stream, ready to run.
// Source: manifest components "DeclarativeStream" and "SimpleRetriever".
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/result.h"
#include "manifest/datetime_cursor.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/paginator.h"
#include "manifest/partition_router.h"
#include "manifest/record_selector.h"
#include "manifest/requester.h"

namespace tendril {

// Threads: safe to share once compiled.
struct DeclarativeStream {
  std::string name;
  Requester requester;
  Paginator paginator;
  RecordSelector selector;
  std::optional<DatetimeCursor> cursor;
  std::unique_ptr<const PartitionRouter> router;  // Null: the stream has no partitions.
  // Partition and window are said in the first request of a slice only; the page token knows them.
  bool slice_in_first_request_only = false;

  // Records are dropped by their time after they were received.
  bool filters_by_time() const {
    return cursor && (cursor->is_data_feed() || cursor->is_client_side_incremental());
  }
};

// `environment` must outlive the result.
// Errors: InvalidConfig and Unsupported with file, line and column.
Result<std::unique_ptr<DeclarativeStream>> compile_stream(const Node& node,
                                                          const Environment& environment);

}  // namespace tendril
