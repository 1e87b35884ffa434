#include "http/token_request.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/encoding.h"
#include "http/date_text.h"
#include "http/excerpt.h"
#include "http/pacing.h"

namespace tendril {
namespace {

using Json = nlohmann::json;
using Parameters = std::vector<std::pair<std::string, std::string>>;

constexpr int kNestingMax = 5;  // Vendors wrap tokens: {"data": {"access_token": …}}.
constexpr std::size_t kAnswerBytesMax = std::size_t{1024} * 1024;

std::string grant_type(const OAuthOptions& options) {
  if (!options.grant_type.empty()) {
    return options.grant_type;
  }
  return options.grant == OAuthOptions::Grant::RefreshToken ? "refresh_token"
                                                            : "client_credentials";
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text.append(text.empty() ? "" : " ").append(word);
  }
  return text;
}

Result<Parameters> parameters(const OAuthOptions& options, const Secret& refresh_token) {
  Parameters all;
  const auto add = [&all](const std::string& name, std::string value) {
    if (!name.empty() && !value.empty()) {
      all.emplace_back(name, std::move(value));
    }
  };
  add(options.grant_type_name, grant_type(options));
  if (options.assertion) {
    const Secret assertion = TRY(options.assertion());
    add("assertion", assertion.reveal());
    return all;
  }
  if (!options.extra_headers.find("Authorization")) {  // Vendors refuse credentials sent twice.
    add(options.client_id_name, options.client_id);
    add(options.client_secret_name, options.client_secret.reveal());
  }
  if (options.sends_any_refresh_token) {
    all.emplace_back(options.refresh_token_name, refresh_token.reveal());
  } else if (options.grant == OAuthOptions::Grant::RefreshToken) {
    add(options.refresh_token_name, refresh_token.reveal());
  }
  add("scope", joined(options.scopes));
  const auto standard = static_cast<std::ptrdiff_t>(all.size());
  for (const auto& extra : options.extra_parameters) {
    const bool taken = std::any_of(all.begin(), all.begin() + standard,
                                   [&](const auto& each) { return each.first == extra.first; });
    if (!taken) {
      add(extra.first, extra.second);
    }
  }
  return all;
}

std::string form_body(const Parameters& parameters) {
  std::string body;
  for (const auto& [name, value] : parameters) {
    body.append(body.empty() ? "" : "&").append(url_encode(name));
    body.append("=").append(url_encode(value));
  }
  return body;
}

// Names that stand there more than once become one member with a list.
std::string json_body(const Parameters& parameters) {
  nlohmann::ordered_json body = nlohmann::ordered_json::object();
  for (const auto& [name, value] : parameters) {
    auto& member = body[name];
    if (member.is_string()) {
      member = nlohmann::ordered_json::array({member, value});
    } else if (member.is_array()) {
      member.push_back(value);
    } else {
      member = value;
    }
  }
  return body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Result<Request> token_request(const OAuthOptions& options, const Secret& refresh_token) {
  const bool is_form = options.body_format == OAuthOptions::BodyFormat::Form;
  const Parameters all = TRY(parameters(options, refresh_token));
  Request request{.method = "POST",
                  .url = options.token_url,
                  .headers = {{"Content-Type",
                               is_form ? "application/x-www-form-urlencoded" : "application/json"}},
                  .body = is_form ? form_body(all) : json_body(all),
                  .timeouts = {.read = std::chrono::seconds(30), .total = std::chrono::seconds(60)},
                  .body_bytes_max = kAnswerBytesMax,
                  .follow_redirects = false,  // The client's secret goes nowhere else.
                  .safe_to_retry = false};
  if (options.in_query) {
    request.query = all;
    request.body.clear();
  }
  for (const auto& [name, value] : options.extra_headers.fields()) {
    request.headers.set(name, value);
  }
  return request;
}

// Looks for a member at the top first, then inside, level by level of the first branch.
const Json* find_member(const Json& value, const std::string& name, int nesting = 0) {
  if (!value.is_structured() || nesting > kNestingMax) {
    return nullptr;
  }
  if (value.is_object()) {
    if (const auto found = value.find(name); found != value.end() && !found->is_null()) {
      return &*found;
    }
  }
  for (const Json& member : value) {
    if (const Json* const found = find_member(member, name, nesting + 1)) {
      return found;
    }
  }
  return nullptr;
}

std::string text_member(const Json& answer, const std::string& name) {
  const Json* const found = find_member(answer, name);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

// ": invalid_grant, the token was revoked"
std::string error_detail(const Json& answer) {
  std::string detail;
  for (const char* const name : {"error", "error_description", "message"}) {
    if (const std::string text = text_member(answer, name); !text.empty()) {
      detail.append(detail.empty() ? "" : ", ").append(text);
    }
  }
  return detail.empty() ? "" : ": " + excerpt(detail);
}

ErrorCode code_of(int status) {
  switch (status) {
    case 400:
    case 401:
    case 403: return ErrorCode::Unauthenticated;
    case 429: return ErrorCode::RateLimited;
    case 408:
    case 425: return ErrorCode::Unavailable;
    default: return status >= 500 ? ErrorCode::Unavailable : ErrorCode::InvalidConfig;
  }
}

std::optional<Clock::Wall> expiry(const Json& answer, const OAuthOptions& options,
                                  Clock::Wall now) {
  const Json* const found =
      options.expires_in_name.empty() ? nullptr : find_member(answer, options.expires_in_name);
  if (found == nullptr || !(found->is_number() || found->is_string())) {
    return std::nullopt;
  }
  const std::string text = found->is_string() ? found->get<std::string>() : found->dump();
  const std::optional<double> number = parse_number(text);
  if (number && *number <= 0) {
    return std::nullopt;  // "Never", as several vendors spell it.
  }
  return parse_moment(text, now);
}

Result<OAuthTokens> read_tokens(const OAuthOptions& options, const Response& response,
                                const Secret& refresh_token, Clock::Wall now) {
  const std::string place = place_of("POST", options.token_url);
  const Json answer = Json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  const std::string detail = error_detail(answer);
  if (response.status >= 300) {
    return Error{
        code_of(response.status),
        place + ": the token was refused with status " + std::to_string(response.status) + detail,
        retry_after(response.headers, now), response.request_id()};
  }
  std::string access_token = text_member(answer, options.access_token_name);
  if (access_token.empty()) {
    const bool refused = find_member(answer, "error") != nullptr;
    return Error{refused ? ErrorCode::Unauthenticated : ErrorCode::BadData,
                 place + (refused ? ": the token was refused" : ": the answer has no ") +
                     (refused ? "" : options.access_token_name) + detail,
                 std::nullopt, response.request_id()};
  }
  const std::string next = options.new_refresh_token_name.empty()
                               ? std::string()
                               : text_member(answer, options.new_refresh_token_name);
  return OAuthTokens{Secret(std::move(access_token)), expiry(answer, options, now),
                     next.empty() ? refresh_token : Secret(next)};
}

}  // namespace

Result<OAuthTokens> request_tokens(const OAuthOptions& options, const Secret& refresh_token,
                                   Transport& transport, const Clock& clock,
                                   const std::stop_token& stop) {
  const bool is_refresh = options.grant == OAuthOptions::Grant::RefreshToken && !options.assertion;
  if (is_refresh && refresh_token.empty() && !options.sends_any_refresh_token) {
    return Error{ErrorCode::Unauthenticated, "no refresh token is known: authorise again"};
  }
  const Clock::Wall asked_at = clock.now();
  const Request request = TRY(token_request(options, refresh_token));
  Result<Response> response = transport.send(request, is_refresh ? std::stop_token() : stop);
  if (!response.ok()) {
    return std::move(response).error().while_doing("renewing the access token");
  }
  return read_tokens(options, *response, refresh_token, asked_at);
}

}  // namespace tendril
