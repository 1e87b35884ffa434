#include "expr/expression_parser.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "expr/limits.h"
#include "expr/template_error.h"

namespace tendril {
namespace {

std::vector<ExpressionPtr> children_of(ExpressionPtr first, ExpressionPtr second = nullptr) {
  std::vector<ExpressionPtr> children;
  children.push_back(std::move(first));
  if (second != nullptr) {
    children.push_back(std::move(second));
  }
  return children;
}

Value integer_value(const std::string& digits) {
  int base = 10;
  std::size_t start = 0;
  if (digits.size() > 2 && digits[0] == '0' && digits[1] >= 'a') {
    base = digits[1] == 'x' ? 16 : digits[1] == 'o' ? 8 : 2;
    start = 2;
  }
  std::int64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data() + start, end, number, base);
  if (error == std::errc() && stop == end) {
    return number;
  }
  return base == 10 && stop == end ? Value(BigNumber{digits}) : Value();
}

double float_value(const std::string& digits) {
  double number = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error == std::errc::result_out_of_range) {
    const bool tiny = digits.find("e-") != digits.npos;
    return tiny ? 0.0 : std::numeric_limits<double>::infinity();
  }
  return number;
}

}  // namespace

Token ExpressionParser::take() {
  Token token = peek();
  next_ += next_ + 1 < tokens_.size() ? 1 : 0;
  return token;
}

bool ExpressionParser::skip_operator(std::string_view symbol) {
  const bool found = peek().is_operator(symbol);
  next_ += found ? 1 : 0;
  return found;
}

bool ExpressionParser::skip_name(std::string_view name) {
  const bool found = peek().is_name(name);
  next_ += found ? 1 : 0;
  return found;
}

Status ExpressionParser::expect_operator(std::string_view symbol) {
  if (!skip_operator(symbol)) {
    return expected("\"" + std::string(symbol) + "\"");
  }
  return {};
}

Error ExpressionParser::fail_at(std::size_t offset, std::string_view message,
                                ErrorCode code) const {
  return template_error(source_, offset, message, code);
}

Error ExpressionParser::expected(std::string_view what) const {
  const Token& token = peek();
  std::string found = "\"" + token.text + "\"";
  if (token.kind == TokenKind::OutputEnd || token.kind == TokenKind::StatementEnd) {
    found = "the end of the tag";
  } else if (token.kind == TokenKind::End) {
    found = "the end of the template";
  }
  return fail_at(token.offset, "expected " + std::string(what) + " instead of " + found);
}

Status ExpressionParser::check_depth() const {
  if (depth_ >= kTemplateDepthMax) {
    return fail_at(peek().offset, "template is nested too deeply");
  }
  return {};
}

Result<ExpressionPtr> ExpressionParser::finish(ExpressionPtr expression) const {
  for (const ExpressionPtr& child : expression->children) {
    expression->depth = std::max(expression->depth, child == nullptr ? 0 : child->depth + 1);
  }
  if (expression->depth > kTemplateDepthMax) {
    return fail_at(expression->offset, "template is nested too deeply");
  }
  return expression;
}

Result<ExpressionPtr> ExpressionParser::make(ExpressionKind kind, std::size_t offset,
                                             std::vector<ExpressionPtr> children) const {
  auto expression = std::make_unique<Expression>();
  expression->kind = kind;
  expression->offset = offset;
  expression->children = std::move(children);
  return finish(std::move(expression));
}

Result<ExpressionPtr> ExpressionParser::parse_tuple() {
  const std::size_t offset = peek().offset;
  ExpressionPtr first = TRY(parse_expression());
  if (!peek().is_operator(",")) {
    return first;
  }
  std::vector<ExpressionPtr> items = children_of(std::move(first));
  while (skip_operator(",")) {
    const TokenKind next = peek().kind;
    if (next == TokenKind::OutputEnd || next == TokenKind::StatementEnd ||
        peek().is_operator(")")) {
      break;
    }
    ExpressionPtr item = TRY(parse_expression());
    items.push_back(std::move(item));
  }
  return make(ExpressionKind::TupleLiteral, offset, std::move(items));
}

Result<ExpressionPtr> ExpressionParser::parse_expression(bool allow_condition) {
  TRY(check_depth());
  const Level level(depth_);
  ExpressionPtr value = TRY(parse_or());
  while (allow_condition && peek().is_name("if")) {
    const std::size_t offset = take().offset;
    ExpressionPtr condition = TRY(parse_or());
    std::vector<ExpressionPtr> children = children_of(std::move(value), std::move(condition));
    ExpressionPtr other;
    if (skip_name("else")) {
      other = TRY(parse_expression());
    }
    children.push_back(std::move(other));
    value = TRY(make(ExpressionKind::Conditional, offset, std::move(children)));
  }
  return value;
}

Result<ExpressionPtr> ExpressionParser::parse_or() {
  ExpressionPtr left = TRY(parse_and());
  while (peek().is_name("or")) {
    const std::size_t offset = take().offset;
    ExpressionPtr right = TRY(parse_and());
    left = TRY(make(ExpressionKind::Or, offset, children_of(std::move(left), std::move(right))));
  }
  return left;
}

Result<ExpressionPtr> ExpressionParser::parse_and() {
  ExpressionPtr left = TRY(parse_not());
  while (peek().is_name("and")) {
    const std::size_t offset = take().offset;
    ExpressionPtr right = TRY(parse_not());
    left = TRY(make(ExpressionKind::And, offset, children_of(std::move(left), std::move(right))));
  }
  return left;
}

Result<ExpressionPtr> ExpressionParser::parse_not() {
  if (!peek().is_name("not")) {
    return parse_comparison();
  }
  TRY(check_depth());
  const Level level(depth_);
  const std::size_t offset = take().offset;
  ExpressionPtr operand = TRY(parse_not());
  return make(ExpressionKind::Unary, offset, children_of(std::move(operand)));
}

bool ExpressionParser::take_comparison(Comparison& comparison) {
  constexpr std::pair<std::string_view, Comparison> kSymbols[] = {
      {"==", Comparison::Equal},     {"!=", Comparison::NotEqual}, {"<", Comparison::Less},
      {"<=", Comparison::LessEqual}, {">", Comparison::Greater},   {">=", Comparison::GreaterEqual},
  };
  for (const auto& [symbol, meaning] : kSymbols) {
    if (skip_operator(symbol)) {
      comparison = meaning;
      return true;
    }
  }
  if (skip_name("in")) {
    comparison = Comparison::In;
    return true;
  }
  if (peek().is_name("not") && peek(1).is_name("in")) {
    next_ += 2;
    comparison = Comparison::NotIn;
    return true;
  }
  return false;
}

Result<ExpressionPtr> ExpressionParser::parse_comparison() {
  const std::size_t offset = peek().offset;
  ExpressionPtr first = TRY(parse_sum());
  Comparison comparison{};
  if (!take_comparison(comparison)) {
    return first;
  }
  auto chain = std::make_unique<Expression>();
  chain->kind = ExpressionKind::Compare;
  chain->offset = offset;
  chain->children.push_back(std::move(first));
  do {
    chain->comparisons.push_back(comparison);
    ExpressionPtr next = TRY(parse_sum());
    chain->children.push_back(std::move(next));
  } while (take_comparison(comparison));
  return finish(std::move(chain));
}

Result<ExpressionPtr> ExpressionParser::parse_sum() {
  ExpressionPtr left = TRY(parse_concat());
  while (peek().is_operator("+") || peek().is_operator("-")) {
    const Token sign = take();
    ExpressionPtr right = TRY(parse_concat());
    left = TRY(
        make(ExpressionKind::Binary, sign.offset, children_of(std::move(left), std::move(right))));
    left->binary = sign.text == "+" ? BinaryOperator::Add : BinaryOperator::Subtract;
  }
  return left;
}

Result<ExpressionPtr> ExpressionParser::parse_concat() {
  const std::size_t offset = peek().offset;
  ExpressionPtr first = TRY(parse_product());
  if (!peek().is_operator("~")) {
    return first;
  }
  std::vector<ExpressionPtr> parts = children_of(std::move(first));
  while (skip_operator("~")) {
    ExpressionPtr part = TRY(parse_product());
    parts.push_back(std::move(part));
  }
  return make(ExpressionKind::Concat, offset, std::move(parts));
}

Result<ExpressionPtr> ExpressionParser::parse_product() {
  constexpr std::pair<std::string_view, BinaryOperator> kSymbols[] = {
      {"*", BinaryOperator::Multiply},
      {"/", BinaryOperator::Divide},
      {"//", BinaryOperator::FloorDivide},
      {"%", BinaryOperator::Modulo},
  };
  ExpressionPtr left = TRY(parse_power());
  while (true) {
    const auto* found =
        std::find_if(std::begin(kSymbols), std::end(kSymbols),
                     [&](const auto& entry) { return peek().is_operator(entry.first); });
    if (found == std::end(kSymbols)) {
      return left;
    }
    const std::size_t offset = take().offset;
    ExpressionPtr right = TRY(parse_power());
    left =
        TRY(make(ExpressionKind::Binary, offset, children_of(std::move(left), std::move(right))));
    left->binary = found->second;
  }
}

Result<ExpressionPtr> ExpressionParser::parse_power() {
  ExpressionPtr left = TRY(parse_unary(true));
  while (peek().is_operator("**")) {
    const std::size_t offset = take().offset;
    ExpressionPtr right = TRY(parse_unary(true));
    left =
        TRY(make(ExpressionKind::Binary, offset, children_of(std::move(left), std::move(right))));
    left->binary = BinaryOperator::Power;
  }
  return left;
}

Result<ExpressionPtr> ExpressionParser::parse_unary(bool with_filters) {
  TRY(check_depth());
  const Level level(depth_);
  ExpressionPtr operand;
  if (peek().is_operator("-") || peek().is_operator("+")) {
    const Token sign = take();
    ExpressionPtr inner = TRY(parse_unary(false));
    operand = TRY(make(ExpressionKind::Unary, sign.offset, children_of(std::move(inner))));
    operand->unary = sign.text == "-" ? UnaryOperator::Negate : UnaryOperator::Plus;
  } else {
    operand = TRY(parse_primary());
  }
  operand = TRY(parse_postfix(std::move(operand)));
  if (!with_filters) {
    return operand;
  }
  return parse_filters(std::move(operand));
}

Result<ExpressionPtr> ExpressionParser::parse_primary() {
  if (peek().is_operator("(")) {
    return parse_parentheses();
  }
  if (peek().is_operator("[")) {
    return parse_list();
  }
  if (peek().is_operator("{")) {
    return parse_map();
  }
  switch (peek().kind) {
    case TokenKind::Name: return parse_name(take());
    case TokenKind::Integer:
    case TokenKind::Float: return parse_number(take());
    case TokenKind::String: {
      Token token = take();
      // Quoted texts beside each other are one.
      while (peek().kind == TokenKind::String) {
        token.text += take().text;
      }
      ExpressionPtr constant = TRY(make(ExpressionKind::Constant, token.offset, {}));
      constant->constant = std::move(token.text);
      return constant;
    }
    default: return expected("an expression");
  }
}

Result<ExpressionPtr> ExpressionParser::parse_name(Token token) {
  ExpressionPtr expression = TRY(make(ExpressionKind::Constant, token.offset, {}));
  if (token.text == "true" || token.text == "True") {
    expression->constant = true;
  } else if (token.text == "false" || token.text == "False") {
    expression->constant = false;
  } else if (token.text != "none" && token.text != "None") {
    expression->kind = ExpressionKind::Name;
    expression->name = std::move(token.text);
  }
  return expression;
}

Result<ExpressionPtr> ExpressionParser::parse_number(const Token& token) {
  ExpressionPtr expression = TRY(make(ExpressionKind::Constant, token.offset, {}));
  expression->constant =
      token.kind == TokenKind::Float ? Value(float_value(token.text)) : integer_value(token.text);
  if (expression->constant.is_null()) {
    return fail_at(token.offset, "integer is too large");
  }
  return expression;
}

Result<ExpressionPtr> ExpressionParser::parse_parentheses() {
  const std::size_t offset = take().offset;
  if (skip_operator(")")) {
    return make(ExpressionKind::TupleLiteral, offset, {});
  }
  ExpressionPtr inner = TRY(parse_tuple());
  TRY(expect_operator(")"));
  return inner;
}

Result<ExpressionPtr> ExpressionParser::parse_list() {
  const std::size_t offset = take().offset;
  std::vector<ExpressionPtr> items;
  while (!peek().is_operator("]")) {
    if (!items.empty()) {
      TRY(expect_operator(","));
      if (peek().is_operator("]")) {
        break;
      }
    }
    ExpressionPtr item = TRY(parse_expression());
    items.push_back(std::move(item));
  }
  TRY(expect_operator("]"));
  return make(ExpressionKind::ListLiteral, offset, std::move(items));
}

Result<ExpressionPtr> ExpressionParser::parse_map() {
  const std::size_t offset = take().offset;
  std::vector<ExpressionPtr> members;
  while (!peek().is_operator("}")) {
    if (!members.empty()) {
      TRY(expect_operator(","));
      if (peek().is_operator("}")) {
        break;
      }
    }
    ExpressionPtr key = TRY(parse_expression());
    TRY(expect_operator(":"));
    ExpressionPtr value = TRY(parse_expression());
    members.push_back(std::move(key));
    members.push_back(std::move(value));
  }
  TRY(expect_operator("}"));
  return make(ExpressionKind::MapLiteral, offset, std::move(members));
}

}  // namespace tendril
