// Template: one "{{ … }}" text of a manifest, compiled once and evaluated for each request or
// record. Behaves as the reference of the manifest language does.
//
//   const Scope scope({"config", "record"});
//   const Template path = TRY(Template::compile("/users/{{ config['id'] }}", scope));
//   Context context(scope, clock);
//   context.set(0, &config);
//   std::string url = TRY(path.to_text(context));
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/log.h"
#include "core/result.h"
#include "data/value.h"

namespace tendril {

// The names that templates may mention, each with a slot. Made once per kind of template.
class Scope {
 public:
  // Several names may share a slot: {"stream_slice|stream_partition", "config"}.
  explicit Scope(const std::vector<std::string>& names);

  std::optional<std::size_t> slot(std::string_view name) const;
  std::size_t size() const { return names_.size(); }

 private:
  std::vector<std::vector<std::string>> names_;  // By slot.
};

// The values of a scope's names for one evaluation. Cheap to make and change.
// Threads: one at a time.
class Context {
 public:
  // `scope` and `clock` must outlive the context.
  Context(const Scope& scope, const Clock& clock)
      : clock_(&clock), values_(scope.size(), nullptr) {}

  // `value` must outlive the evaluations; nullptr: the name is undefined.
  void set(std::size_t slot, const Value* value) { values_[slot] = value; }
  const Value* value(std::size_t slot) const { return values_[slot]; }
  const Clock& clock() const { return *clock_; }

  // A template that uses a value as one of another type ("none has no items") stands for its own
  // text from now on, as in the reference, and `log` warns of it once for each template. Without
  // a log it is an error. `log` must outlive the context.
  void forgive_types(Log& log) { log_ = &log; }
  Log* forgiving_log() const { return log_; }

 private:
  const Clock* clock_;
  Log* log_ = nullptr;
  std::vector<const Value*> values_;
};

// Threads: safe to share once compiled.
class Template {
 public:
  // Errors: InvalidConfig with line and column in the template and the template's text.
  // Unknown functions and filters are errors here; unknown variables only when evaluated.
  static Result<Template> compile(std::string_view text, const Scope& scope);

  Template(Template&&) noexcept;
  Template& operator=(Template&&) noexcept;
  ~Template();

  const std::string& source() const;

  // The text is no template: it evaluates to itself, without allocating.
  bool is_constant() const;

  // Evaluates and then converts as the reference does: the output is text, and text that
  // reads as a Python literal becomes that value ("{{ 1 }}" is the integer 1, "{{ ['a'] }}"
  // a list). Constants and plain paths ("{{ config['a'].b }}") return a pointer into the
  // template or the context and never allocate, unless a text has to be converted; anything
  // else is put into `scratch`.
  // Errors: InvalidConfig with the template and the position.
  Result<const Value*> evaluate(const Context& context, Value& scratch) const;
  Result<Value> evaluate(const Context& context) const;

  // Evaluates to text, without the conversion; for fields that are typed string. Undefined and
  // null give an empty text. The view points into the template, the context or `scratch`.
  Result<std::string_view> to_text(const Context& context, std::string& scratch) const;
  Result<std::string> to_text(const Context& context) const;

  // Evaluates to a truth value by the reference's list of false spellings: "", "False", "false",
  // "0", "0.0", "[]", "{}", "()", "None" and empty or zero values.
  Result<bool> to_bool(const Context& context) const;

 private:
  struct Program;
  explicit Template(std::unique_ptr<const Program> program);

  std::unique_ptr<const Program> program_;
};

// A function or filter of the language, for documentation and its tests: each example is run.
struct FunctionDoc {
  std::string_view name;
  std::string_view kind;  // "function", "filter" or "method".
  std::string_view summary;
  std::string_view example;  // A whole template.
  std::string_view result;   // What it evaluates to, as JSON.
};
std::span<const FunctionDoc> function_docs();

}  // namespace tendril
