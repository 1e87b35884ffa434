#include "expr/parser.h"

#include <fmt/format.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "expr/lexer.h"

namespace tendril {
namespace {

using testing::HasSubstr;

std::string shown(const Expression& expression);

std::string shown_children(const Expression& expression, std::string_view head) {
  std::string text = "(" + std::string(head);
  for (const ExpressionPtr& child : expression.children) {
    text += " " + (child == nullptr ? "-" : shown(*child));
  }
  for (const std::string& keyword : expression.keywords) {
    text += " " + keyword + "=";
  }
  return text + ")";
}

// The tree in prefix form.
std::string shown(const Expression& expression) {
  static constexpr std::string_view kUnary[] = {"not", "neg", "pos"};
  static constexpr std::string_view kBinary[] = {"+", "-", "*", "/", "//", "%", "**"};
  static constexpr std::string_view kCompare[] = {"==", "!=", "<", "<=", ">", ">=", "in", "not-in"};
  switch (expression.kind) {
    case ExpressionKind::Constant: return to_json(expression.constant);
    case ExpressionKind::Name: return expression.name;
    case ExpressionKind::ListLiteral: return shown_children(expression, "list");
    case ExpressionKind::TupleLiteral: return shown_children(expression, "tuple");
    case ExpressionKind::MapLiteral: return shown_children(expression, "map");
    case ExpressionKind::Attribute: return shown_children(expression, "." + expression.name);
    case ExpressionKind::Subscript: return shown_children(expression, "[]");
    case ExpressionKind::Slice: return shown_children(expression, "[:]");
    case ExpressionKind::Unary:
      return shown_children(expression, kUnary[static_cast<std::size_t>(expression.unary)]);
    case ExpressionKind::Binary:
      return shown_children(expression, kBinary[static_cast<std::size_t>(expression.binary)]);
    case ExpressionKind::Concat: return shown_children(expression, "~");
    case ExpressionKind::Compare: {
      std::string head;
      for (const Comparison comparison : expression.comparisons) {
        head += kCompare[static_cast<std::size_t>(comparison)];
      }
      return shown_children(expression, head);
    }
    case ExpressionKind::And: return shown_children(expression, "and");
    case ExpressionKind::Or: return shown_children(expression, "or");
    case ExpressionKind::Conditional: return shown_children(expression, "if");
    case ExpressionKind::Call: return shown_children(expression, "call");
    case ExpressionKind::Filter: return shown_children(expression, "|" + expression.name);
    case ExpressionKind::Predicate: return shown_children(expression, "is-" + expression.name);
  }
  return "?";
}

Result<std::vector<Statement>> parsed(std::string_view source) {
  auto tokens = tokenize(source);
  if (!tokens.ok()) {
    return std::move(tokens).error();
  }
  return parse_template(source, std::move(tokens).value());
}

std::string tree(std::string_view expression) {
  const auto statements = parsed(fmt::format("{{{{ {} }}}}", expression));
  return statements.ok() ? shown(*statements->front().value) : statements.error().message;
}

std::string fault(std::string_view source) {
  const auto statements = parsed(source);
  return statements.ok() ? "none" : statements.error().message;
}

TEST(Parser, KnowsThePrecedences) {
  EXPECT_EQ(tree("a or b and not c == d"), "(or a (and b (not (== c d))))");
  EXPECT_EQ(tree("a + b * c ** d"), "(+ a (* b (** c d)))");
  EXPECT_EQ(tree("a - b - c"), "(- (- a b) c)");
  EXPECT_EQ(tree("a ~ b + c"), "(+ (~ a b) c)");
  EXPECT_EQ(tree("a ~ b ~ c * d"), "(~ a b (* c d))");
  EXPECT_EQ(tree("-a ** b"), "(** (neg a) b)");
  EXPECT_EQ(tree("2 ** 3 ** 2"), "(** (** 2 3) 2)");
  EXPECT_EQ(tree("-1 | abs"), "(|abs (neg 1))");
  EXPECT_EQ(tree("a + b | int"), "(+ a (|int b))");
  EXPECT_EQ(tree("a // b % c / d"), "(/ (% (// a b) c) d)");
}

TEST(Parser, ReadsComparisonsAsChains) {
  EXPECT_EQ(tree("1 < 2 <= 3"), "(<<= 1 2 3)");
  EXPECT_EQ(tree("a not in b"), "(not-in a b)");
  EXPECT_EQ(tree("not a in b"), "(not (in a b))");
}

TEST(Parser, ReadsPaths) {
  EXPECT_EQ(tree("a.b['c'][0].1[-1]"), R"(([] ([] ([] ([] (.b a) "c") 0) 1) (neg 1)))");
  EXPECT_EQ(tree("a[b.c]"), "([] a (.c b))");
  EXPECT_EQ(tree("a[1:]"), "([:] a 1 - -)");
  EXPECT_EQ(tree("a[:-1]"), "([:] a - (neg 1) -)");
  EXPECT_EQ(tree("a[::2]"), "([:] a - - 2)");
  EXPECT_EQ(tree("a[1:2:3]"), "([:] a 1 2 3)");
}

TEST(Parser, ReadsCallsFiltersAndTests) {
  EXPECT_EQ(tree("f(1, b=2,)"), "(call f 1 2 b=)");
  EXPECT_EQ(tree("a.f().g(1)"), "(call (.g (call (.f a))) 1)");
  EXPECT_EQ(tree("a | f | g(1, x=2)"), "(|g (|f a) 1 2 x=)");
  EXPECT_EQ(tree("a is defined and b is not none"), "(and (is-defined a) (not (is-none b)))");
  EXPECT_EQ(tree("a is divisibleby 3"), "(is-divisibleby a 3)");
  EXPECT_EQ(tree("a is divisibleby(3)"), "(is-divisibleby a 3)");
  EXPECT_EQ(tree("a is none or b"), "(or (is-none a) b)");
  EXPECT_EQ(tree("1 if a is none else 2"), "(if 1 (is-none a) 2)");
}

TEST(Parser, ReadsConditions) {
  EXPECT_EQ(tree("a if b else c"), "(if a b c)");
  EXPECT_EQ(tree("a if b"), "(if a b -)");
  EXPECT_EQ(tree("a if b else c if d else e"), "(if a b (if c d e))");
}

TEST(Parser, ReadsLiterals) {
  EXPECT_EQ(tree("[1, 'a', [2],]"), R"((list 1 "a" (list 2)))");
  EXPECT_EQ(tree("{'a': 1, b: {}}"), R"((map "a" 1 b (map)))");
  EXPECT_EQ(tree("(1, 2)"), "(tuple 1 2)");
  EXPECT_EQ(tree("(1,)"), "(tuple 1)");
  EXPECT_EQ(tree("()"), "(tuple)");
  EXPECT_EQ(tree("(1)"), "1");
  EXPECT_EQ(tree("1, 2"), "(tuple 1 2)");
  EXPECT_EQ(tree("'a' 'b'"), R"("ab")");
  EXPECT_EQ(tree("[true, True, none, None, false]"), "(list true true null null false)");
  EXPECT_EQ(tree("[0x10, 1e2, 99999999999999999999]"), "(list 16 100.0 99999999999999999999)");
}

TEST(Parser, ReadsStatements) {
  const auto statements = parsed(
      "{% if a %}1{% elif b %}2{% else %}3{% endif %}"
      "{% for k, v in m.items() if v %}{{ k }}{% else %}-{% endfor %}"
      "{% set x = 1 %}{% set ns.y = 2 %}{% set z %}t{% endset %}");

  ASSERT_TRUE(statements.ok()) << statements.error().message;
  ASSERT_EQ(statements->size(), 5U);
  const Statement& first = statements->front();
  EXPECT_EQ(first.kind, StatementKind::If);
  EXPECT_EQ(first.otherwise.front().kind, StatementKind::If);
  EXPECT_EQ(first.otherwise.front().otherwise.front().text, "3");
  EXPECT_EQ((*statements)[1].targets.size(), 2U);
  EXPECT_NE((*statements)[1].condition, nullptr);
  EXPECT_EQ((*statements)[3].targets.front().attribute, "y");
  EXPECT_EQ((*statements)[4].kind, StatementKind::Capture);
}

TEST(Parser, SaysWhatItExpected) {
  EXPECT_THAT(fault("{{ }}"), HasSubstr("expected an expression instead of the end of the tag"));
  EXPECT_THAT(fault("{{ a b }}"),
              HasSubstr("expected the end of the tag instead of \"b\" at line 1, column 6"));
  EXPECT_THAT(fault("{{ [1 2] }}"), HasSubstr("expected \",\" instead of \"2\""));
  EXPECT_THAT(fault("{{ {'a'} }}"), HasSubstr("expected \":\""));
  EXPECT_THAT(fault("{{ a. }}"), HasSubstr("expected a name or number after the dot"));
  EXPECT_THAT(fault("{{ a[] }}"), HasSubstr("subscript is empty"));
  EXPECT_THAT(fault("{{ f(a=1, 2) }}"), HasSubstr("argument without a name"));
  EXPECT_THAT(fault("{{ a | }}"), HasSubstr("expected the name of a filter"));
  EXPECT_THAT(fault("{% if a %}x"), HasSubstr("expected \"{% endif %}\" before the end"));
  EXPECT_THAT(fault("{% endif %}"), HasSubstr("statement is unknown: endif"));
  EXPECT_THAT(fault("{% for a %}{% endfor %}"), HasSubstr("expected \"in\""));
  EXPECT_THAT(fault("{% set true = 1 %}"), HasSubstr("name cannot be assigned: true"));
}

TEST(Parser, TellsWhatIsNotBuiltYet) {
  const auto statements = parsed("{% macro f() %}{% endmacro %}");

  ASSERT_FALSE(statements.ok());
  EXPECT_EQ(statements.error().code, ErrorCode::Unsupported);
  EXPECT_THAT(statements.error().message, HasSubstr("not supported yet: {% macro %}"));
}

}  // namespace
}  // namespace tendril
