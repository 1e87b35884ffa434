#include "expr/template.h"

#include <atomic>
#include <utility>

#include "expr/compare.h"
#include "expr/compiler.h"
#include "expr/evaluation.h"
#include "expr/evaluator.h"
#include "expr/lexer.h"
#include "expr/literal.h"
#include "expr/outcome.h"
#include "expr/parser.h"
#include "expr/template_error.h"
#include "expr/term_text.h"

namespace tendril {
namespace {

const Value& empty_text() {
  static const Value kEmpty("");
  return kEmpty;
}

}  // namespace

Scope::Scope(const std::vector<std::string>& names) {
  names_.reserve(names.size());
  for (const std::string& aliases : names) {
    std::vector<std::string>& slot = names_.emplace_back();
    for (std::size_t start = 0; start <= aliases.size();) {
      const std::size_t end = std::min(aliases.find('|', start), aliases.size());
      slot.push_back(aliases.substr(start, end - start));
      start = end + 1;
    }
  }
}

std::optional<std::size_t> Scope::slot(std::string_view name) const {
  for (std::size_t slot = 0; slot < names_.size(); ++slot) {
    for (const std::string& alias : names_[slot]) {
      if (alias == name) {
        return slot;
      }
    }
  }
  return std::nullopt;
}

struct Template::Program {
  std::string source;
  bool is_constant = false;    // There is no tag.
  std::string text;            // Of a constant.
  Value value;                 // Of a constant, converted.
  const Path* path = nullptr;  // All that the code does is to follow it.
  Code code;
  mutable std::atomic<bool> has_warned = false;

  Error fault(const Evaluation& evaluation, std::size_t offset) const {
    return template_error(source, offset, evaluation.message(), evaluation.code());
  }

  // Whether the template stands for its own text, where the evaluation has failed.
  bool is_forgiven(const Evaluation& evaluation, std::size_t offset) const {
    Log* const log = evaluation.context().forgiving_log();
    if (evaluation.fault() != Fault::Type || log == nullptr) {
      return false;
    }
    if (!has_warned.exchange(true, std::memory_order_relaxed)) {
      log->warning("template can not be evaluated, and stands for its own text",
                   {{"why", fault(evaluation, offset).message}});
    }
    return true;
  }

  Status check_variables() const {
    if (code.undeclared.empty()) [[likely]] {
      return {};
    }
    return template_error(source, code.undeclared_offset,
                          "variable is unknown: " + code.undeclared);
  }

  // The value at the end of `path`: nullptr when something on the way is missing. nullopt when
  // it takes the code to get there, or the value needs a conversion.
  std::optional<const Value*> plain_value(const Context& context) const {
    if (path == nullptr) {
      return std::nullopt;
    }
    const PathEnd end = follow(*path, context);
    if (end.value != nullptr && end.keys_used < path->keys.size()) {
      return std::nullopt;
    }
    return end.value;
  }
};

Template::Template(std::unique_ptr<const Program> program) : program_(std::move(program)) {}
Template::Template(Template&&) noexcept = default;
Template& Template::operator=(Template&&) noexcept = default;
Template::~Template() = default;

Result<Template> Template::compile(std::string_view text, const Scope& scope) {
  auto program = std::make_unique<Program>();
  program->source = text;
  std::vector<Token> tokens = TRY(tokenize(program->source));
  if (is_plain_text(text)) {
    program->is_constant = true;
    program->text = tokens.size() > 1 ? std::move(tokens[0].text) : std::string();
    program->value = outcome_of_text(program->text);
    return Template(std::unique_ptr<const Program>(std::move(program)));
  }
  const std::vector<Statement> statements = TRY(parse_template(program->source, std::move(tokens)));
  program->code = TRY(compile_template(program->source, statements, scope));
  const Code& code = program->code;
  if (code.is_expression && code.instructions.size() == 1 &&
      code.instructions[0].op == OpCode::Path) {
    program->path = &code.paths[0];
  }
  return Template(std::unique_ptr<const Program>(std::move(program)));
}

const std::string& Template::source() const { return program_->source; }

bool Template::is_constant() const { return program_->is_constant; }

Result<const Value*> Template::evaluate(const Context& context, Value& scratch) const {
  if (program_->is_constant) {
    return &program_->value;
  }
  TRY(program_->check_variables());
  if (const auto plain = program_->plain_value(context)) {
    if (*plain == nullptr) {
      return &empty_text();
    }
    const std::string* const text = (*plain)->as_string();
    if (text == nullptr ? reads_back(**plain) : !may_be_literal(*text)) {
      return *plain;
    }
  }
  Evaluation evaluation(context);
  std::size_t offset = 0;
  std::string out;
  if (std::string* reusable = program_->code.is_expression ? nullptr : scratch.as_string()) {
    out = std::move(*reusable);
    out.clear();
  }
  const Term term = run_code(evaluation, program_->code, out, offset);
  if (evaluation.fault() == Fault::Undefined ||
      (evaluation.ok() && term.is(Term::Kind::Undefined) && program_->code.is_expression)) {
    return &empty_text();
  }
  if (evaluation.ok() && program_->code.is_expression) {
    put_outcome(evaluation, term, scratch);
  } else if (evaluation.ok()) {
    auto literal = parse_literal(out);
    scratch = literal ? *std::move(literal) : Value(std::move(out));
  }
  if (!evaluation.ok() && program_->is_forgiven(evaluation, offset)) {
    scratch = Value(program_->source);
  } else if (!evaluation.ok()) {
    return program_->fault(evaluation, offset);
  }
  return &scratch;
}

Result<Value> Template::evaluate(const Context& context) const {
  Value scratch;
  const Value* const value = TRY(evaluate(context, scratch));
  if (value == &scratch) {
    return scratch;
  }
  return *value;
}

Result<std::string_view> Template::to_text(const Context& context, std::string& scratch) const {
  if (program_->is_constant) {
    return std::string_view(program_->text);
  }
  TRY(program_->check_variables());
  if (const auto plain = program_->plain_value(context)) {
    if (*plain == nullptr || (*plain)->is_null()) {
      return std::string_view();
    }
    if (const std::string* text = (*plain)->as_string()) {
      return std::string_view(*text);
    }
  }
  Evaluation evaluation(context);
  std::size_t offset = 0;
  scratch.clear();
  const Term term = run_code(evaluation, program_->code, scratch, offset);
  if (evaluation.ok() && program_->code.is_expression && !term.is(Term::Kind::None)) {
    append_text(evaluation, scratch, term);
    // What the filter "string" made of something that is no text: see its definition.
    if (scratch.starts_with(R"(""")")) {
      const auto literal = parse_literal(scratch);
      const std::string* const inner = literal ? literal->as_string() : nullptr;
      scratch = inner == nullptr ? scratch : std::string(*inner);
    }
  }
  if (evaluation.fault() == Fault::Undefined) {
    return std::string_view();
  }
  if (!evaluation.ok() && program_->is_forgiven(evaluation, offset)) {
    scratch = program_->source;
  } else if (!evaluation.ok()) {
    return program_->fault(evaluation, offset);
  }
  return std::string_view(scratch);
}

Result<std::string> Template::to_text(const Context& context) const {
  std::string scratch;
  const std::string_view text = TRY(to_text(context, scratch));
  return std::string(text);
}

Result<bool> Template::to_bool(const Context& context) const {
  Value scratch;
  const Value* const value = TRY(evaluate(context, scratch));
  return is_true_outcome(*value);
}

}  // namespace tendril
