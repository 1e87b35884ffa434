// ExpressionParser: the part of the parser that reads what stands between the braces.
// Source: the precedences of Jinja's documentation, "Expressions", and of its behaviour: "**"
// binds its left side first, and a filter binds closer than any operator.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "expr/ast.h"
#include "expr/token.h"

namespace tendril {

class ExpressionParser {
 public:
  ExpressionParser(std::string_view source, std::vector<Token> tokens)
      : source_(source), tokens_(std::move(tokens)) {}

  // Reads an expression, or several with commas between them as one tuple.
  Result<ExpressionPtr> parse_tuple();
  // Reads one expression; "a if b else c" only where `allow_condition`.
  Result<ExpressionPtr> parse_expression(bool allow_condition = true);
  // Reads "| filter | filter(1)" onto `input`.
  Result<ExpressionPtr> parse_filters(ExpressionPtr input);

  const Token& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
  }
  Token take();
  bool skip_operator(std::string_view symbol);
  bool skip_name(std::string_view name);
  Status expect_operator(std::string_view symbol);

  Error fail_at(std::size_t offset, std::string_view message,
                ErrorCode code = ErrorCode::InvalidConfig) const;
  // "expected <what> instead of <the next word>".
  Error expected(std::string_view what) const;

  // Counts one level of nesting while it lives.
  class Level {
   public:
    explicit Level(int& depth) : depth_(depth) { ++depth_; }
    ~Level() { --depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    int& depth_;
  };
  // Errors: the nesting is too deep to go one level down.
  Status check_depth() const;
  int& depth() { return depth_; }

 private:
  Result<ExpressionPtr> parse_or();
  Result<ExpressionPtr> parse_and();
  Result<ExpressionPtr> parse_not();
  Result<ExpressionPtr> parse_comparison();
  Result<ExpressionPtr> parse_sum();
  Result<ExpressionPtr> parse_concat();
  Result<ExpressionPtr> parse_product();
  Result<ExpressionPtr> parse_power();
  Result<ExpressionPtr> parse_unary(bool with_filters);
  Result<ExpressionPtr> parse_primary();
  Result<ExpressionPtr> parse_parentheses();
  Result<ExpressionPtr> parse_list();
  Result<ExpressionPtr> parse_map();
  Result<ExpressionPtr> parse_name(Token token);
  Result<ExpressionPtr> parse_number(const Token& token);
  Result<ExpressionPtr> parse_postfix(ExpressionPtr object);
  Result<ExpressionPtr> parse_attribute(ExpressionPtr object);
  Result<ExpressionPtr> parse_subscript(ExpressionPtr object);
  Result<ExpressionPtr> parse_predicate(ExpressionPtr input);
  Result<ExpressionPtr> parse_filter(ExpressionPtr input);
  Status parse_arguments(Expression& call);
  bool take_comparison(Comparison& comparison);
  Result<std::string> parse_dotted_name(std::string_view what);

  // Makes a tree of the given children. Errors: it would be too deep.
  Result<ExpressionPtr> make(ExpressionKind kind, std::size_t offset,
                             std::vector<ExpressionPtr> children) const;
  Result<ExpressionPtr> finish(ExpressionPtr expression) const;

  std::string_view source_;
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  int depth_ = 0;
};

}  // namespace tendril
