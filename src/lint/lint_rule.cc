#include "lint/lint_rule.h"

#include <algorithm>

#include "core/check.h"

namespace tendril {
namespace {

constexpr Severity kError = Severity::Error;
constexpr Severity kWarning = Severity::Warning;
constexpr Severity kNote = Severity::Note;

constexpr LintRule kRules[] = {
    {"unreadable", kError, "write one YAML document whose top is a mapping"},
    {"malformed-reference", kError, "write it as a text that starts with #/"},
    {"undefined-reference", kError, "define what it names, or correct the path"},
    {"circular-reference", kError, "take the reference out of what it names"},
    {"too-large", kError, "share less by references and $parameters"},
    {"wrong-type", kError, "write a value of that kind"},
    {"wrong-choice", kError, "use one of the words that the field may hold"},
    {"missing-type", kError, "add its type"},
    {"missing-field", kError, "add the field"},
    {"unknown-component", kError, "use a component of the language"},
    {"misplaced-component", kError, "use a component that may stand here"},
    {"unknown-field", kError, "correct its name, or take it out"},
    {"leftover-field", kNote, "take it out: it changes nothing"},
    {"ignored-field", kWarning, "take it out, or move it to the component that has it"},
    {"invalid-manifest", kError, "correct it: the manifest is refused as it stands"},
    {"not-supported", kWarning, "take it out, or run the manifest with a newer version"},
    {"custom-code", kNote, "it runs where the reference implementation is installed"},
    {"template-syntax", kError, "correct the template"},
    {"unknown-variable", kError, "use a variable that templates have"},
    {"misplaced-variable", kError, "use what is known at this place"},
    {"unknown-setting", kNote, "declare it in the spec, or correct its name"},
    {"unpaired-step", kError, "give a cursor both step and cursor_granularity, or neither"},
    {"granularity-exceeds-step", kError, "make cursor_granularity shorter than step"},
    {"step-exceeds-range", kWarning, "make step shorter than the time from start to end"},
    {"window-gap", kNote, "make cursor_granularity the smallest unit that datetime_format writes"},
    {"missing-lookback", kNote, "add a lookback_window, so that late changes are read again"},
    {"unstable-page-order", kWarning, "sort by a unique field, or add one as the last sort key"},
    {"tied-page-cursor", kWarning,
     "page by a token of the API, or by a unique field of the record"},
    {"moving-start", kNote,
     "put the cursor into an Overlap, whose start is for the first run only"},
    {"plain-secret", kWarning, "take it from the configuration: \"{{ config['…'] }}\""},
    {"not-portable", kError, "leave it out where the reference has to run the manifest"},
};

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::Note: return "note";
    case Severity::Warning: return "warning";
    case Severity::Error: return "error";
  }
  return "error";
}

std::span<const LintRule> lint_rules() { return kRules; }

const LintRule& lint_rule(std::string_view id) {
  const auto* const found = std::find_if(std::begin(kRules), std::end(kRules),
                                         [&](const LintRule& rule) { return rule.id == id; });
  CHECK(found != std::end(kRules));
  return *found;
}

}  // namespace tendril
