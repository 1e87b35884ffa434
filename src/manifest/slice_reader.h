// SliceReader: reads the pages of one slice, one after another.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "connector/source.h"
#include "core/result.h"
#include "data/batch_builder.h"
#include "data/value.h"
#include "manifest/async_slice.h"
#include "manifest/body_parser.h"
#include "manifest/cursor_tracker.h"
#include "manifest/declarative_stream.h"
#include "manifest/environment.h"
#include "manifest/json_page.h"
#include "manifest/record_extractor.h"
#include "manifest/slicer.h"
#include "manifest/stream_slice.h"

namespace tendril {

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

  // Gets the next page; false when there is none. Where a job prepares the records, a page may be
  // an empty one that stands for the job's being created: then wants_checkpoint() is true. Errors:
  // what the client and the templates say.
  Result<bool> fetch(std::stop_token stop);

  // progress() should be kept now, for what it holds can not be got again.
  bool wants_checkpoint() const { return wants_checkpoint_; }

  // Records can be stored as they come: no need to make trees of them.
  bool reads_columns() const;

  // Takes the records of the page as they come; `grown` is called now and then while a page that is
  // streamed brings rows. REQUIRES: reads_columns().
  // Errors: BadData when the page can not be read; for one that is streamed, those of fetch() too.
  Status read_columns(BatchBuilder& rows, const RecordRejector& reject,
                      const std::function<Status()>& grown);

  // Selects and transforms the records of the page and gives each to `take`.
  Status read_records(const TakeRecord& take, const RecordRejector& reject);

  // Where a later reader goes on; everything read so far is covered.
  Value progress() const;
  bool finished() const { return finished_; }
  const CursorTracker& times() const {
    return download_ == nullptr ? tracker_ : download_->times();
  }
  const StreamSlice& slice() const { return slice_; }
  std::int64_t page() const { return page_; }  // From 1; of the page fetched last.

 private:
  // Reads results of a job; `more` is what templates see of it.
  SliceReader(const SliceReader& owner, const Map& more, const Value& progress);

  void restore(const Value& progress);
  // REQUIRES: a job prepares the records.
  void restore_job(const Value& progress);
  // What a reader of the next results has to know of those that were read.
  Value progress_of_times() const;
  Result<bool> fetch_results(std::stop_token stop);
  // Sends the request for one group of properties, or the only one there is; false: ignored.
  Result<bool> send(std::size_t group);
  Result<Request> request(std::size_t group);
  Status read_group(std::size_t group, const TakeRecord& take, const RecordRejector& reject,
                    bool keeps_first);
  Status emit(Value record, const TakeRecord& take);
  Status decode(ElementSink& sink);
  Status advance(const PageSummary& summary, const Value* last_record, Value first_body);
  Result<Value> response_view(Value first_body);
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
  JsonPageReader elements_;
  CursorTracker tracker_;
  std::stop_token stop_;                          // Of the page under way.
  std::vector<std::vector<std::string>> groups_;  // Of properties, one for each request of a page.
  Value group_view_;                              // Of the slice, with the group under way.
  Value last_record_;
  Value first_body_;               // Of the page, where templates see one that is no JSON.
  std::int64_t page_records_ = 0;  // In its last request.
  Request asked_;
  Response response_;  // Without the body, where that is streamed.
  Value token_;        // Of the next page.
  Value token_view_;   // {"next_page_token": token_} or null, for templates.
  std::int64_t page_ = 0;
  bool finished_ = false;
  bool has_page_ = false;       // response_ was given, and not fetched yet.
  bool last_is_known_ = false;  // The last record of the page was read by an earlier run.
  std::int64_t records_ = 0;    // Since the slice was last started anew.
  int same_starts_ = 0;         // How often it was, without getting shorter.
  Value narrowed_from_;         // Where the window starts since then; null: it is whole.
  bool restarts_ = false;       // An answer asked to start the slice anew.

  std::unique_ptr<AsyncSlice> job_;        // Null: records are there without one.
  std::unique_ptr<SliceReader> download_;  // Of the results under way.
  Value resumed_download_;                 // How far an earlier run came with them.
  bool wants_checkpoint_ = false;
};

}  // namespace tendril
