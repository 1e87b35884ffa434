#include "manifest/id_read.h"

#include <algorithm>
#include <utility>

#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr int kGoodPages = 5;  // After so many the page size grows back by one rung.
// How far a record that can not be read may lie above the last one: 2^20 ids.
constexpr int kDoublingsMax = 20;
constexpr std::string_view kLast = "last_id";
constexpr std::string_view kRung = "rung";
constexpr std::string_view kRejected = "rejected";
constexpr std::string_view kFinished = "finished";
constexpr std::string_view kCursor = "cursor";

std::int64_t integer_in(const Value& progress, std::string_view name, std::int64_t otherwise) {
  const Value* value = progress.find(name);
  const std::int64_t* integer = value == nullptr ? nullptr : value->as_int();
  return integer == nullptr ? otherwise : *integer;
}

// A smaller page may help: neither the user nor the credentials are at fault.
bool may_be_the_page(const Error& error) {
  return error.code == ErrorCode::Unavailable || error.code == ErrorCode::BadData ||
         error.code == ErrorCode::NotFound;
}

}  // namespace

IdRead::IdRead(const DeclarativeStream& stream, const Environment& environment, StreamSlice slice,
               const Value& progress)
    : stream_(stream),
      environment_(environment),
      paging_(*stream.cursor->options().id_paging),
      slice_(std::move(slice)),
      slice_view_(template_view(slice_)),
      pages_(stream.selector.field_path()) {
  const Value window = slice_.window;
  last_id_ = integer_in(progress, kLast, integer_in(window, "start_id", 0));
  if (const Value* end = window.find("end_id"); end != nullptr && end->as_int() != nullptr) {
    end_id_ = *end->as_int();
  }
  rung_ = std::min(static_cast<std::size_t>(integer_in(progress, kRung, 0)),
                   paging_.page_sizes.size() - 1);
  rejected_ = static_cast<int>(integer_in(progress, kRejected, 0));
  finished_ = progress.find(kFinished) != nullptr;
  if (const Value* cursor = progress.find(kCursor); cursor != nullptr && cursor->as_int()) {
    most_recent_ = instant_from_micros(*cursor->as_int());
  }
}

Value IdRead::progress() const {
  Map progress{{std::string(kLast), last_id_},
               {std::string(kRung), static_cast<std::int64_t>(rung_)},
               {std::string(kRejected), rejected_}};
  if (most_recent_) {
    progress.append(std::string(kCursor), micros_of(*most_recent_));
  }
  if (finished_) {
    progress.append(std::string(kFinished), true);
  }
  return progress;
}

Result<Request> IdRead::request(std::int64_t above, std::int64_t size) const {
  Context context = context_with(environment_);
  set(context, Name::StreamSlice, &slice_view_);
  RequestDraft draft;
  TRY(paging_.id_option.inject(above, draft));
  if (paging_.size_option) {
    TRY(paging_.size_option->inject(size, draft));
  }
  TRY(stream_.cursor->inject(slice_.window, draft));
  if (stream_.router != nullptr) {
    TRY(stream_.router->inject(slice_.partition, draft));
  }
  return stream_.requester.request(std::move(draft), std::nullopt, context);
}

Result<std::int64_t> IdRead::id_of(const Value& record) const {
  const Value* value = record.find(stream_.cursor->field());
  if (value == nullptr || value->is_null()) {
    return Error{ErrorCode::BadData, "a record has no " + stream_.cursor->field()};
  }
  const Instant id = TRY(stream_.cursor->parse(plain_text(*value)));
  return micros_of(id);
}

Result<IdRead::Page> IdRead::fetch(std::int64_t above, std::int64_t size, std::stop_token stop) {
  const Request asked = TRY(request(above, size));
  Client::Answer answer = TRY(stream_.requester.send(asked, stop));
  Page page;
  page.last_id = above;
  if (answer.ignored && answer.response.status >= 400) {
    return page;
  }
  Context context = context_with(environment_);
  set(context, Name::StreamSlice, &slice_view_);
  const auto take = [&](Value record, std::int64_t) -> Status {
    const std::int64_t id = TRY(id_of(record));
    if (id <= page.last_id) {
      return Error{ErrorCode::BadData, "records are not in the order of " +
                                           stream_.cursor->field() + ": " + std::to_string(id) +
                                           " after " + std::to_string(page.last_id)};
    }
    page.first_id = page.received++ == 0 ? id : page.first_id;
    page.last_id = id;
    const bool kept = TRY(stream_.selector.select(record, context));
    if (kept) {
      page.records.push_back(std::move(record));
    }
    return {};
  };
  const auto reject = [](std::int64_t, std::string_view, std::string_view reason) -> Status {
    return Error{ErrorCode::BadData, std::string(reason)};
  };
  TRY(pages_.read_trees(answer.response.body, take, reject));
  return page;
}

Result<std::optional<std::int64_t>> IdRead::first_above(std::int64_t id, std::stop_token stop) {
  const Page page = TRY(fetch(id, paging_.page_sizes.back(), stop));
  return page.received == 0 ? std::nullopt : std::optional(page.first_id);
}

// The least id above which a page can be had: the record that can not be read is not above it.
Result<std::int64_t> IdRead::find_readable(const Error& error, std::stop_token stop) {
  const std::int64_t size = paging_.page_sizes.back();
  std::int64_t bad = last_id_;
  std::int64_t good = last_id_;
  for (int doubling = 0; good == last_id_; ++doubling) {
    if (doubling > kDoublingsMax || stop.stop_requested()) {
      return error;  // It is not one record: the API does not work.
    }
    const std::int64_t tried = last_id_ + (std::int64_t{1} << doubling);
    const auto page = fetch(tried, size, stop);
    (page.ok() ? good : bad) = tried;
    if (!page.ok() && !may_be_the_page(page.error())) {
      return page.error();
    }
  }
  while (good - bad > 1) {
    const std::int64_t tried = bad + (good - bad) / 2;
    (fetch(tried, size, stop).ok() ? good : bad) = tried;
  }
  return good;
}

Status IdRead::step_down(const Error& error, const std::function<Status(RejectedRow)>& reject,
                         std::stop_token stop) {
  good_pages_ = 0;
  if (rung_ + 1 < paging_.page_sizes.size()) {
    ++rung_;
    return {};
  }
  if (++rejected_ > paging_.rejected_max) {
    return error;
  }
  const std::int64_t readable = TRY(find_readable(error, stop));
  const Request asked = TRY(request(last_id_, paging_.page_sizes.back()));
  RejectedRow row;
  row.reason = error.message;
  row.position = stream_.cursor->field() + " above " + std::to_string(last_id_) + ", up to " +
                 std::to_string(readable);
  row.payload = asked.method + " " + url_with_query(asked);
  last_id_ = readable;
  return reject(std::move(row));
}

Result<bool> IdRead::read_page(const std::function<Status(Value record)>& take,
                               const std::function<Status(RejectedRow)>& reject,
                               std::stop_token stop) {
  while (!finished_) {
    if (end_id_ && last_id_ >= *end_id_) {
      break;
    }
    auto page = fetch(last_id_, paging_.page_sizes[rung_], stop);
    if (!page.ok()) {
      if (!may_be_the_page(page.error()) || stop.stop_requested()) {
        return std::move(page).error();
      }
      TRY(step_down(page.error(), reject, stop));
      continue;
    }
    if (page->received == 0) {
      break;
    }
    if (++good_pages_ >= kGoodPages && rung_ > 0) {
      --rung_;
      good_pages_ = 0;
    }
    for (Value& record : page->records) {
      TRY(take(std::move(record)));
    }
    last_id_ = page->last_id;
    most_recent_ = std::max(most_recent_, std::optional(instant_from_micros(last_id_)));
    return true;
  }
  finished_ = true;
  return false;
}

}  // namespace tendril
