#include "manifest/async_slice.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "data/json.h"
#include "manifest/client_pool.h"
#include "manifest/page_sinks.h"
#include "manifest/response_view.h"
#include "manifest/schema_normalization.h"
#include "manifest/slice_view.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::int64_t kAttemptsMax = 3;
constexpr auto kWaitBetweenPolls = std::chrono::seconds(5);

constexpr std::string_view kCreation = "creation_response";
constexpr std::string_view kPolling = "polling_response";
constexpr std::string_view kTarget = "download_target";
constexpr std::string_view kAttempts = "attempts";
constexpr std::string_view kPosition = "position";

// What templates see of an answer about a job: its members, and its headers and those of the
// request beside them. Credentials are not among these: they are added when a request is sent.
Value answer_view(const Request& request, const Response& response) {
  auto parsed = parse_json(response.body);
  Map view = parsed.ok() && parsed->is_map() ? std::move(*parsed->as_map()) : Map();
  if (view.find("headers") == nullptr) {
    Headers headers = response.headers;
    headers.erase("Set-Cookie");  // A session does not belong into a checkpoint.
    view.set("headers", headers_view(headers));
  }
  if (view.find("request") == nullptr) {
    view.set("request", Map{{"method", request.method},
                            {"url", url_view(request.url)},
                            {"headers", headers_view(request.headers)}});
  }
  return view;
}

// Errors that another attempt would only repeat.
bool is_final(ErrorCode code) {
  return code == ErrorCode::InvalidConfig || code == ErrorCode::Unauthenticated ||
         code == ErrorCode::PermissionDenied || code == ErrorCode::Unsupported ||
         code == ErrorCode::Cancelled;
}

// Keeps the bodies that a parser finds.
class BodyKeeper final : public ElementSink {
 public:
  Status json(std::string& text, bool is_page) override {
    Value value = TRY(parse_json(text));
    if (!is_page) {
      bodies.push_back(std::move(value));
      return {};
    }
    for (Value& body : bodies_of(std::move(value))) {
      bodies.push_back(std::move(body));
    }
    return {};
  }
  Status row(std::span<const std::string> names, std::span<const Cell> cells) override {
    Map row;
    for (std::size_t i = 0; i < names.size(); ++i) {
      row.set(names[i], cells[i] ? Value(*cells[i]) : Value());
    }
    bodies.push_back(std::move(row));
    return {};
  }
  Status tree(Value element) override {
    bodies.push_back(std::move(element));
    return {};
  }

  List bodies;
};

}  // namespace

AsyncSlice::AsyncSlice(const AsyncRetrieval& retrieval, const Environment& environment,
                       StreamSlice slice, const Value& progress)
    : retrieval_(retrieval), environment_(environment), slice_(std::move(slice)) {
  if (const Value* creation = progress.find(kCreation); creation != nullptr && creation->is_map()) {
    creation_ = *creation;
    resumed_ = true;
  }
  const auto number = [&](std::string_view name) {
    const Value* value = progress.find(name);
    return value == nullptr || value->as_int() == nullptr ? 0 : *value->as_int();
  };
  attempts_ = number(kAttempts);
  at_ = static_cast<std::size_t>(std::max<std::int64_t>(number(kPosition), 0));
}

Value AsyncSlice::progress() const {
  return Map{{std::string(kCreation), creation_},
             {std::string(kAttempts), attempts_},
             {std::string(kPosition), static_cast<std::int64_t>(at_)}};
}

Result<Response> AsyncSlice::send(const Requester& requester, const Map& more, std::stop_token stop,
                                  Value* view) {
  const Value slice = slice_view_with(slice_, more);
  Context context = context_with(environment_);
  const Value no_token;
  set(context, Name::NextPageToken, &no_token);
  set_slice(context, slice);
  const Request request = TRY(requester.request(RequestDraft(), std::nullopt, context));
  Client::Answer answer = TRY(requester.send(request, stop));
  if (view != nullptr) {
    *view = answer_view(request, answer.response);
  }
  return std::move(answer.response);
}

Result<List> AsyncSlice::bodies_of_answer(const Response& response) const {
  BodyKeeper keeper;
  if (retrieval_.decoder.is_json_page()) {
    std::string text = response.body;
    if (text.find_first_not_of(" \t\r\n") != std::string::npos) {
      TRY(keeper.json(text, true));
    }
    return std::move(keeper.bodies);
  }
  const auto parser = retrieval_.decoder.open(keeper);
  TRY(parser->write(response.body));
  TRY(parser->finish());
  return std::move(keeper.bodies);
}

// Returns false: there is something to remember.
Result<bool> AsyncSlice::create(std::stop_token stop) {
  if (environment_.job_limit != nullptr && !slot_) {
    AsyncJobLimit::Slot slot = TRY(environment_.job_limit->acquire(stop));
    slot_.emplace(std::move(slot));
  }
  for (;;) {
    ++attempts_;
    Value view;
    const auto response = send(retrieval_.creation, Map(), stop, &view);
    if (response.ok() && response->status < 400) {
      creation_ = std::move(view);
      resumed_ = false;
      at_ = 0;
      return false;
    }
    Error error =
        response.ok() ? Error{ErrorCode::BadData, "the answer was ignored"} : response.error();
    if (is_final(error.code) || attempts_ >= kAttemptsMax) {
      slot_.reset();
      return std::move(error).while_doing("creating a job");
    }
    environment_.log.warning("job could not be created, trying again",
                             {{"error", error.message}, {"attempt", attempts_}});
  }
}

Result<JobStatus> AsyncSlice::poll(std::stop_token stop) {
  const Map more{{std::string(kCreation), creation_}};
  const Response response = TRY(send(retrieval_.polling, more, stop, &polling_));
  polled_bodies_ = TRY(bodies_of_answer(response));
  std::optional<std::string> status;
  const TakeRecord take = [&](const Value& found) -> Status {
    status = status ? status : std::optional(python_text(found));
    return {};
  };
  TRY(retrieval_.status_extractor.extract(polled_bodies_, take, stop));
  const auto known = retrieval_.statuses.find(status.value_or("None"));
  if (known == retrieval_.statuses.end()) {
    return Error{ErrorCode::BadData,
                 "status of the job is not in the manifest: " + status.value_or("none at all")};
  }
  return known->second;
}

// The job failed: gives up, or has it created again.
Result<bool> AsyncSlice::again(JobStatus status, std::stop_token stop) {
  if (status == JobStatus::TimedOut && retrieval_.abort) {
    const auto aborted = send(*retrieval_.abort, Map{{std::string(kCreation), creation_}}, stop);
    if (!aborted.ok()) {
      environment_.log.warning("job could not be aborted", {{"error", aborted.error().message}});
    }
  }
  creation_ = Value();
  if (attempts_ >= kAttemptsMax) {
    slot_.reset();
    const char* what = status == JobStatus::TimedOut ? "took too long" : "failed";
    return Error{ErrorCode::Unavailable,
                 "job " + std::string(what) + ", " + std::to_string(attempts_) + " times"};
  }
  if (status == JobStatus::Failed && retrieval_.failed_wait.count() > 0 &&
      !environment_.clients.waits().sleep(retrieval_.failed_wait, stop)) {
    return Error{ErrorCode::Cancelled, "cancelled while waiting to create a job again"};
  }
  return create(stop);
}

Result<bool> AsyncSlice::wait_for_end(std::stop_token stop) {
  const auto started = environment_.clients.waits().monotonic();
  for (;;) {
    auto polled = poll(stop);
    if (!polled.ok() && resumed_ && polled.error().code == ErrorCode::NotFound) {
      environment_.log.warning("job of an earlier run is gone", {});
      attempts_ = 0;
      return create(stop);
    }
    if (!polled.ok()) {
      return std::move(polled).error().while_doing("waiting for a job");
    }
    const JobStatus status = *polled;
    if (status == JobStatus::Completed || status == JobStatus::Skipped) {
      slot_.reset();
      done_ = true;
      if (status == JobStatus::Completed) {
        TRY(find_targets(stop));
      }
      return true;
    }
    const bool late = environment_.clients.waits().monotonic() - started > retrieval_.timeout;
    if (status != JobStatus::Running || late) {
      return again(status == JobStatus::Failed ? JobStatus::Failed : JobStatus::TimedOut, stop);
    }
    if (!environment_.clients.waits().sleep(kWaitBetweenPolls, stop)) {
      return Error{ErrorCode::Cancelled, "cancelled while waiting for a job"};
    }
  }
}

Result<bool> AsyncSlice::advance(std::stop_token stop) {
  if (done_) {
    return true;
  }
  if (creation_.is_null()) {
    return create(stop);
  }
  if (environment_.job_limit != nullptr && !slot_) {
    AsyncJobLimit::Slot slot = TRY(environment_.job_limit->acquire(stop));
    slot_.emplace(std::move(slot));
  }
  return wait_for_end(stop);
}

Status AsyncSlice::find_targets(std::stop_token stop) {
  targets_.clear();
  if (!retrieval_.target_extractor) {
    targets_.emplace_back("");  // One download, which needs no address from the job.
    return {};
  }
  List bodies = std::move(polled_bodies_);
  if (retrieval_.target) {
    const Map more{{std::string(kCreation), creation_}, {std::string(kPolling), polling_}};
    auto response = send(*retrieval_.target, more, stop);
    if (!response.ok()) {
      return std::move(response).error().while_doing("asking where the results of a job are");
    }
    bodies = TRY(bodies_of_answer(*response));
  }
  const TakeRecord take = [&](Value target) -> Status {
    targets_.push_back(std::move(target));
    return {};
  };
  TRY(retrieval_.target_extractor->extract(std::move(bodies), take, stop));
  return {};
}

std::optional<Map> AsyncSlice::target() const {
  if (at_ >= targets_.size()) {
    return std::nullopt;
  }
  return Map{{std::string(kTarget), targets_[at_]},
             {std::string(kCreation), creation_},
             {std::string(kPolling), polling_}};
}

Status AsyncSlice::next_target(std::stop_token stop) {
  ++at_;
  if (at_ < targets_.size() || !retrieval_.erase) {
    return {};
  }
  auto erased = send(*retrieval_.erase, Map{{std::string(kCreation), creation_}}, stop);
  if (!erased.ok()) {
    return std::move(erased).error().while_doing("deleting a job");
  }
  return {};
}

}  // namespace tendril
