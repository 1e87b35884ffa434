// DeclarativeStream: all components of one stream, ready to run.
// Source: manifest components "DeclarativeStream", "SimpleRetriever" and "AsyncRetriever".
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/result.h"
#include "manifest/async_retrieval.h"
#include "manifest/batch_hydration.h"
#include "manifest/decoder.h"
#include "manifest/environment.h"
#include "manifest/file_upload.h"
#include "manifest/node.h"
#include "manifest/pagination_reset.h"
#include "manifest/paginator.h"
#include "manifest/partition_router.h"
#include "manifest/property_query.h"
#include "manifest/record_selector.h"
#include "manifest/requester.h"
#include "manifest/state_migration.h"
#include "manifest/stream_cursor.h"

namespace tendril {

// Threads: safe to share once compiled.
struct DeclarativeStream {
  std::string name;
  Requester requester;
  Paginator paginator;
  RecordSelector selector;
  Decoder decoder;
  std::unique_ptr<const StreamCursor> cursor;     // Null: the stream is read whole each time.
  std::unique_ptr<const PartitionRouter> router;  // Null: the stream has no partitions.
  std::optional<StateMigration> migration = std::nullopt;
  // In a StateDelegatingStream: the field in which the stream stands; else "".
  std::string role = {};
  // Partition and window are said in the first request of a slice only; the page token knows them.
  bool slice_in_first_request_only = false;
  std::optional<BatchHydration> hydration = std::nullopt;
  // A record that a template can not cope with is rejected, instead of ending the reading.
  bool rejects_faulty_records = false;
  PaginationReset reset = {};
  // Where a job prepares the records; then the rest is about the download of its results, whose
  // requests know the slice by templates only.
  std::unique_ptr<const AsyncRetrieval> job = nullptr;
  // Which properties the requests name; null: none.
  std::unique_ptr<const PropertyQuery> properties = nullptr;
  // Fetches the file of each record; null: they have none.
  std::unique_ptr<const FileUpload> upload = nullptr;
  bool takes_any_value = false;  // Records need not be objects.

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
