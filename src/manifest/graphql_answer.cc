#include "manifest/graphql_answer.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

#include "http/excerpt.h"
#include "manifest/error_handler.h"
#include "manifest/response_view.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr int kErrorsShownMax = 3;

// How APIs word a spent budget, in letters alone: GitHub, Shopify, Linear, monday.com and others.
constexpr std::array<std::string_view, 6> kLimitCodes = {
    "RATELIMITED", "RATELIMIT",       "RATELIMITEXCEEDED",
    "THROTTLED",   "TOOMANYREQUESTS", "COMPLEXITYBUDGETEXHAUSTED"};

std::string letters_of(const Value* value) {
  std::string letters;
  const std::string* text = value == nullptr ? nullptr : value->as_string();
  for (const char c : text == nullptr ? std::string() : *text) {
    if (std::isalpha(static_cast<unsigned char>(c)) != 0) {
      letters += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
  }
  return letters;
}

bool is_limit(const Value& error) {
  const Value* extensions = error.find("extensions");
  const auto is_known = [](const Value* code) {
    const std::string letters = letters_of(code);
    return std::find(kLimitCodes.begin(), kLimitCodes.end(), letters) != kLimitCodes.end();
  };
  return is_known(error.find("type")) || is_known(error.find("code")) ||
         (extensions != nullptr &&
          (is_known(extensions->find("code")) || is_known(extensions->find("type"))));
}

// Begins like a query in GraphQL, and not like one in SQL or a search language.
bool is_query(const Value* value) {
  const std::string* text = value == nullptr ? nullptr : value->as_string();
  if (text == nullptr) {
    return false;
  }
  const std::size_t start = std::min(text->find_first_not_of(" \t\r\n"), text->size());
  const std::string_view rest = std::string_view(*text).substr(start);
  if (rest.starts_with('{') && !rest.starts_with("{{") && !rest.starts_with("{%")) {
    return true;
  }
  return rest.starts_with("query ") || rest.starts_with("query(") || rest.starts_with("query{") ||
         rest.starts_with("query\n") || rest.starts_with("mutation") ||
         rest.starts_with("fragment ");
}

}  // namespace

bool asks_graphql(const Node& requester) {
  if (const Node* body = requester.find("request_body")) {
    const Node* value = body->find("value");
    const Node* query = value == nullptr ? nullptr : value->find("query");
    return body->type() == "RequestBodyGraphQL" || (query != nullptr && is_query(&query->scalar));
  }
  const Node* json = requester.find("request_body_json");
  const Node* query = json == nullptr ? nullptr : json->find("query");
  return query != nullptr && is_query(&query->scalar);
}

std::optional<Verdict> judge_graphql(const Request& request, const Response& response,
                                     const std::vector<std::string>& field_path) {
  if (response.body.find("\"errors\"") == std::string::npos) {
    return std::nullopt;
  }
  const Value body = body_view(response.body, field_path.empty() ? nullptr : &field_path);
  const Value* errors = body.find("errors");
  const List* list = errors == nullptr ? nullptr : errors->as_list();
  if (list == nullptr || list->empty()) {
    return std::nullopt;
  }
  std::string said;
  int shown = 0;
  for (const Value& error : *list) {
    const std::string message = message_in(error);
    if (!message.empty() && shown++ < kErrorsShownMax) {
      said += (said.empty() ? "" : ", ") + message;
    }
  }
  const bool limited = std::any_of(list->begin(), list->end(), is_limit);
  Error error{limited ? ErrorCode::RateLimited : ErrorCode::BadData,
              place_of(request) + ": the answer reports errors: " + excerpt(said), std::nullopt,
              response.request_id()};
  return Verdict{limited ? Verdict::Action::RateLimited : Verdict::Action::Fail, std::nullopt,
                 std::move(error)};
}

}  // namespace tendril
