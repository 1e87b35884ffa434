#include "http/authenticator.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/encoding.h"
#include "core/json_text.h"

namespace tendril {
namespace {

// Credentials that never change.
class StaticAuthenticator : public Authenticator {
 public:
  explicit StaticAuthenticator(const Secret& secret, const Secret& spelled = Secret()) {
    redactor_.add(secret);
    redactor_.add(spelled);
  }

  Result<bool> renew_after_refusal(const Request& /*refused*/, std::stop_token /*stop*/) override {
    return false;
  }

  std::string redact(std::string text) const override { return redactor_.redact(text); }

 private:
  Redactor redactor_;
};

class NoAuthentication final : public StaticAuthenticator {
 public:
  NoAuthentication() : StaticAuthenticator(Secret()) {}

  Status authorize(Request& /*request*/, std::stop_token /*stop*/) override { return {}; }
};

void add_form_field(Request& request, std::string_view name, std::string_view value) {
  if (!request.body.empty()) {
    request.body += '&';
  }
  request.body.append(url_encode(name)).append("=").append(url_encode(value));
  if (!request.headers.find("Content-Type")) {
    request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  }
}

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at])) != 0) {
    ++at;
  }
  return at;
}

// Writes the member in front of the others, so that the rest keeps its exact spelling.
Status add_json_member(Request& request, std::string_view name, std::string_view value) {
  const std::size_t open = skip_space(request.body, 0);
  std::string member;
  append_json_string(member, name);
  member += ':';
  append_json_string(member, value);
  if (open == request.body.size()) {
    request.body = '{' + member + '}';
  } else if (request.body[open] == '{') {
    const std::size_t next = skip_space(request.body, open + 1);
    const bool has_members = next < request.body.size() && request.body[next] != '}';
    request.body.insert(open + 1, has_members ? member + ',' : member);
  } else {
    return Error{ErrorCode::InvalidConfig,
                 place_of(request) + ": a key cannot be put into a body that is no JSON object"};
  }
  if (!request.headers.find("Content-Type")) {
    request.headers.set("Content-Type", "application/json");
  }
  return {};
}

// Writes the member where the path leads, through objects that are made where they are missing.
Status add_nested_member(Request& request, const std::vector<std::string>& path,
                         std::string_view value) {
  const std::string text = request.body.empty() ? "{}" : request.body;
  auto body = nlohmann::ordered_json::parse(text, nullptr, /*allow_exceptions=*/false);
  nlohmann::ordered_json* place = &body;
  for (const std::string& name : path) {
    if (!place->is_object() && !place->is_null()) {
      return Error{ErrorCode::InvalidConfig,
                   place_of(request) + ": the body has no object to hold the key: " + path.back()};
    }
    place = &(*place)[name];
  }
  *place = std::string(value);
  request.body = body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  if (!request.headers.find("Content-Type")) {
    request.headers.set("Content-Type", "application/json");
  }
  return {};
}

class ApiKey final : public StaticAuthenticator {
 public:
  ApiKey(CredentialPlace place, Secret value)
      : StaticAuthenticator(value), place_(std::move(place)), value_(std::move(value)) {}

  Status authorize(Request& request, std::stop_token /*stop*/) override {
    return put_credential(request, place_, value_.reveal());
  }

 private:
  const CredentialPlace place_;
  const Secret value_;
};

// "Authorization: <scheme> <credentials>".
class AuthorizationHeader final : public StaticAuthenticator {
 public:
  AuthorizationHeader(std::string scheme, Secret credentials, const Secret& inside = Secret())
      : StaticAuthenticator(credentials, inside),
        scheme_(std::move(scheme)),
        credentials_(std::move(credentials)) {}

  Status authorize(Request& request, std::stop_token /*stop*/) override {
    request.headers.set("Authorization", scheme_ + " " + credentials_.reveal());
    return {};
  }

 private:
  const std::string scheme_;
  const Secret credentials_;
};

}  // namespace

std::unique_ptr<Authenticator> no_authentication() { return std::make_unique<NoAuthentication>(); }

Status put_credential(Request& request, const CredentialPlace& place, std::string_view value) {
  const std::string& name = place.path.back();
  switch (place.placement) {
    case Placement::Header: request.headers.set(name, std::string(value)); break;
    case Placement::Query: request.query.emplace_back(name, value); break;
    case Placement::FormBody: add_form_field(request, name, value); break;
    case Placement::JsonBody:
      return place.path.size() == 1 ? add_json_member(request, name, value)
                                    : add_nested_member(request, place.path, value);
  }
  return {};
}

bool carries(const Request& request, const CredentialPlace& place, std::string_view value) {
  const std::string& name = place.path.back();
  switch (place.placement) {
    case Placement::Header: return request.headers.find(name) == value;
    case Placement::Query:
      return std::any_of(request.query.begin(), request.query.end(), [&](const auto& field) {
        return field.first == name && field.second == value;
      });
    case Placement::FormBody: return request.body.find(url_encode(value)) != std::string::npos;
    case Placement::JsonBody: {
      std::string spelled;
      append_json_string(spelled, value);
      return request.body.find(spelled) != std::string::npos;
    }
  }
  return false;
}

std::unique_ptr<Authenticator> api_key(CredentialPlace place, Secret value) {
  return std::make_unique<ApiKey>(std::move(place), std::move(value));
}

std::unique_ptr<Authenticator> api_key(Placement placement, std::string name, Secret value) {
  return api_key(CredentialPlace{placement, {std::move(name)}}, std::move(value));
}

std::unique_ptr<Authenticator> bearer(Secret token) {
  return std::make_unique<AuthorizationHeader>("Bearer", std::move(token));
}

std::unique_ptr<Authenticator> basic(const std::string& username, const Secret& password) {
  Secret pair(base64_encode(username + ":" + password.reveal()));
  return std::make_unique<AuthorizationHeader>("Basic", std::move(pair), password);
}

}  // namespace tendril
