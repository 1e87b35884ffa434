// The part of ExpressionParser that reads what follows a value: attributes, subscripts, calls,
// filters and predicates.
#include "expr/expression_parser.h"

namespace tendril {

Result<ExpressionPtr> ExpressionParser::parse_postfix(ExpressionPtr object) {
  while (true) {
    if (peek().is_operator(".")) {
      object = TRY(parse_attribute(std::move(object)));
    } else if (peek().is_operator("[")) {
      object = TRY(parse_subscript(std::move(object)));
    } else if (peek().is_operator("(")) {
      const std::size_t offset = peek().offset;
      std::vector<ExpressionPtr> callee;
      callee.push_back(std::move(object));
      object = TRY(make(ExpressionKind::Call, offset, std::move(callee)));
      TRY(parse_arguments(*object));
      object = TRY(finish(std::move(object)));
    } else {
      return object;
    }
  }
}

Result<ExpressionPtr> ExpressionParser::parse_attribute(ExpressionPtr object) {
  const std::size_t offset = take().offset;
  const Token name = take();
  std::vector<ExpressionPtr> children;
  children.push_back(std::move(object));
  if (name.kind == TokenKind::Integer) {
    ExpressionPtr key = TRY(parse_number(name));
    children.push_back(std::move(key));
    return make(ExpressionKind::Subscript, offset, std::move(children));
  }
  if (name.kind != TokenKind::Name) {
    return fail_at(name.offset, "expected a name or number after the dot");
  }
  ExpressionPtr attribute = TRY(make(ExpressionKind::Attribute, offset, std::move(children)));
  attribute->name = name.text;
  return attribute;
}

Result<ExpressionPtr> ExpressionParser::parse_subscript(ExpressionPtr object) {
  const std::size_t offset = take().offset;
  std::vector<ExpressionPtr> children;
  children.push_back(std::move(object));
  std::size_t colons = 0;
  while (!peek().is_operator("]")) {
    if (skip_operator(":")) {
      if (++colons > 2) {
        return fail_at(offset, "slice has more than three parts");
      }
      children.resize(colons + 1);
      continue;
    }
    if (children.size() > colons + 1) {
      return expected("\"]\"");
    }
    ExpressionPtr part = TRY(parse_expression());
    children.push_back(std::move(part));
  }
  TRY(expect_operator("]"));
  if (colons == 0) {
    if (children.size() == 1) {
      return fail_at(offset, "subscript is empty");
    }
    return make(ExpressionKind::Subscript, offset, std::move(children));
  }
  children.resize(4);
  return make(ExpressionKind::Slice, offset, std::move(children));
}

// Reads "(1, b=2)" onto the children of `call`.
Status ExpressionParser::parse_arguments(Expression& call) {
  const std::size_t first = call.children.size();
  TRY(expect_operator("("));
  while (!peek().is_operator(")")) {
    if (call.children.size() > first) {
      TRY(expect_operator(","));
      if (peek().is_operator(")")) {
        break;
      }
    }
    if (peek().is_operator("*") || peek().is_operator("**")) {
      return fail_at(peek().offset, "not supported yet: spread arguments", ErrorCode::Unsupported);
    }
    const bool keyword = peek().kind == TokenKind::Name && peek(1).is_operator("=");
    if (keyword) {
      call.keywords.push_back(take().text);
      take();
    } else if (!call.keywords.empty()) {
      return fail_at(peek().offset, "argument without a name follows one with a name");
    }
    ExpressionPtr argument = TRY(parse_expression());
    call.children.push_back(std::move(argument));
  }
  return expect_operator(")");
}

Result<ExpressionPtr> ExpressionParser::parse_filters(ExpressionPtr input) {
  while (true) {
    if (peek().is_operator("|")) {
      input = TRY(parse_filter(std::move(input)));
    } else if (peek().is_name("is")) {
      input = TRY(parse_predicate(std::move(input)));
    } else if (peek().is_operator("(")) {
      // "x | f (1)" calls what the filter returns, which never is a function.
      return fail_at(peek().offset, "value is not a function");
    } else {
      return input;
    }
  }
}

Result<ExpressionPtr> ExpressionParser::parse_filter(ExpressionPtr input) {
  const std::size_t offset = take().offset;
  std::vector<ExpressionPtr> children;
  children.push_back(std::move(input));
  ExpressionPtr filter = TRY(make(ExpressionKind::Filter, offset, std::move(children)));
  filter->name = TRY(parse_dotted_name("the name of a filter"));
  if (peek().is_operator("(")) {
    TRY(parse_arguments(*filter));
  }
  return finish(std::move(filter));
}

Result<ExpressionPtr> ExpressionParser::parse_predicate(ExpressionPtr input) {
  const std::size_t offset = take().offset;
  const bool negated = skip_name("not");
  std::vector<ExpressionPtr> children;
  children.push_back(std::move(input));
  ExpressionPtr predicate = TRY(make(ExpressionKind::Predicate, offset, std::move(children)));
  predicate->name = TRY(parse_dotted_name("the name of a test"));
  const Token& next = peek();
  const bool keyword = next.is_name("else") || next.is_name("or") || next.is_name("and") ||
                       next.is_name("if") || next.is_name("is") || next.is_name("not") ||
                       next.is_name("in");
  if (next.is_operator("(")) {
    TRY(parse_arguments(*predicate));
  } else if (next.kind == TokenKind::String || next.kind == TokenKind::Integer ||
             next.kind == TokenKind::Float || (next.kind == TokenKind::Name && !keyword) ||
             next.is_operator("[") || next.is_operator("{")) {
    // "x is divisibleby 3": one argument may do without parentheses.
    ExpressionPtr argument = TRY(parse_primary());
    argument = TRY(parse_postfix(std::move(argument)));
    predicate->children.push_back(std::move(argument));
  }
  predicate = TRY(finish(std::move(predicate)));
  if (!negated) {
    return predicate;
  }
  std::vector<ExpressionPtr> operand;
  operand.push_back(std::move(predicate));
  return make(ExpressionKind::Unary, offset, std::move(operand));
}

Result<std::string> ExpressionParser::parse_dotted_name(std::string_view what) {
  if (peek().kind != TokenKind::Name) {
    return expected(what);
  }
  std::string name = take().text;
  while (peek().is_operator(".") && peek(1).kind == TokenKind::Name) {
    take();
    name += "." + take().text;
  }
  return name;
}

}  // namespace tendril
