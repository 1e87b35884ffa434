#include "expr/function.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include <fmt/format.h>

#include "expr/compare.h"
#include "expr/term_text.h"

namespace tendril {
namespace {

struct Table {
  FunctionKind kind;
  std::span<const FunctionSpec> specs;
};

const std::vector<Table>& tables() {
  static const std::vector<Table> kTables{
      {FunctionKind::Function, time_functions()},  {FunctionKind::Function, value_functions()},
      {FunctionKind::Filter, text_filters()},      {FunctionKind::Filter, number_filters()},
      {FunctionKind::Filter, list_filters()},      {FunctionKind::Filter, record_filters()},
      {FunctionKind::Filter, encoding_filters()},  {FunctionKind::Filter, pattern_filters()},
      {FunctionKind::Predicate, predicates()},     {FunctionKind::Method, text_methods()},
      {FunctionKind::Method, container_methods()}, {FunctionKind::Method, time_methods()},
  };
  return kTables;
}

using Index = std::array<std::unordered_map<std::string_view, std::vector<const FunctionSpec*>>, 4>;

const Index& index() {
  static const Index kIndex = [] {
    Index made;
    for (const Table& table : tables()) {
      for (const FunctionSpec& spec : table.specs) {
        made[static_cast<std::size_t>(table.kind)][spec.name].push_back(&spec);
      }
    }
    return made;
  }();
  return kIndex;
}

const std::vector<const FunctionSpec*>& specs_of(FunctionKind kind, std::string_view name) {
  static const std::vector<const FunctionSpec*> kNone;
  const auto& by_name = index()[static_cast<std::size_t>(kind)];
  const auto found = by_name.find(name);
  return found == by_name.end() ? kNone : found->second;
}

std::string_view kind_name(FunctionKind kind) {
  switch (kind) {
    case FunctionKind::Function: return "function";
    case FunctionKind::Filter: return "filter";
    case FunctionKind::Predicate: return "test";
    case FunctionKind::Method: return "method";
  }
  return "function";
}

// Removes the first of the parameters in `rest`.
std::string_view take_parameter(std::string_view& rest) {
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view name = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return name;
}

}  // namespace

std::string_view FunctionCall::text(std::size_t index) const {
  return text_of(evaluation, arguments[index]);
}

std::int64_t FunctionCall::integer(std::size_t index, std::int64_t otherwise) const {
  if (!has(index)) {
    return otherwise;
  }
  if (!arguments[index].is_integral()) {
    wrong_type(index, "an integer");
    return otherwise;
  }
  return arguments[index].as_int();
}

bool FunctionCall::flag(std::size_t index, bool otherwise) const {
  return has(index) ? is_true(arguments[index]) : otherwise;
}

Term FunctionCall::wrong_type(std::size_t index, std::string_view wanted) const {
  if (arguments[index].is(Term::Kind::Undefined)) {
    return evaluation.fail_undefined();
  }
  return fail_type(
      fmt::format("expected {} instead of {}", wanted, name_of(arguments[index].kind())));
}

Signature signature_of(const FunctionSpec& spec) {
  Signature signature;
  for (std::string_view rest = spec.parameters; !rest.empty();) {
    const std::string_view name = take_parameter(rest);
    if (name == "*") {
      signature.variadic = true;
    } else if (name == "**") {
      signature.keywords = true;
    } else {
      ++signature.named;
      signature.required += name.ends_with('=') ? 0 : 1;
    }
  }
  return signature;
}

std::optional<std::size_t> parameter_place(const FunctionSpec& spec, std::string_view name) {
  std::size_t place = 0;
  for (std::string_view rest = spec.parameters; !rest.empty(); ++place) {
    std::string_view parameter = take_parameter(rest);
    parameter.remove_suffix(parameter.ends_with('=') ? 1 : 0);
    if (parameter == name) {
      return place;
    }
  }
  return std::nullopt;
}

const FunctionSpec* find_function(FunctionKind kind, std::string_view name) {
  const auto& found = specs_of(kind, name);
  return found.empty() ? nullptr : found.front();
}

std::vector<const FunctionSpec*> find_methods(std::string_view name) {
  return specs_of(FunctionKind::Method, name);
}

const FunctionSpec* method_of(std::span<const FunctionSpec* const> methods, Term::Kind receiver) {
  const auto found = std::find_if(methods.begin(), methods.end(), [receiver](const auto* spec) {
    return spec->receiver == receiver;
  });
  return found == methods.end() ? nullptr : *found;
}

Term call_function(Evaluation& evaluation, const FunctionSpec& spec,
                   std::span<const Term> arguments, const Prepared* prepared) {
  const Signature signature = signature_of(spec);
  if (arguments.size() < signature.required || arguments.size() > signature.max()) {
    return evaluation.fail_type(
        fmt::format("{} does not take {} arguments", spec.name, arguments.size()));
  }
  return spec.native(FunctionCall{evaluation, arguments, prepared});
}

std::span<const FunctionDoc> function_docs() {
  static const std::vector<FunctionDoc> kDocs = [] {
    std::vector<FunctionDoc> docs;
    for (const Table& table : tables()) {
      for (const FunctionSpec& spec : table.specs) {
        docs.push_back({spec.name, kind_name(table.kind), spec.summary, spec.example, spec.result});
      }
    }
    return docs;
  }();
  return kDocs;
}

}  // namespace tendril
