// JSON as Python's json.dumps() writes it: with blanks after commas and colons, and every
// character beyond ASCII escaped.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "expr/evaluation.h"
#include "expr/term.h"

namespace tendril {

struct JsonDumpOptions {
  bool sort_keys = false;
  bool escape_html = false;        // <, >, & and ' too.
  std::optional<int> indent = {};  // Spaces; one item a line.
};

// Faults: the term, or one inside it, has no JSON: a date, something undefined.
void append_json_dump(Evaluation& evaluation, std::string& out, const Term& term,
                      const JsonDumpOptions& options);

}  // namespace tendril
