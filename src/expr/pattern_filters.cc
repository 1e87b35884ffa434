// The filters of regular expressions. Patterns run in linear time whatever they look like, so
// what cannot, such as a look-ahead, is refused.
#include <vector>

#include <fmt/format.h>
#include <re2/re2.h>

#include "core/utf8.h"
#include "expr/function.h"

namespace tendril {
namespace {

class Pattern : public Prepared {
 public:
  explicit Pattern(std::string_view text)
      : regex(re2::StringPiece(text.data(), text.size()), options()) {}

  static RE2::Options options() {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(8 << 20);
    return options;
  }

  const RE2 regex;
};

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

Result<std::unique_ptr<const Prepared>> prepare(std::span<const Value* const> constants) {
  const std::string* const text =
      constants.size() > 1 && constants[1] != nullptr ? constants[1]->as_string() : nullptr;
  if (text == nullptr) {
    return std::unique_ptr<const Prepared>();
  }
  auto pattern = std::make_unique<Pattern>(*text);
  if (!pattern->regex.ok()) {
    return Error{ErrorCode::InvalidConfig,
                 "regular expression is not supported: " + pattern->regex.error()};
  }
  return std::unique_ptr<const Prepared>(std::move(pattern));
}

// Calls `use` with the pattern that is the second argument.
template <class Use>
Term with_pattern(const FunctionCall& call, Use use) {
  if (call.prepared != nullptr) {
    return use(static_cast<const Pattern*>(call.prepared)->regex);
  }
  const Pattern pattern(call.text(1));
  if (!pattern.regex.ok()) {
    return call.fail("regular expression is not supported: " + pattern.regex.error());
  }
  return use(pattern.regex);
}

Term regex_search(const FunctionCall& call) {
  if (!call[0].is(Term::Kind::Text)) {
    return call.fail_type(fmt::format("expected a text instead of {}", name_of(call[0].kind())));
  }
  return with_pattern(call, [&](const RE2& regex) {
    re2::StringPiece groups[2];
    const bool found =
        regex.NumberOfCapturingGroups() > 0 &&
        regex.Match(piece(call[0].text()), 0, call[0].text().size(), RE2::UNANCHORED, groups, 2);
    if (!found) {
      return Term::text("");
    }
    return groups[1].data() == nullptr ? Term::none()
                                       : Term::text({groups[1].data(), groups[1].size()});
  });
}

// RE2::GlobalReplace with a limit on the length of the result.
Term replaced(const FunctionCall& call, const RE2& regex, re2::StringPiece rewrite) {
  const std::string_view text = call[0].text();
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(1 + RE2::MaxSubmatch(rewrite)));
  std::string out;
  std::size_t done = 0;  // What lies before is in `out`.
  std::size_t from = 0;
  while (from <= text.size() && out.size() <= kTextBytesMax && call.evaluation.spend(8) &&
         regex.Match(piece(text), from, text.size(), RE2::UNANCHORED, groups.data(),
                     static_cast<int>(groups.size()))) {
    const auto start = static_cast<std::size_t>(groups[0].data() - text.data());
    out.append(text.substr(done, start - done));
    regex.Rewrite(&out, rewrite, groups.data(), static_cast<int>(groups.size()));
    done = start + groups[0].size();
    // After an empty match, the next one starts a character further.
    from = groups[0].empty() ? done + (done < text.size() ? character_length(text.substr(done)) : 1)
                             : done;
  }
  return call.heap().text(out.append(text.substr(done)));
}

Term regex_replace(const FunctionCall& call) {
  if (!call[0].is(Term::Kind::Text)) {
    return call.fail_type(fmt::format("expected a text instead of {}", name_of(call[0].kind())));
  }
  return with_pattern(call, [&](const RE2& regex) {
    std::string error;
    if (!regex.CheckRewriteString(piece(call.text(2)), &error)) {
      return call.fail("replacement is not supported: " + error);
    }
    return replaced(call, regex, piece(call.text(2)));
  });
}

constexpr FunctionSpec kSpecs[] = {
    {.name = "regex_search",
     .parameters = "value regex",
     .native = regex_search,
     .summary = "Returns the first group of the first place that a regular expression matches.",
     .example = R"({{ '/items?page=12&n=1' | regex_search('page=(\\d+)') }})",
     .result = "12",
     .prepare = prepare},
    {.name = "regex_replace",
     .parameters = "value regex replacement",
     .native = regex_replace,
     .summary = "Replaces each place that a regular expression matches.",
     .example = R"({{ 'a1b22' | regex_replace('[0-9]+', '-') }})",
     .result = R"("a-b-")",
     .prepare = prepare},
};

}  // namespace

std::span<const FunctionSpec> pattern_filters() { return kSpecs; }

}  // namespace tendril
