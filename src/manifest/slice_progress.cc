// How a SliceReader goes on where an earlier one stopped, and starts anew.
#include <memory>
#include <utility>

#include "manifest/slice_reader.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::string_view kToken = "next_page_token";
constexpr std::string_view kCursor = "cursor";
constexpr std::string_view kPage = "page";
constexpr std::string_view kFinished = "finished";
constexpr std::string_view kFrom = "from";
constexpr std::string_view kRecords = "records";
constexpr std::string_view kJob = "job";
constexpr std::string_view kDownload = "download";

std::optional<Instant> instant_in(const Value& progress) {
  const Value* value = progress.find(kCursor);
  const std::int64_t* micros = value == nullptr ? nullptr : value->as_int();
  return micros == nullptr ? std::nullopt : std::optional(instant_from_micros(*micros));
}

}  // namespace

void SliceReader::restore(const Value& progress) {
  if (const Value* token = progress.find(kToken)) {
    token_ = *token;
  }
  if (const Value* page = progress.find(kPage); page != nullptr && page->as_int() != nullptr) {
    page_ = *page->as_int();
  }
  if (const Value* finished = progress.find(kFinished)) {
    finished_ = is_truthy(*finished);
  }
  if (const Value* from = progress.find(kFrom)) {
    narrow(*from);
  }
  if (const Value* count = progress.find(kRecords);
      count != nullptr && count->as_int() != nullptr) {
    records_ = *count->as_int();
  }
  tracker_.restore(instant_in(progress));
}

void SliceReader::restore_job(const Value& progress) {
  const Value* job = progress.find(kJob);
  const Value* download = progress.find(kDownload);
  job_ = std::make_unique<AsyncSlice>(*stream_.job, environment_, slice_,
                                      job == nullptr ? Value() : *job);
  resumed_download_ = download == nullptr ? Value() : *download;
}

Value SliceReader::progress_of_times() const {
  const auto seen = tracker_.most_recent();
  return seen ? Value(Map{{std::string(kCursor), micros_of(*seen)}}) : Value();
}

void SliceReader::narrow(Value start) {
  if (!slice_.window.empty()) {
    slice_.window.members().front().second = start;
    slice_view_ = template_view(slice_);
    narrowed_from_ = std::move(start);
  }
}

// With a cursor the same slice never starts anew, for it would end as it did; without one it may
// once, for the fault may have been the server's.
Status SliceReader::start_anew() {
  const auto most_recent = tracker_.most_recent();
  Value start;
  if (stream_.reset.splits_by_cursor() && stream_.cursor && most_recent && !slice_.window.empty()) {
    start = stream_.cursor->format(*most_recent);
  }
  if (start.is_null() || slice_.window.members().front().second == start) {
    if (++same_starts_ > stream_.reset.same_slice_max()) {
      return Error{ErrorCode::BadData,
                   "pagination starts anew, but the slice gets no shorter by it, at page " +
                       std::to_string(page_)};
    }
  } else {
    same_starts_ = 0;
    narrow(start);
  }
  records_ = 0;
  token_ = stream_.paginator.first();
  environment_.log.info("pagination starts anew",
                        {{"stream", stream_.name}, {"from", plain_text(start)}});
  return {};
}

Value SliceReader::progress() const {
  Map progress;
  if (job_ == nullptr) {
    progress.append(std::string(kToken), token_);
  } else {
    progress.append(std::string(kJob), job_->progress());
    progress.append(std::string(kDownload),
                    download_ == nullptr ? resumed_download_ : download_->progress());
  }
  progress.append(std::string(kPage), page_);
  if (const auto most_recent = times().most_recent()) {
    progress.append(std::string(kCursor), micros_of(*most_recent));
  }
  if (finished_) {
    progress.append(std::string(kFinished), true);
  }
  if (stream_.reset.counts()) {
    progress.append(std::string(kRecords), records_);
  }
  if (!narrowed_from_.is_null()) {
    progress.append(std::string(kFrom), narrowed_from_);
  }
  return progress;
}

}  // namespace tendril
