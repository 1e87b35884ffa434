// IdRead: reads the records of one slice in the order of their ids, page after page, each above the
// last id of the one before. When a page fails, smaller ones are asked for; a record that can not
// be had even alone is rejected and left behind. Source: manifest component "IdCursor", an
// extension (requirement F12).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "connector/source.h"
#include "core/result.h"
#include "data/value.h"
#include "manifest/declarative_stream.h"
#include "manifest/environment.h"
#include "manifest/json_page.h"
#include "manifest/stream_slice.h"

namespace tendril {

// Threads: one at a time.
class IdRead {
 public:
  // `progress` is what progress() returned in the run that is gone on with, or null. `stream`,
  // whose cursor is an IdCursor, and `environment` must outlive the object.
  IdRead(const DeclarativeStream& stream, const Environment& environment, StreamSlice slice,
         const Value& progress);

  // Gives the records of the next page to `take`; false when there are none left.
  // Errors: BadData when ids are missing or not in order; what the client and the templates say;
  //   what the last record said, when too many were rejected.
  Result<bool> read_page(const std::function<Status(Value record)>& take,
                         const std::function<Status(RejectedRow)>& reject, std::stop_token stop);

  // Where a later object goes on; everything read so far is covered.
  Value progress() const;
  std::optional<Instant> most_recent() const { return most_recent_; }

  // The id of the first record above `id`; nullopt when there is none.
  Result<std::optional<std::int64_t>> first_above(std::int64_t id, std::stop_token stop);

 private:
  struct Page {
    std::vector<Value> records;  // Selected.
    std::int64_t received = 0;
    std::int64_t first_id = 0;
    std::int64_t last_id = 0;
  };

  Result<Page> fetch(std::int64_t above, std::int64_t size, std::stop_token stop);
  Result<Request> request(std::int64_t above, std::int64_t size) const;
  Result<std::int64_t> id_of(const Value& record) const;
  Status step_down(const Error& error, const std::function<Status(RejectedRow)>& reject,
                   std::stop_token stop);
  Result<std::int64_t> find_readable(const Error& error, std::stop_token stop);

  const DeclarativeStream& stream_;
  const Environment& environment_;
  const IdPaging& paging_;
  const StreamSlice slice_;
  const Value slice_view_;
  JsonPageReader pages_;
  std::int64_t last_id_ = 0;
  std::optional<std::int64_t> end_id_;
  std::size_t rung_ = 0;  // Of the page sizes.
  int good_pages_ = 0;    // Since the rung was taken.
  int rejected_ = 0;
  bool finished_ = false;
  std::optional<Instant> most_recent_;
};

}  // namespace tendril
