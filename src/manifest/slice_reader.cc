#include "manifest/slice_reader.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "core/fault_point.h"
#include "data/json.h"
#include "manifest/page_sinks.h"
#include "manifest/response_view.h"
#include "manifest/slice_view.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::string_view kToken = "next_page_token";
constexpr std::string_view kProperties = "query_properties";
constexpr std::int64_t kPagesMax = 10'000'000;  // Of a slice; more is a paginator that never ends.
constexpr auto kStreamTimeMax = std::chrono::hours(24);         // For one body.
constexpr std::size_t kStreamBytesMax = std::size_t{1} << 40U;  // Of one body.

Value view_of(const Value& token) {
  return token.is_null() ? Value() : Value(Map{{std::string(kToken), token}});
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ",") + name;
  }
  return text;
}

// The text of a record's field as a tap would see it.
std::optional<std::string> text_of(const Value& record, const std::string& field) {
  const Value* value = record.find(field);
  return value == nullptr || value->is_null() ? std::nullopt : std::optional(plain_text(*value));
}

}  // namespace

SliceReader::SliceReader(const DeclarativeStream& stream, const Environment& environment,
                         StreamSlice slice, std::optional<TimeRange> range, const Value& progress)
    : stream_(stream),
      environment_(environment),
      slice_(std::move(slice)),
      slice_view_(template_view(slice_)),
      range_(range),
      needs_(stream.paginator.needs()),
      pages_(stream.selector.field_path()),
      elements_(stream.selector.field_path(), JsonPageReader::Form::Element),
      tracker_(stream.cursor.get()),
      token_(stream.paginator.first()) {
  restore(progress);
  if (stream.job != nullptr) {
    restore_job(progress);
  }
}

SliceReader::SliceReader(const SliceReader& owner, const Map& more, const Value& progress)
    : stream_(owner.stream_),
      environment_(owner.environment_),
      slice_(owner.slice_),
      slice_view_(slice_view_with(slice_, more)),
      range_(owner.range_),
      needs_(owner.needs_),
      pages_(stream_.selector.field_path()),
      elements_(stream_.selector.field_path(), JsonPageReader::Form::Element),
      tracker_(stream_.cursor.get()),
      token_(stream_.paginator.first()) {
  restore(progress);
}

Result<Request> SliceReader::request(std::size_t group) {
  token_view_ = view_of(token_);
  Context context = context_with(environment_);
  set_slice(context, slice_view_);
  set(context, Name::NextPageToken, &token_view_);
  RequestDraft draft;
  TRY(stream_.paginator.inject(token_, draft));
  const bool knows_slice = stream_.slice_in_first_request_only && !token_.is_null();
  if (!knows_slice && stream_.job == nullptr) {
    if (stream_.router != nullptr) {
      TRY(stream_.router->inject(slice_.partition, draft));
    }
    if (stream_.cursor) {
      TRY(stream_.cursor->inject(slice_.window, draft));
    }
  }
  if (stream_.properties != nullptr) {
    List names(groups_[group].begin(), groups_[group].end());
    if (!stream_.properties->parameter().empty()) {
      TRY(draft.add_query(stream_.properties->parameter(), joined(groups_[group])));
    }
    group_view_ = slice_view_with(slice_, Map{{std::string(kProperties), std::move(names)}});
    set_slice(context, group_view_);
  }
  return stream_.requester.request(std::move(draft), stream_.paginator.path(token_), context);
}

Result<bool> SliceReader::send(std::size_t group) {
  asked_ = TRY(request(group));
  if (stream_.decoder.is_streamed()) {
    response_ = Response();
    return true;  // It is sent when it is read.
  }
  Client::Answer answer = TRY(stream_.requester.send(asked_, stop_));
  if (answer.restart) {
    restarts_ = true;
    return false;
  }
  if (answer.ignored && answer.response.status >= 400) {
    finished_ = true;
    return false;
  }
  response_ = std::move(answer.response);
  return true;
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
  if (std::exchange(has_page_, false)) {
    ++page_;
    return true;
  }
  if (page_ >= kPagesMax) {
    return Error{ErrorCode::BadData,
                 "pagination does not end: " + std::to_string(page_) + " pages"};
  }
  if (job_ != nullptr) {
    return fetch_results(stop);
  }
  stop_ = stop;
  if (stream_.properties != nullptr) {
    groups_ = TRY(stream_.properties->groups(stop));
  }
  bool sent = TRY(send(0));
  while (std::exchange(restarts_, false)) {
    TRY(start_anew());
    sent = TRY(send(0));
  }
  page_ += sent ? 1 : 0;
  return sent;
}

Error SliceReader::at_page(Error error) const {
  return std::move(error).while_doing("reading page " + std::to_string(page_) + " of " +
                                      asked_.method + " " +
                                      url_view(response_.url.empty() ? asked_.url : response_.url));
}

bool SliceReader::reads_columns() const {
  if (!stream_.selector.is_plain() || stream_.filters_by_time() || stream_.properties != nullptr ||
      stream_.upload != nullptr) {
    return false;
  }
  if (stream_.decoder.is_json_page()) {
    return stream_.selector.extractor().follows_field_path();
  }
  return !needs_.last_record && (stream_.decoder.is_streamed() || !needs_.response);
}

// Sends a request whose answer is streamed, and gives the body to the parser of the stream's
// decoder.
Status SliceReader::decode(ElementSink& sink) {
  if (stream_.decoder.is_json_page()) {
    const bool is_blank = response_.body.find_first_not_of(" \t\r\n") == std::string::npos;
    return is_blank ? Status() : sink.json(response_.body, true);
  }
  const std::unique_ptr<BodyParser> parser = stream_.decoder.open(sink);
  if (!stream_.decoder.is_streamed()) {
    TRY(parser->write(response_.body));
    return parser->finish();
  }
  asked_.timeouts.total = kStreamTimeMax;
  asked_.body_bytes_max = kStreamBytesMax;
  const auto take = [&](std::string_view bytes) { return parser->write(bytes); };
  Client::Answer answer = TRY(stream_.requester.receive(asked_, take, stop_));
  response_ = std::move(answer.response);
  if (answer.restart) {
    restarts_ = true;
    return {};
  }
  if (answer.ignored && response_.status >= 400) {
    finished_ = true;
    return {};
  }
  TRY(parser->write(std::exchange(response_.body, {})));
  return parser->finish();
}

Status SliceReader::read_columns(BatchBuilder& rows, const RecordRejector& reject,
                                 const std::function<Status()>& grown) {
  if (job_ != nullptr) {
    return download_ == nullptr ? Status() : download_->read_columns(rows, reject, grown);
  }
  std::optional<FieldTap> tap;
  if (stream_.cursor) {
    tap = FieldTap{stream_.cursor->field(), [this](std::optional<std::string_view> text) {
                     tracker_.count(tracker_.read(text));
                   }};
  }
  if (!stream_.decoder.is_json_page()) {
    ColumnSink sink({stream_.selector.extractor(), pages_, elements_, reject, stop_}, rows,
                    tap ? &*tap : nullptr, grown);
    if (Status decoded = decode(sink); !decoded.ok()) {
      rows.abandon_row();
      return at_page(std::move(decoded).error());
    }
    return advance({sink.records(), {}}, nullptr, Map());
  }
  auto summary = pages_.read_columns(response_.body, rows, tap ? &*tap : nullptr, reject);
  if (!summary.ok()) {
    return at_page(std::move(summary).error());
  }
  Value last_record;
  if (needs_.last_record && !summary->last_record.empty()) {
    last_record = TRY(parse_json(summary->last_record));
  }
  return advance(*summary, &last_record, Map());
}

bool SliceReader::is_of_interest(std::optional<Instant> time) const {
  // A record without a time may be new: it is kept.
  return !time || (*time >= range_->lowest && *time <= stream_.cursor->latest(range_->span));
}

// Counts a record that was selected, and gives it on unless it is of no interest. A feed is paged
// by all of its records, other streams by those that are left.
Status SliceReader::emit(Value record, const TakeRecord& take) {
  if (stream_.cursor) {
    const auto text = text_of(record, stream_.cursor->field());
    const auto time = tracker_.read(text ? std::optional<std::string_view>(*text) : std::nullopt);
    last_is_known_ = stream_.filters_by_time() && !is_of_interest(time);
    if (last_is_known_ && !stream_.cursor->is_data_feed()) {
      return {};
    }
    if (!last_is_known_) {
      tracker_.count(time);
    }
  }
  if (needs_.last_record) {
    last_record_ = record;
  }
  return last_is_known_ ? Status() : take(std::move(record));
}

Status SliceReader::read_group(std::size_t group, const TakeRecord& take,
                               const RecordRejector& reject, bool keeps_first) {
  if (group > 0) {
    const bool sent = TRY(send(group));
    if (!sent) {
      return {};
    }
  }
  TreeSink sink(
      {stream_.selector.extractor(), pages_, elements_, reject, stop_, stream_.takes_any_value},
      take, keeps_first);
  if (Status decoded = decode(sink); !decoded.ok()) {
    return at_page(std::move(decoded).error());
  }
  page_records_ = sink.records();
  first_body_ = sink.take_first();
  return {};
}

Status SliceReader::read_records(const TakeRecord& take, const RecordRejector& reject) {
  if (job_ != nullptr) {
    return download_ == nullptr ? Status() : download_->read_records(take, reject);
  }
  // A stream that rejects faulty records wants to know of them.
  Context context = stream_.rejects_faulty_records
                        ? context_with(environment_.config, environment_.clock)
                        : context_with(environment_);
  set(context, Name::NextPageToken, &token_view_);
  last_record_ = Value();
  last_is_known_ = false;
  std::int64_t count = 0;
  const PropertyQuery* properties = stream_.properties.get();
  MergedRecords merged;
  const TakeRecord select = [&](Value record) -> Status {
    set_slice(context, properties == nullptr ? slice_view_ : group_view_);
    const std::int64_t index = count++;
    const Value before = stream_.rejects_faulty_records ? record : Value();
    auto kept = stream_.selector.select(record, context);
    if (!kept.ok() && stream_.rejects_faulty_records) {
      return reject(index, to_json(before), kept.error().message);
    }
    if (!kept.ok()) {
      return std::move(kept).error();
    }
    if (!*kept) {
      return {};
    }
    if (stream_.upload != nullptr) {
      TRY(stream_.upload->attach(record, stop_));
    }
    const auto key = properties != nullptr && properties->merges() ? properties->merge_key(record)
                                                                   : std::nullopt;
    if (key) {
      merged.add(*key, std::move(record));
      return {};
    }
    return emit(std::move(record), take);
  };
  const bool keeps_first =
      needs_.response && !stream_.decoder.is_json_page() && !stream_.decoder.is_streamed();
  const std::size_t groups = properties == nullptr ? 1 : groups_.size();
  for (std::size_t group = 0; group < groups && !finished_ && !restarts_; ++group) {
    TRY(read_group(group, select, reject, keeps_first));
  }
  if (!restarts_) {  // Otherwise they come once more.
    for (Value& record : merged.take()) {
      TRY(emit(std::move(record), take));
    }
  }
  return advance({page_records_, {}}, &last_record_, std::move(first_body_));
}

// What templates see of the page: of several bodies the first, as in the reference, and nothing of
// one that is streamed.
Result<Value> SliceReader::response_view(Value first_body) {
  if (!stream_.decoder.is_json_page()) {
    return first_body;
  }
  Value view = TRY(pages_.read_frame(response_.body, !needs_.records));
  if (List* list = view.as_list()) {
    return list->empty() ? Value(Map()) : std::move(list->front());
  }
  return view;
}

Status SliceReader::advance(const PageSummary& summary, const Value* last_record,
                            Value first_body) {
  if (std::exchange(restarts_, false)) {
    return start_anew();
  }
  if (finished_) {
    return {};
  }
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
    auto view = response_view(std::move(first_body));
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
  fault_point(FaultPoint::PageDecoded);
  return {};
}

// Waits for the job, and reads its results one after another.
Result<bool> SliceReader::fetch_results(std::stop_token stop) {
  wants_checkpoint_ = false;
  for (;;) {
    if (download_ == nullptr) {
      const bool ready = TRY(job_->advance(stop));
      if (!ready) {
        resumed_download_ = Value();
        wants_checkpoint_ = true;
        return true;
      }
      const std::optional<Map> target = job_->target();
      if (!target) {
        finished_ = true;
        return false;
      }
      Value progress = std::exchange(resumed_download_, Value());
      if (progress.is_null()) {
        progress = progress_of_times();
      }
      download_.reset(new SliceReader(*this, *target, progress));
    }
    const bool fetched = TRY(download_->fetch(stop));
    if (fetched) {
      ++page_;
      return true;
    }
    tracker_.absorb(download_->times());
    download_.reset();
    TRY(job_->next_target(stop));
  }
}

}  // namespace tendril
