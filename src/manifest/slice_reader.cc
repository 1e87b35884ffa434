#include "manifest/slice_reader.h"

#include <algorithm>
#include <utility>

#include "data/json.h"
#include "manifest/response_view.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::string_view kToken = "next_page_token";
constexpr std::string_view kCursor = "cursor";
constexpr std::string_view kPage = "page";
constexpr std::string_view kFinished = "finished";
constexpr std::string_view kFrom = "from";
constexpr std::string_view kRecords = "records";
constexpr std::int64_t kPagesMax = 10'000'000;  // Of a slice; more is a paginator that never ends.
constexpr std::size_t kShownBytesMax = 80;      // Of a text that should have been a time.

std::optional<Instant> instant_in(const Value& progress) {
  const Value* value = progress.find(kCursor);
  const std::int64_t* micros = value == nullptr ? nullptr : value->as_int();
  return micros == nullptr ? std::nullopt : std::optional(instant_from_micros(*micros));
}

Value view_of(const Value& token) {
  return token.is_null() ? Value() : Value(Map{{std::string(kToken), token}});
}

// The text of a record's field as a tap would see it.
std::optional<std::string> text_of(const Value& record, const std::string& field) {
  const Value* value = record.find(field);
  return value == nullptr || value->is_null() ? std::nullopt : std::optional(plain_text(*value));
}

}  // namespace

std::optional<Instant> CursorTracker::read(std::optional<std::string_view> text) {
  if (cursor_ == nullptr || !text) {
    last_.reset();
    last_text_.clear();
    return last_;
  }
  if (last_ && *text == last_text_) {
    return last_;
  }
  last_text_ = *text;
  const auto instant = cursor_->parse(*text);
  if (!instant.ok()) {
    last_.reset();
    if (unreadable_++ == 0) {
      first_unreadable_ = last_text_.substr(0, kShownBytesMax);
    }
    return last_;
  }
  last_ = *instant;
  return last_;
}

SliceReader::SliceReader(const DeclarativeStream& stream, const Environment& environment,
                         StreamSlice slice, std::optional<TimeRange> range, const Value& progress)
    : stream_(stream),
      environment_(environment),
      slice_(std::move(slice)),
      slice_view_(template_view(slice_)),
      range_(range),
      needs_(stream.paginator.needs()),
      pages_(stream.selector.field_path()),
      tracker_(stream.cursor.get()),
      token_(stream.paginator.first()) {
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
  Map progress{{std::string(kToken), token_}, {std::string(kPage), page_}};
  if (const auto most_recent = tracker_.most_recent()) {
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

Result<Request> SliceReader::request() {
  token_view_ = view_of(token_);
  Context context = context_with(environment_.config, environment_.clock);
  set(context, Name::StreamSlice, &slice_view_);
  set(context, Name::NextPageToken, &token_view_);
  RequestDraft draft;
  TRY(stream_.paginator.inject(token_, draft));
  if (!stream_.slice_in_first_request_only || token_.is_null()) {
    if (stream_.router != nullptr) {
      TRY(stream_.router->inject(slice_.partition, draft));
    }
    if (stream_.cursor) {
      TRY(stream_.cursor->inject(slice_.window, draft));
    }
  }
  return stream_.requester.request(std::move(draft), stream_.paginator.path(token_), context);
}

void SliceReader::start_with(const Value& page) {
  if (page_ == 0 && !finished_) {
    response_ = Response();
    response_.status = 200;
    response_.body = to_json(page);
    has_page_ = true;
  }
}

Result<bool> SliceReader::fetch(std::stop_token stop) {
  if (finished_) {
    return false;
  }
  if (has_page_) {
    has_page_ = false;
    ++page_;
    return true;
  }
  if (page_ >= kPagesMax) {
    return Error{ErrorCode::BadData,
                 "pagination does not end: " + std::to_string(page_) + " pages"};
  }
  asked_ = TRY(request());
  Client::Answer answer = TRY(stream_.requester.send(asked_, stop));
  while (answer.restart) {
    TRY(start_anew());
    asked_ = TRY(request());
    answer = TRY(stream_.requester.send(asked_, stop));
  }
  if (answer.ignored && answer.response.status >= 400) {
    finished_ = true;
    return false;
  }
  response_ = std::move(answer.response);
  ++page_;
  return true;
}

Error SliceReader::at_page(Error error) const {
  return std::move(error).while_doing("reading page " + std::to_string(page_) + " of " +
                                      asked_.method + " " + url_view(response_.url));
}

Status SliceReader::read_columns(BatchBuilder& rows, const RecordRejector& reject) {
  std::optional<FieldTap> tap;
  if (stream_.cursor) {
    tap = FieldTap{stream_.cursor->field(), [this](std::optional<std::string_view> text) {
                     tracker_.count(tracker_.read(text));
                   }};
  }
  auto summary = pages_.read_columns(response_.body, rows, tap ? &*tap : nullptr, reject);
  if (!summary.ok()) {
    return at_page(std::move(summary).error());
  }
  Value last_record;
  if (needs_.last_record && !summary->last_record.empty()) {
    last_record = TRY(parse_json(summary->last_record));
  }
  return advance(*summary, &last_record);
}

bool SliceReader::is_of_interest(std::optional<Instant> time) const {
  // A record without a time may be new: it is kept.
  return !time || (*time >= range_->lowest && *time <= stream_.cursor->latest(range_->span));
}

Status SliceReader::read_records(const std::function<Status(Value record)>& take,
                                 const RecordRejector& reject) {
  Context context = context_with(environment_.config, environment_.clock);
  set(context, Name::StreamSlice, &slice_view_);
  set(context, Name::NextPageToken, &token_view_);
  const bool filters_by_time = stream_.filters_by_time();
  // A feed is paged by all of its records, other streams by those that are left.
  const bool is_feed = stream_.cursor && stream_.cursor->is_data_feed();
  Value last_record;
  last_is_known_ = false;
  const auto select = [&](Value record, std::int64_t index) -> Status {
    const Value before = stream_.rejects_faulty_records ? record : Value();
    const auto kept = stream_.selector.select(record, context);
    if (!kept.ok() && stream_.rejects_faulty_records) {
      return reject(index, to_json(before), kept.error().message);
    }
    if (!kept.ok()) {
      return kept.error();
    }
    if (!*kept) {
      return {};
    }
    if (stream_.cursor) {
      const auto text = text_of(record, stream_.cursor->field());
      const auto time = tracker_.read(text ? std::optional<std::string_view>(*text) : std::nullopt);
      last_is_known_ = filters_by_time && !is_of_interest(time);
      if (last_is_known_ && !is_feed) {
        return {};
      }
      if (!last_is_known_) {
        tracker_.count(time);
      }
    }
    if (needs_.last_record) {
      last_record = record;
    }
    return last_is_known_ ? Status() : take(std::move(record));
  };
  auto summary = pages_.read_trees(response_.body, select, reject);
  if (!summary.ok()) {
    return at_page(std::move(summary).error());
  }
  return advance(*summary, &last_record);
}

Status SliceReader::advance(const PageSummary& summary, const Value* last_record) {
  // A feed runs from the newest record to older ones: it ends where the known ones begin.
  if (stream_.cursor && stream_.cursor->is_data_feed() && last_is_known_) {
    finished_ = true;
    return {};
  }
  records_ += summary.records;
  if (stream_.reset.is_due(records_)) {
    return start_anew();
  }
  PageFacts facts;
  facts.records = summary.records;
  facts.last_record = last_record;
  facts.stream_slice = &slice_view_;
  Value response;
  if (needs_.response) {
    auto view = pages_.read_frame(response_.body, !needs_.records);
    if (!view.ok()) {
      return at_page(std::move(view).error());
    }
    response = std::move(view).value();
    facts.response = &response;
  }
  Value headers;
  if (needs_.headers) {
    headers = headers_view(response_.headers);
    facts.headers = &headers;
  }
  auto next = stream_.paginator.next(token_, facts);
  if (!next.ok()) {
    return at_page(std::move(next).error());
  }
  token_ = std::move(next).value();
  finished_ = token_.is_null();
  return {};
}

}  // namespace tendril
