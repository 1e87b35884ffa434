// ExpressionCompiler: the part of the compiler that turns one expression into code which leaves
// its value on the stack.
#pragma once

#include <string_view>
#include <vector>

#include "core/result.h"
#include "expr/ast.h"
#include "expr/emitter.h"
#include "expr/template.h"

namespace tendril {

class ExpressionCompiler {
 public:
  ExpressionCompiler(std::string_view source, const Scope& scope, Emitter& emitter)
      : source_(source), scope_(scope), emitter_(emitter) {}

  Status compile(const Expression& expression);
  // Puts the value of the variable `name` onto the stack.
  Status load_name(const std::string& name, std::size_t offset);

  Error fail_at(std::size_t offset, std::string_view message) const;

  // The local that the variable without a name stands for: see StatementKind::Capture.
  void set_captured(std::optional<std::size_t> local) { captured_ = local; }

 private:
  Status compile_items(const Expression& expression, OpCode op);
  Status compile_attribute(const Expression& expression);
  Status compile_subscript(const Expression& expression);
  Status compile_slice(const Expression& expression);
  Status compile_operator(const Expression& expression, OpCode op, std::uint8_t detail);
  Status compile_comparison(const Expression& expression);
  Status compile_short_cut(const Expression& expression, OpCode jump);
  Status compile_conditional(const Expression& expression);

  // Calls; see call_compiler.cc.
  Status compile_call(const Expression& call);
  Status compile_method(const Expression& call);
  Status compile_named(const Expression& call, FunctionKind kind, std::string_view what);
  // Compiles the children from `first` on into the places that `spec` gives them, and returns
  // how many there are with the `already` ones on the stack.
  Result<std::size_t> compile_arguments(const Expression& call, std::size_t first,
                                        std::size_t already, const FunctionSpec& spec);
  Result<std::vector<const Expression*>> placed_arguments(const Expression& call, std::size_t first,
                                                          std::size_t already,
                                                          const FunctionSpec& spec) const;
  const FunctionSpec* method_for(const Expression& call, const std::string& name) const;
  Result<std::size_t> make_call_site(const FunctionSpec& spec, const Expression& call,
                                     std::size_t first);

  // Compiles a variable of the scope, with a chain of constant members or without, as one path.
  // Returns false when the expression is none.
  bool compile_path(const Expression& expression);

  std::string_view source_;
  const Scope& scope_;
  Emitter& emitter_;
  std::optional<std::size_t> captured_;
};

}  // namespace tendril
