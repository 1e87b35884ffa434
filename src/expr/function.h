// Functions, filters, methods and predicates of the language: how one is declared, called and
// found.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "expr/evaluation.h"
#include "expr/term.h"

namespace tendril {

// What a function made of its constant arguments when the template was compiled.
class Prepared {
 public:
  virtual ~Prepared() = default;
};

// One call while it runs. The input of a filter, predicate or method is its first argument.
struct FunctionCall {
  Evaluation& evaluation;
  std::span<const Term> arguments;
  const Prepared* prepared = nullptr;

  TermHeap& heap() const { return evaluation.heap(); }
  const Term& operator[](std::size_t index) const { return arguments[index]; }
  bool has(std::size_t index) const {
    return index < arguments.size() && !arguments[index].is(Term::Kind::Absent);
  }
  // The text of an argument, by Python's str().
  std::string_view text(std::size_t index) const;
  // An integer argument. Faults: it is given and is none.
  std::int64_t integer(std::size_t index, std::int64_t otherwise) const;
  // The truth of an argument.
  bool flag(std::size_t index, bool otherwise) const;
  Term fail(std::string message) const { return evaluation.fail(std::move(message)); }
  Term fail_type(std::string message) const { return evaluation.fail_type(std::move(message)); }
  // Fails because the argument has the wrong type; "undefined" where it is undefined.
  Term wrong_type(std::size_t index, std::string_view wanted) const;
};

enum class FunctionKind : std::uint8_t { Function, Filter, Predicate, Method };

struct FunctionSpec {
  using Native = Term (*)(const FunctionCall&);
  using Prepare = Result<std::unique_ptr<const Prepared>> (*)(std::span<const Value* const>);

  std::string_view name;
  // The names of the parameters with blanks between them: "value default=" has one that must
  // be given and one that may be; "*" takes any number more, "**" any keywords as a map.
  std::string_view parameters;
  Native native;
  std::string_view summary;
  std::string_view example;  // A whole template.
  std::string_view result;   // What it evaluates to, as JSON.
  // Methods only: the kind of value that has it.
  Term::Kind receiver = Term::Kind::Undefined;
  // Called when the template is compiled, with null for what is not constant.
  Prepare prepare = nullptr;
};

// The parameters of a spec, taken apart.
struct Signature {
  std::size_t named = 0;  // Parameters with names.
  std::size_t required = 0;
  bool variadic = false;
  bool keywords = false;

  // The most arguments that a call has, the map of keywords included.
  std::size_t max() const { return variadic ? SIZE_MAX : named + (keywords ? 1 : 0); }
};
Signature signature_of(const FunctionSpec& spec);
// The place of a parameter by its name.
std::optional<std::size_t> parameter_place(const FunctionSpec& spec, std::string_view name);

// Returns nullptr for an unknown name.
const FunctionSpec* find_function(FunctionKind kind, std::string_view name);
// The methods of that name, one for each kind of value that has it.
std::vector<const FunctionSpec*> find_methods(std::string_view name);
// The one of `methods` that a receiver has; nullptr when there is none.
const FunctionSpec* method_of(std::span<const FunctionSpec* const> methods, Term::Kind receiver);

// Calls by position. Faults: the number of arguments is wrong; whatever the function says.
Term call_function(Evaluation& evaluation, const FunctionSpec& spec,
                   std::span<const Term> arguments, const Prepared* prepared = nullptr);

// The tables, one for each file that defines functions.
std::span<const FunctionSpec> time_functions();
std::span<const FunctionSpec> value_functions();
std::span<const FunctionSpec> text_filters();
std::span<const FunctionSpec> number_filters();
std::span<const FunctionSpec> list_filters();
std::span<const FunctionSpec> record_filters();
std::span<const FunctionSpec> encoding_filters();
std::span<const FunctionSpec> pattern_filters();
std::span<const FunctionSpec> predicates();
std::span<const FunctionSpec> text_methods();
std::span<const FunctionSpec> container_methods();
std::span<const FunctionSpec> time_methods();

}  // namespace tendril
