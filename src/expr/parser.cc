#include "expr/parser.h"

#include <algorithm>
#include <initializer_list>

#include "expr/expression_parser.h"

namespace tendril {
namespace {

class StatementParser {
 public:
  StatementParser(std::string_view source, std::vector<Token> tokens)
      : expressions_(source, std::move(tokens)) {}

  Result<std::vector<Statement>> parse_all() {
    std::vector<Statement> statements = TRY(parse_until({}));
    return statements;
  }

 private:
  using Names = std::initializer_list<std::string_view>;

  // Reads statements up to a tag with one of `names`, or to the end of the template if there
  // are none. Stops at that name.
  Result<std::vector<Statement>> parse_until(Names names) {
    TRY(expressions_.check_depth());
    const ExpressionParser::Level level(expressions_.depth());
    std::vector<Statement> statements;
    while (true) {
      Token token = expressions_.take();
      Statement statement;
      statement.offset = token.offset;
      switch (token.kind) {
        case TokenKind::Text: statement.text = std::move(token.text); break;
        case TokenKind::OutputBegin:
          statement.kind = StatementKind::Output;
          statement.value = TRY(expressions_.parse_tuple());
          TRY(expect_end(TokenKind::OutputEnd));
          break;
        case TokenKind::StatementBegin:
          if (expressions_.peek().kind == TokenKind::Name &&
              std::find(names.begin(), names.end(), expressions_.peek().text) != names.end()) {
            return statements;
          }
          statement = TRY(parse_statement(token.offset));
          break;
        default:
          if (names.size() > 0) {
            return expressions_.fail_at(token.offset, "expected \"{% " +
                                                          std::string(names.end()[-1]) +
                                                          " %}\" before the end of the template");
          }
          return statements;
      }
      statements.push_back(std::move(statement));
    }
  }

  Status expect_end(TokenKind kind) {
    if (expressions_.peek().kind != kind) {
      return expressions_.expected("the end of the tag");
    }
    expressions_.take();
    return {};
  }

  Result<Statement> parse_statement(std::size_t offset) {
    const Token name = expressions_.take();
    if (name.text == "if" || name.text == "elif") {
      return parse_if(offset);
    }
    if (name.text == "for") {
      return parse_for(offset);
    }
    if (name.text == "set") {
      return parse_set(offset);
    }
    for (const std::string_view later :
         {"macro", "call", "filter", "with", "block", "extends", "include", "import", "from",
          "autoescape", "do", "print"}) {
      if (name.text == later) {
        return expressions_.fail_at(offset, "not supported yet: {% " + name.text + " %}",
                                    ErrorCode::Unsupported);
      }
    }
    return expressions_.fail_at(offset, "statement is unknown: " + name.text);
  }

  Result<Statement> parse_if(std::size_t offset) {
    TRY(expressions_.check_depth());
    const ExpressionParser::Level level(expressions_.depth());
    Statement statement;
    statement.kind = StatementKind::If;
    statement.offset = offset;
    statement.value = TRY(expressions_.parse_tuple());
    TRY(expect_end(TokenKind::StatementEnd));
    statement.body = TRY(parse_until({"elif", "else", "endif"}));
    const Token next = expressions_.take();
    if (next.text == "elif") {
      Statement other = TRY(parse_if(next.offset));
      statement.otherwise.push_back(std::move(other));
      return statement;
    }
    if (next.text == "else") {
      TRY(expect_end(TokenKind::StatementEnd));
      statement.otherwise = TRY(parse_until({"endif"}));
      expressions_.take();
    }
    TRY(expect_end(TokenKind::StatementEnd));
    return statement;
  }

  Result<Statement> parse_for(std::size_t offset) {
    Statement statement;
    statement.kind = StatementKind::For;
    statement.offset = offset;
    statement.targets = TRY(parse_targets(false));
    if (!expressions_.skip_name("in")) {
      return expressions_.expected("\"in\"");
    }
    statement.value = TRY(expressions_.parse_expression(false));
    if (expressions_.skip_name("if")) {
      statement.condition = TRY(expressions_.parse_expression());
    }
    if (expressions_.peek().is_name("recursive")) {
      return expressions_.fail_at(offset, "not supported yet: {% for … recursive %}",
                                  ErrorCode::Unsupported);
    }
    TRY(expect_end(TokenKind::StatementEnd));
    statement.body = TRY(parse_until({"else", "endfor"}));
    if (expressions_.take().text == "else") {
      TRY(expect_end(TokenKind::StatementEnd));
      statement.otherwise = TRY(parse_until({"endfor"}));
      expressions_.take();
    }
    TRY(expect_end(TokenKind::StatementEnd));
    return statement;
  }

  Result<Statement> parse_set(std::size_t offset) {
    Statement statement;
    statement.kind = StatementKind::Set;
    statement.offset = offset;
    statement.targets = TRY(parse_targets(true));
    if (expressions_.skip_operator("=")) {
      statement.value = TRY(expressions_.parse_tuple());
      TRY(expect_end(TokenKind::StatementEnd));
      return statement;
    }
    statement.kind = StatementKind::Capture;
    if (expressions_.peek().is_operator("|")) {
      // The filters' innermost input is a variable without a name: the captured text.
      auto input = std::make_unique<Expression>();
      input->kind = ExpressionKind::Name;
      input->offset = offset;
      statement.value = TRY(expressions_.parse_filters(std::move(input)));
    }
    TRY(expect_end(TokenKind::StatementEnd));
    statement.body = TRY(parse_until({"endset"}));
    expressions_.take();
    TRY(expect_end(TokenKind::StatementEnd));
    return statement;
  }

  // Reads "a" or "a, b", with or without parentheses.
  Result<std::vector<Target>> parse_targets(bool allow_attribute) {
    const bool parentheses = expressions_.skip_operator("(");
    std::vector<Target> targets;
    do {
      const Token name = expressions_.take();
      if (name.kind != TokenKind::Name) {
        return expressions_.fail_at(name.offset, "expected the name of a variable");
      }
      Target target{name.text, {}};
      for (const std::string_view constant : {"true", "false", "none", "True", "False", "None"}) {
        if (name.text == constant) {
          return expressions_.fail_at(name.offset, "name cannot be assigned: " + name.text);
        }
      }
      if (allow_attribute && expressions_.skip_operator(".")) {
        target.attribute = expressions_.take().text;
      }
      targets.push_back(std::move(target));
    } while (expressions_.skip_operator(",") && expressions_.peek().kind == TokenKind::Name);
    if (parentheses) {
      TRY(expressions_.expect_operator(")"));
    }
    return targets;
  }

  ExpressionParser expressions_;
};

}  // namespace

Result<std::vector<Statement>> parse_template(std::string_view source, std::vector<Token> tokens) {
  return StatementParser(source, std::move(tokens)).parse_all();
}

}  // namespace tendril
