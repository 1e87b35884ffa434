#include "manifest/request_draft.h"

#include <algorithm>

#include "core/encoding.h"
#include "data/json.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

Error set_twice(std::string_view kind, const std::string& name) {
  return Error{ErrorCode::InvalidConfig,
               std::string(kind) + " is set twice with different values: " + name};
}

// The decoded name and value of each field in the query of `url`.
std::vector<std::pair<std::string, std::string>> query_of(std::string_view url) {
  std::vector<std::pair<std::string, std::string>> fields;
  url = url.substr(0, url.find('#'));
  const std::size_t start = url.find('?');
  std::string_view rest = start == std::string_view::npos ? "" : url.substr(start + 1);
  while (!rest.empty()) {
    const std::string_view field = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), field.size() + 1));
    const std::size_t equals = field.find('=');
    const std::string_view value = equals == std::string_view::npos ? "" : field.substr(equals + 1);
    fields.emplace_back(url_decode(field.substr(0, equals), true), url_decode(value, true));
  }
  return fields;
}

// As in the reference: a GET sends what the manifest says, a DELETE does not.
bool has_body(std::string_view method) {
  return method == "GET" || method == "POST" || method == "PUT" || method == "PATCH";
}

std::string form_encode(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string body;
  for (const auto& [name, value] : fields) {
    body += (body.empty() ? "" : "&") + url_encode(name) + "=" + url_encode(value);
  }
  return body;
}

}  // namespace

Status RequestDraft::add(Fields& fields, std::string_view kind, const std::string& name,
                         const Value& value) {
  if (value.is_null()) {
    return {};
  }
  if (value.is_map()) {
    return Error{ErrorCode::InvalidConfig, std::string(kind) + " is an object: " + name};
  }
  Fields added;
  if (const List* list = value.as_list()) {
    for (const Value& element : *list) {
      added.emplace_back(name, plain_text(element));
    }
  } else {
    added.emplace_back(name, plain_text(value));
  }
  const auto same_name = [&](const auto& field) { return field.first == name; };
  if (const auto found = std::find_if(fields.begin(), fields.end(), same_name);
      found != fields.end() && !added.empty()) {
    return *found == added.front() ? Status() : set_twice(kind, name);
  }
  fields.insert(fields.end(), added.begin(), added.end());
  return {};
}

Status RequestDraft::add_query(const std::string& name, const Value& value) {
  return add(query_, "request parameter", name, value);
}

Status RequestDraft::add_form(const std::string& name, const Value& value) {
  return add(form_, "form field", name, value);
}

Status RequestDraft::add_header(const std::string& name, const Value& value) {
  if (value.is_null()) {
    return {};
  }
  std::string text = plain_text(value);
  if (const auto present = headers_.find(name); present && *present != text) {
    return set_twice("request header", name);
  }
  headers_.set(name, std::move(text));
  return {};
}

Status RequestDraft::add_json(const std::vector<std::string>& path, const Value& value) {
  if (value.is_null() || path.empty()) {
    return {};
  }
  Value* place = &json_;
  for (const std::string& name : path) {
    if (place->is_null()) {
      *place = Map();
    }
    Map* map = place->as_map();
    if (map == nullptr) {
      return Error{ErrorCode::InvalidConfig, "request body has no object to hold: " + path.back()};
    }
    place = &(*map)[name];
  }
  if (place->is_map() && value.is_map()) {
    for (const auto& [name, member] : value.as_map()->members()) {
      std::vector<std::string> below = path;
      below.push_back(name);
      TRY(add_json(below, member));
    }
    return {};
  }
  if (!place->is_null() && *place != value) {
    return set_twice("field of the request body", path.back());
  }
  *place = value;
  return {};
}

Request RequestDraft::finish(std::string method, std::string url) && {
  Request request;
  request.method = std::move(method);
  for (const auto& said : query_of(url)) {
    std::erase(query_, said);
  }
  request.url = std::move(url);
  request.query = std::move(query_);
  request.headers = std::move(headers_);
  const auto default_type = [&](const char* type) {
    if (!request.headers.find("Content-Type")) {
      request.headers.set("Content-Type", type);
    }
  };
  if (!has_body(request.method)) {
    return request;
  }
  if (!json_.as_map()->empty()) {
    request.body = to_json(json_);
    default_type("application/json");
  } else if (!form_.empty()) {
    request.body = form_encode(form_);
    default_type("application/x-www-form-urlencoded");
  } else {
    request.body = std::move(body_);
  }
  return request;
}

}  // namespace tendril
