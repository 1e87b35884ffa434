#include "lint/lint_report.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include "data/json.h"
#include "data/value.h"

namespace tendril {
namespace {

// Messages show templates; a line of the report must stay one.
std::string on_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

std::string line_of(const Finding& finding) {
  std::string line = to_string(finding.position) + ": ";
  line += to_string(finding.severity);
  line += ": " + finding.key_path + (finding.key_path.empty() ? "" : ": ") + finding.message;
  line += finding.advice.empty() ? "" : "; " + finding.advice;
  line += " [" + std::string(finding.rule) + "]";
  return on_one_line(std::move(line)) + "\n";
}

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

Value number(std::size_t count) { return Value(static_cast<std::int64_t>(count)); }

Value json_of(const Finding& finding) {
  const Position& position = finding.position;
  return Map{{"rule", Value(std::string(finding.rule))},
             {"severity", Value(std::string(to_string(finding.severity)))},
             {"file", Value(position.file == nullptr ? "" : *position.file)},
             {"line", number(position.line)},
             {"column", number(position.column)},
             {"path", Value(finding.key_path)},
             {"message", Value(finding.message)},
             {"advice", Value(finding.advice)}};
}

}  // namespace

std::size_t LintReport::count(Severity severity) const {
  const auto found = std::count_if(findings.begin(), findings.end(),
                                   [&](const Finding& each) { return each.severity == severity; });
  return static_cast<std::size_t>(found);
}

void LintReport::add(std::vector<Finding> of_file, bool with_notes) {
  ++files;
  for (Finding& finding : of_file) {
    if (with_notes || finding.severity != Severity::Note) {
      findings.push_back(std::move(finding));
    }
  }
}

std::string LintReport::text() const {
  std::string text;
  for (const Finding& finding : findings) {
    text += line_of(finding);
  }
  text += counted(files, "manifest") + ": " + counted(count(Severity::Error), "error") + ", " +
          counted(count(Severity::Warning), "warning");
  if (const std::size_t notes = count(Severity::Note); notes > 0) {
    text += ", " + counted(notes, "note");
  }
  return text + "\n";
}

std::string LintReport::json() const {
  List list;
  list.reserve(findings.size());
  for (const Finding& finding : findings) {
    list.push_back(json_of(finding));
  }
  return to_json(Map{{"files", number(files)},
                     {"findings", Value(std::move(list))},
                     {"errors", number(count(Severity::Error))},
                     {"warnings", number(count(Severity::Warning))}}) +
         "\n";
}

}  // namespace tendril
