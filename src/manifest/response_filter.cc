#include <array>
#include <charconv>
#include <utility>

#include "data/json.h"
#include "manifest/error_handler.h"
#include "manifest/response_view.h"
#include "manifest/template_text.h"

namespace tendril {
namespace {

constexpr std::array<std::pair<std::string_view, ResponseFilter::Action>, 7> kActions{{
    {"SUCCESS", ResponseFilter::Action::Success},
    {"FAIL", ResponseFilter::Action::Fail},
    {"RETRY", ResponseFilter::Action::Retry},
    {"IGNORE", ResponseFilter::Action::Ignore},
    {"RATE_LIMITED", ResponseFilter::Action::RateLimited},
    {"RESET_PAGINATION", ResponseFilter::Action::ResetPagination},
    {"REFRESH_TOKEN_THEN_RETRY", ResponseFilter::Action::RefreshTokenThenRetry},
}};

// Where the reference looks for a message, in this order; the last two are ours.
constexpr std::array<std::string_view, 14> kMessageKeys{
    "message", "messages",       "error",   "errors",           "failures",
    "failure", "detail",         "err",     "error_message",    "msg",
    "reason",  "status_message", "details", "error_description"};

constexpr std::size_t kMessageBytesMax = 500;

Result<std::optional<ResponseFilter::Action>> action_of(const Node& node) {
  const std::string text = TRY(node.text_or("action", ""));
  for (const auto& [name, action] : kActions) {
    if (name == text) {
      return std::optional(action);
    }
  }
  if (text.empty()) {
    return std::optional<ResponseFilter::Action>();
  }
  return node.find("action")->error("action is not supported: " + text, ErrorCode::Unsupported);
}

Result<std::set<int>> codes_of(const Node& node) {
  std::set<int> codes;
  const Node* list = node.find("http_codes");
  if (list == nullptr) {
    return codes;
  }
  for (const Node& item : list->items) {
    int code = 0;
    const std::string text = plain_text(item.scalar);
    const auto end = std::from_chars(text.data(), text.data() + text.size(), code);
    if (end.ec != std::errc() || end.ptr != text.data() + text.size()) {
      return item.error("an HTTP status code is expected here");
    }
    codes.insert(code);
  }
  return codes;
}

Result<std::optional<ErrorCode>> failure_code_of(const Node& node) {
  const std::string type = TRY(node.text_or("failure_type", ""));
  if (type.empty() || type == "system_error") {
    return std::optional<ErrorCode>();
  }
  if (type == "config_error") {
    return std::optional(ErrorCode::InvalidConfig);
  }
  if (type == "transient_error") {
    return std::optional(ErrorCode::Unavailable);
  }
  return node.find("failure_type")->error("failure_type is unknown: " + type);
}

}  // namespace

std::string message_in(const Value& body) {
  if (const std::string* text = body.as_string()) {
    return *text;
  }
  if (const List* list = body.as_list()) {
    std::string joined;
    for (const Value& item : *list) {
      const std::string message = message_in(item);
      joined += (joined.empty() || message.empty() ? "" : ", ") + message;
    }
    return joined;
  }
  for (const std::string_view key : kMessageKeys) {
    if (const Value* member = body.find(key); member != nullptr && is_truthy(*member)) {
      return message_in(*member);
    }
  }
  return "";
}

Result<ResponseFilter> ResponseFilter::compile(const Node& node, const Environment& environment,
                                               const std::vector<std::string>& field_path) {
  ResponseFilter filter(environment);
  filter.action_ = TRY(action_of(node));
  filter.http_codes_ = TRY(codes_of(node));
  filter.error_message_contains_ = TRY(node.text_or("error_message_contains", ""));
  filter.predicate_ = TRY(TemplateField::compile(node, "predicate"));
  filter.error_message_ = TRY(TemplateField::compile(node, "error_message"));
  filter.failure_code_ = TRY(failure_code_of(node));
  if (!filter.predicate_ || !reaches_records(filter.predicate_->source(), field_path)) {
    filter.unread_path_ = field_path;
  }
  return filter;
}

Result<bool> ResponseFilter::matches(const Response& response) const {
  if (!action_) {
    return false;  // As in the reference, a filter without an action never has a say.
  }
  if (http_codes_.contains(response.status)) {
    return true;
  }
  if (predicate_) {
    const bool holds = TRY(predicate_holds(response));
    if (holds) {
      return true;
    }
  }
  if (error_message_contains_.empty()) {
    return false;
  }
  const bool is_error = response.status >= 400;
  const Value body = body_view(response.body, is_error || !unread_path_ ? nullptr : &*unread_path_);
  const bool is_json = !(body.is_map() && body.as_map()->empty());
  const std::string message = is_json || !is_error ? message_in(body) : response.body;
  return message.find(error_message_contains_) != std::string::npos;
}

Result<bool> ResponseFilter::predicate_holds(const Response& response) const {
  const bool needs_body = mentions(predicate_->source(), "response");
  const bool skips_records = response.status < 400 && unread_path_.has_value();
  const Value body = needs_body ? body_view(response.body, skips_records ? &*unread_path_ : nullptr)
                                : Value(Map());
  const Value headers = headers_view(response.headers);
  const Value url = url_view(response.url);
  Context context = context_with(environment_->config, environment_->clock);
  set(context, Name::Response, &body);
  set(context, Name::Headers, &headers);
  set(context, Name::RequestUrl, &url);
  return predicate_->truth(context);
}

Error ResponseFilter::error_for(const Request& request, const Response& response) const {
  Error error = error_of(request, response);
  if (failure_code_) {
    error.code = *failure_code_;
  }
  if (!error_message_) {
    return error;
  }
  const Value body = body_view(response.body, nullptr);
  const Value headers = headers_view(response.headers);
  const Value url = url_view(response.url);
  Context context = context_with(environment_->config, environment_->clock);
  set(context, Name::Response, &body);
  set(context, Name::Headers, &headers);
  set(context, Name::RequestUrl, &url);
  auto message = error_message_->text(context);
  // What the API answered counts more than a fault in the text about it.
  if (message.ok() && !message->empty()) {
    error.message += ": " + message->substr(0, kMessageBytesMax);
  }
  return error;
}

}  // namespace tendril
