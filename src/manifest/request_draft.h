// RequestDraft: a request while its parts are put together from the requester's options, the
// paginator, the partition and the window.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "data/value.h"
#include "http/message.h"

namespace tendril {

// Threads: one at a time.
class RequestDraft {
 public:
  // Each adds one part; a list adds one query or form field for every element, null nothing.
  // Errors: InvalidConfig when the same name is there with another value.
  Status add_query(const std::string& name, const Value& value);
  Status add_header(const std::string& name, const Value& value);
  Status add_form(const std::string& name, const Value& value);
  // `path` leads through objects, which are made where they are missing. Two objects at one place
  // become one with the members of both.
  Status add_json(const std::vector<std::string>& path, const Value& value);
  void set_body(std::string text) { body_ = std::move(text); }

  // Returns the request. What the query of `url` says already is not said again.
  Request finish(std::string method, std::string url) &&;

 private:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  static Status add(Fields& fields, std::string_view kind, const std::string& name,
                    const Value& value);

  Fields query_;
  Fields form_;
  Headers headers_;
  Value json_ = Map();
  std::string body_;
};

}  // namespace tendril
