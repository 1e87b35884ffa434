#include "sandbox/faults.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "data/json.h"
#include "sandbox/hashing.h"

namespace tendril {
namespace {

constexpr std::array kKinds{
    VendorFaultName{VendorFault::TooManyRequests, "too-many-requests"},
    VendorFaultName{VendorFault::TooManyRequestsMute, "too-many-requests-mute"},
    VendorFaultName{VendorFault::ServerError, "server-error"},
    VendorFaultName{VendorFault::ExpiredToken, "expired-token"},
    VendorFaultName{VendorFault::ExpiredCursor, "expired-cursor"},
    VendorFaultName{VendorFault::ConnectionReset, "connection-reset"},
    VendorFaultName{VendorFault::TruncatedJson, "truncated-json"},
    VendorFaultName{VendorFault::MalformedJson, "malformed-json"},
    VendorFaultName{VendorFault::SlowBody, "slow-body"},
    VendorFaultName{VendorFault::DuplicatedRows, "duplicated-rows"},
    VendorFaultName{VendorFault::ReorderedRows, "reordered-rows"},
    VendorFaultName{VendorFault::SchemaDrift, "schema-drift"},
    VendorFaultName{VendorFault::ClockSkew, "clock-skew"},
};

// One request in so many goes wrong, but never the third, sixth, ... time that it is made: a client
// that repeats it comes through.
constexpr std::uint64_t kOneIn = 6;
constexpr std::uint64_t kGoodEvery = 3;

constexpr std::array<std::string_view, 3> kPageParameters{"page", "cursor", "offset"};

bool is_first_page(const ApiRequest& request) {
  return std::none_of(request.query.begin(), request.query.end(), [](const auto& pair) {
    return std::find(kPageParameters.begin(), kPageParameters.end(), pair.first) !=
               kPageParameters.end() &&
           pair.second != "1" && pair.second != "0";
  });
}

std::uint64_t identity_of(const ApiRequest& request) {
  std::uint64_t identity = hash_text(request.method + " " + request.path);
  for (const auto& [name, value] : request.query) {
    identity = mix(identity, hash_text(name + "=" + value));
  }
  return identity;
}

// The first list of objects: the whole answer, or a member of it.
List* rows_of(Value& answer) {
  List* list = answer.as_list();
  if (Map* map = answer.as_map(); map != nullptr) {
    for (auto& [name, value] : map->members()) {
      list = list == nullptr ? value.as_list() : list;
    }
  }
  const bool has_rows = list != nullptr && !list->empty() && list->front().is_map();
  return has_rows ? list : nullptr;
}

template <class Change>
void change_rows(ApiResponse& response, Change change) {
  auto answer = parse_json(response.body);
  if (List* rows = answer.ok() ? rows_of(*answer) : nullptr; rows != nullptr) {
    change(*rows);
    response.body = to_json(*answer);
  }
}

void repeat_rows(List& rows) {
  const List once = rows;
  rows.insert(rows.end(), once.begin(), once.end());
}

// A column whose type is not the same twice.
void drift(List& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto number = static_cast<std::int64_t>(i);
    rows[i].as_map()->set("x_drift", i % 2 == 0 ? Value(number) : Value(std::to_string(number)));
  }
}

}  // namespace

std::span<const VendorFaultName> vendor_faults() { return kKinds; }

void FaultSchedule::reseed(std::uint64_t seed) {
  const std::lock_guard lock(mutex_);
  seed_ = seed;
  times_.clear();
}

VendorFault FaultSchedule::draw(const ApiRequest& request) {
  const std::lock_guard lock(mutex_);
  if (seed_ == 0) {
    return VendorFault::None;
  }
  const std::uint64_t identity = mix(seed_, identity_of(request));
  const std::uint64_t time = times_[identity]++;
  const bool is_good = time % kGoodEvery == kGoodEvery - 1;
  if (is_good || scaled(mix(identity, time), kOneIn) != 0) {
    return VendorFault::None;
  }
  const VendorFault kind = kKinds[scaled(mix(identity, ~time), kKinds.size())].kind;
  if (kind == VendorFault::ExpiredCursor && is_first_page(request)) {
    return VendorFault::None;
  }
  ++drawn_;
  return kind;
}

bool is_refusal(VendorFault kind) {
  return kind >= VendorFault::TooManyRequests && kind <= VendorFault::ExpiredCursor;
}

ApiResponse refusal_of(VendorFault kind) {
  ApiResponse response{.content_type = "application/json; charset=utf-8"};
  std::string message;
  switch (kind) {
    case VendorFault::TooManyRequests:
      response.headers.emplace_back("Retry-After", "1");
      [[fallthrough]];
    case VendorFault::TooManyRequestsMute:
      response.status = 429;
      message = "too many requests, by order of the fault schedule";
      break;
    case VendorFault::ServerError:
      response.status = 502;
      message = "bad gateway, by order of the fault schedule";
      break;
    case VendorFault::ExpiredToken:
      response.status = 401;
      message = "the token has expired, by order of the fault schedule";
      break;
    case VendorFault::ExpiredCursor:
      response.status = 422;
      message = "the page is not known any more, by order of the fault schedule";
      break;
    default: break;
  }
  response.body = to_json(Value(Map{{"message", message}}));
  return response;
}

void spoil(VendorFault kind, ApiResponse& response) {
  std::string& body = response.body;
  switch (kind) {
    case VendorFault::TruncatedJson: body.resize(body.size() / 2); break;
    case VendorFault::MalformedJson:
      if (const std::size_t colon = body.find(':', body.size() / 3); colon != std::string::npos) {
        body[colon] = ';';
      }
      break;
    case VendorFault::DuplicatedRows: change_rows(response, repeat_rows); break;
    case VendorFault::ReorderedRows:
      change_rows(response, [](List& rows) { std::reverse(rows.begin(), rows.end()); });
      break;
    case VendorFault::SchemaDrift: change_rows(response, drift); break;
    case VendorFault::ClockSkew:
      response.headers.emplace_back("Date", "Sat, 01 Jan 2000 00:00:00 GMT");
      break;
    default: break;
  }
}

}  // namespace tendril
