#include "expr/expression_compiler.h"

#include <algorithm>

#include "expr/template_error.h"

namespace tendril {
namespace {

bool is_constant(const ExpressionPtr& expression) {
  return expression->kind == ExpressionKind::Constant;
}

}  // namespace

Error ExpressionCompiler::fail_at(std::size_t offset, std::string_view message) const {
  return template_error(source_, offset, message);
}

Status ExpressionCompiler::compile(const Expression& expression) {
  if (compile_path(expression)) {
    return {};
  }
  switch (expression.kind) {
    case ExpressionKind::Constant:
      emitter_.emit(OpCode::Constant, +1, expression.offset,
                    emitter_.constant(expression.constant));
      return {};
    case ExpressionKind::Name: return load_name(expression.name, expression.offset);
    case ExpressionKind::ListLiteral: return compile_items(expression, OpCode::MakeList);
    case ExpressionKind::TupleLiteral: return compile_items(expression, OpCode::MakeTuple);
    case ExpressionKind::MapLiteral: return compile_items(expression, OpCode::MakeMap);
    case ExpressionKind::Concat: return compile_items(expression, OpCode::Concat);
    case ExpressionKind::Attribute: return compile_attribute(expression);
    case ExpressionKind::Subscript: return compile_subscript(expression);
    case ExpressionKind::Slice: return compile_slice(expression);
    case ExpressionKind::Unary:
      return compile_operator(expression, OpCode::Unary,
                              static_cast<std::uint8_t>(expression.unary));
    case ExpressionKind::Binary:
      return compile_operator(expression, OpCode::Binary,
                              static_cast<std::uint8_t>(expression.binary));
    case ExpressionKind::Compare: return compile_comparison(expression);
    case ExpressionKind::And: return compile_short_cut(expression, OpCode::JumpIfFalseKeep);
    case ExpressionKind::Or: return compile_short_cut(expression, OpCode::JumpIfTrueKeep);
    case ExpressionKind::Conditional: return compile_conditional(expression);
    case ExpressionKind::Call: return compile_call(expression);
    case ExpressionKind::Filter: return compile_named(expression, FunctionKind::Filter, "filter");
    case ExpressionKind::Predicate:
      return compile_named(expression, FunctionKind::Predicate, "test");
  }
  return {};
}

Status ExpressionCompiler::load_name(const std::string& name, std::size_t offset) {
  if (const auto local = name.empty() ? captured_ : emitter_.local(name)) {
    emitter_.emit(OpCode::Local, +1, offset, *local);
    return {};
  }
  if (const auto slot = scope_.slot(name)) {
    emitter_.emit(OpCode::Slot, +1, offset, *slot);
    return {};
  }
  if (name == "self") {  // The template itself; ours have no blocks that could be members of it.
    emitter_.emit(OpCode::Constant, +1, offset, emitter_.constant(Map()));
    return {};
  }
  if (find_function(FunctionKind::Function, name) != nullptr) {
    return fail_at(offset, "function is not called: " + name);
  }
  if (emitter_.code.undeclared.empty()) {
    emitter_.code.undeclared = name;
    emitter_.code.undeclared_offset = offset;
  }
  emitter_.emit(OpCode::Undefined, +1, offset);
  return {};
}

Status ExpressionCompiler::compile_items(const Expression& expression, OpCode op) {
  for (const ExpressionPtr& child : expression.children) {
    TRY(compile(*child));
  }
  const std::size_t count = expression.children.size();
  emitter_.emit(op, 1 - static_cast<int>(count), expression.offset, count);
  return {};
}

bool ExpressionCompiler::compile_path(const Expression& expression) {
  Path path;
  const Expression* at = &expression;
  while (at->kind == ExpressionKind::Attribute || at->kind == ExpressionKind::Subscript) {
    Path::Key key;
    if (at->kind == ExpressionKind::Attribute) {
      key.name = at->name;
    } else if (!is_constant(at->children[1])) {
      return false;
    } else if (const std::string* name = at->children[1]->constant.as_string()) {
      key.name = *name;
    } else if (const std::int64_t* index = at->children[1]->constant.as_int()) {
      key.index = *index;
      key.is_index = true;
    } else {
      return false;
    }
    path.keys.push_back(std::move(key));
    at = at->children[0].get();
  }
  const auto slot = at->kind == ExpressionKind::Name ? scope_.slot(at->name) : std::nullopt;
  if (!slot || emitter_.local(at->name)) {
    return false;
  }
  path.slot = *slot;
  std::reverse(path.keys.begin(), path.keys.end());
  emitter_.code.paths.push_back(std::move(path));
  emitter_.emit(OpCode::Path, +1, expression.offset, emitter_.code.paths.size() - 1);
  return true;
}

Status ExpressionCompiler::compile_attribute(const Expression& expression) {
  TRY(compile(*expression.children[0]));
  emitter_.emit(OpCode::Attribute, 0, expression.offset, emitter_.name(expression.name));
  return {};
}

Status ExpressionCompiler::compile_subscript(const Expression& expression) {
  TRY(compile(*expression.children[0]));
  TRY(compile(*expression.children[1]));
  emitter_.emit(OpCode::Subscript, -1, expression.offset);
  return {};
}

Status ExpressionCompiler::compile_slice(const Expression& expression) {
  for (const ExpressionPtr& child : expression.children) {
    if (child == nullptr) {
      emitter_.emit(OpCode::Absent, +1, expression.offset);
    } else {
      TRY(compile(*child));
    }
  }
  emitter_.emit(OpCode::Slice, -3, expression.offset);
  return {};
}

Status ExpressionCompiler::compile_operator(const Expression& expression, OpCode op,
                                            std::uint8_t detail) {
  for (const ExpressionPtr& child : expression.children) {
    TRY(compile(*child));
  }
  const int effect = 1 - static_cast<int>(expression.children.size());
  emitter_.emit(op, effect, expression.offset, {.detail = detail});
  return {};
}

// "a < b < c" is "a < b and b < c" with b computed once.
Status ExpressionCompiler::compile_comparison(const Expression& expression) {
  const std::size_t count = expression.comparisons.size();
  std::vector<std::size_t> exits;
  TRY(compile(*expression.children[0]));
  for (std::size_t i = 0; i < count; ++i) {
    const Expression& right = *expression.children[i + 1];
    const bool search = expression.comparisons[i] == Comparison::In ||
                        expression.comparisons[i] == Comparison::NotIn;
    const bool list =
        right.kind == ExpressionKind::ListLiteral || right.kind == ExpressionKind::TupleLiteral;
    if (search && list && std::all_of(right.children.begin(), right.children.end(), is_constant)) {
      // Nothing can change this list, so it is made once.
      List items;
      for (const ExpressionPtr& item : right.children) {
        items.push_back(item->constant);
      }
      emitter_.emit(OpCode::Constant, +1, right.offset, emitter_.constant(std::move(items)));
    } else {
      TRY(compile(right));
    }
    const auto detail = static_cast<std::uint8_t>(expression.comparisons[i]);
    const bool last = i + 1 == count;
    const std::size_t place = emitter_.emit(last ? OpCode::Compare : OpCode::CompareChain, -1,
                                            expression.offset, {.detail = detail});
    if (!last) {
      exits.push_back(place);
    }
  }
  for (const std::size_t exit : exits) {
    emitter_.land(exit);
  }
  return {};
}

Status ExpressionCompiler::compile_short_cut(const Expression& expression, OpCode jump) {
  TRY(compile(*expression.children[0]));
  const std::size_t exit = emitter_.emit(jump, -1, expression.offset);
  TRY(compile(*expression.children[1]));
  emitter_.land(exit);
  return {};
}

Status ExpressionCompiler::compile_conditional(const Expression& expression) {
  TRY(compile(*expression.children[1]));
  const std::size_t to_other = emitter_.emit(OpCode::JumpIfFalse, -1, expression.offset);
  TRY(compile(*expression.children[0]));
  const std::size_t to_end = emitter_.emit(OpCode::Jump, 0, expression.offset);
  emitter_.land(to_other);
  emitter_.adjust(-1);
  if (expression.children[2] == nullptr) {
    emitter_.emit(OpCode::Undefined, +1, expression.offset);
  } else {
    TRY(compile(*expression.children[2]));
  }
  emitter_.land(to_end);
  return {};
}

}  // namespace tendril
