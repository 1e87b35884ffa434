// What templates see of an answer: its headers and its body; and how much of the body they reach
// for, so that no tree is built that nobody looks at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "data/value.h"
#include "http/message.h"

namespace tendril {

// Returns true when the template may look at what stands at `field_path` in `response`: the
// records, a part of them, or something that holds them.
bool reaches_records(std::string_view template_text, const std::vector<std::string>& field_path);

// What a group of templates needs of each page.
struct PageNeeds {
  bool response = false;     // The body, as a tree.
  bool records = false;      // Its records too.
  bool last_record = false;  // The last record, as a tree.
  bool headers = false;

  void add(std::string_view template_text, const std::vector<std::string>& field_path);
};

// The `link` member is the parsed Link header: {"next": {"url": …, "rel": "next"}}. Each
// other header can be found as the server spelled it, in lower case, and in Title-Case.
// Source: RFC 8288 section 3.
Value headers_view(const Headers& headers);

// The body as a tree; an empty map when it is no JSON, as in the reference. With a `field_path`,
// what stands there is left out.
Value body_view(std::string body, const std::vector<std::string>* field_path);

// The URL without query, fragment and credentials.
std::string url_view(std::string_view url);

}  // namespace tendril
