// SliceReader: reads the pages of one slice, one after another.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "connector/source.h"
#include "core/result.h"
#include "data/batch_builder.h"
#include "data/value.h"
#include "manifest/declarative_stream.h"
#include "manifest/environment.h"
#include "manifest/json_page.h"
#include "manifest/slicer.h"
#include "manifest/stream_slice.h"

namespace tendril {

// The latest time that the records of a slice carry.
// Threads: one at a time.
class CursorTracker {
 public:
  // `cursor` must outlive the tracker; null: there is nothing to track.
  explicit CursorTracker(const StreamCursor* cursor) : cursor_(cursor) {}

  // Reads the time of a record; nullopt when it has none that can be read.
  std::optional<Instant> read(std::optional<std::string_view> text);
  // Takes it into account.
  void count(std::optional<Instant> time) { most_recent_ = std::max(most_recent_, time); }

  std::optional<Instant> most_recent() const { return most_recent_; }
  // How many times could not be read, and the first of them.
  std::int64_t unreadable() const { return unreadable_; }
  const std::string& first_unreadable() const { return first_unreadable_; }

  void restore(std::optional<Instant> most_recent) { most_recent_ = most_recent; }

 private:
  const StreamCursor* cursor_;
  std::string last_text_;  // Records often share a time; equal texts are read once.
  std::optional<Instant> last_;
  std::optional<Instant> most_recent_;
  std::int64_t unreadable_ = 0;
  std::string first_unreadable_;
};

// Calls: fetch() and, while that is true, one of read_columns() and read_records().
// Threads: one at a time.
class SliceReader {
 public:
  // `progress` is what progress() returned in the run that is gone on with, or null. `stream` and
  // `environment` must outlive the reader.
  SliceReader(const DeclarativeStream& stream, const Environment& environment, StreamSlice slice,
              std::optional<TimeRange> range, const Value& progress);

  // Takes `page` as the answer to the first request, unless an earlier reader went beyond it.
  void start_with(const Value& page);

  // Gets the next page; false when there is none.
  // Errors: what the client and the templates say.
  Result<bool> fetch(std::stop_token stop);

  // Takes the records of the page as they come. REQUIRES: the stream transforms no records.
  // Errors: BadData when the page can not be read.
  Status read_columns(BatchBuilder& rows, const RecordRejector& reject);

  // Selects and transforms the records of the page and gives each to `take`.
  Status read_records(const std::function<Status(Value record)>& take,
                      const RecordRejector& reject);

  // Where a later reader goes on; everything read so far is covered.
  Value progress() const;
  bool finished() const { return finished_; }
  const CursorTracker& times() const { return tracker_; }
  const StreamSlice& slice() const { return slice_; }
  std::int64_t page() const { return page_; }  // From 1; of the page fetched last.

 private:
  Result<Request> request();
  Status advance(const PageSummary& summary, const Value* last_record);
  // Starts the slice anew, or what is left of it.
  Status start_anew();
  void narrow(Value start);
  bool is_of_interest(std::optional<Instant> time) const;
  Error at_page(Error error) const;

  const DeclarativeStream& stream_;
  const Environment& environment_;
  StreamSlice slice_;
  Value slice_view_;
  const std::optional<TimeRange> range_;
  const PageNeeds needs_;
  JsonPageReader pages_;
  CursorTracker tracker_;
  Request asked_;
  Response response_;
  Value token_;       // Of the next page.
  Value token_view_;  // {"next_page_token": token_} or null, for templates.
  std::int64_t page_ = 0;
  bool finished_ = false;
  bool has_page_ = false;       // response_ was given, and not fetched yet.
  bool last_is_known_ = false;  // The last record of the page was read by an earlier run.
  std::int64_t records_ = 0;    // Since the slice was last started anew.
  int same_starts_ = 0;         // How often it was, without getting shorter.
  Value narrowed_from_;         // Where the window starts since then; null: it is whole.
};

}  // namespace tendril
