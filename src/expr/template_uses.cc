#include "expr/template_uses.h"

#include <algorithm>
#include <set>

#include "expr/ast.h"
#include "expr/lexer.h"
#include "expr/parser.h"

namespace tendril {
namespace {

// The names that statements of the template give values to.
void collect_set_names(const std::vector<Statement>& statements, std::set<std::string>& names) {
  for (const Statement& statement : statements) {
    for (const Target& target : statement.targets) {
      names.insert(target.name);
    }
    if (statement.kind == StatementKind::For) {
      names.insert("loop");
    }
    collect_set_names(statement.body, names);
    collect_set_names(statement.otherwise, names);
  }
}

const std::string* constant_text(const ExpressionPtr& expression) {
  return expression != nullptr && expression->kind == ExpressionKind::Constant
             ? expression->constant.as_string()
             : nullptr;
}

// "object.get('name', …)"
bool is_get(const Expression& call) {
  const Expression& callee = *call.children[0];
  return callee.kind == ExpressionKind::Attribute && callee.name == "get" &&
         call.children.size() > 1 && constant_text(call.children[1]) != nullptr;
}

class UseFinder {
 public:
  UseFinder(std::string_view source, std::set<std::string> own_names)
      : source_(source), own_names_(std::move(own_names)) {}

  void visit(const std::vector<Statement>& statements) {
    for (const Statement& statement : statements) {
      visit(statement.value);
      visit(statement.condition);
      visit(statement.body);
      visit(statement.otherwise);
    }
  }

  std::vector<TemplateUse> finish() && {
    std::stable_sort(uses_.begin(), uses_.end(), [](const TemplateUse& a, const TemplateUse& b) {
      return a.line < b.line || (a.line == b.line && a.column < b.column);
    });
    return std::move(uses_);
  }

 private:
  void visit(const ExpressionPtr& expression) {
    if (expression != nullptr) {
      visit(*expression, {});
    }
  }

  // `members` are read from what the expression yields, the first of them first.
  void visit(const Expression& expression, std::vector<std::string> members) {
    switch (expression.kind) {
      case ExpressionKind::Name: return add(expression, std::move(members));
      case ExpressionKind::Attribute:
        members.insert(members.begin(), expression.name);
        return visit(*expression.children[0], std::move(members));
      case ExpressionKind::Subscript: return visit_subscript(expression, std::move(members));
      case ExpressionKind::Call: return visit_call(expression, std::move(members));
      default:
        for (const ExpressionPtr& child : expression.children) {
          visit(child);
        }
    }
  }

  void visit_subscript(const Expression& subscript, std::vector<std::string> members) {
    const std::string* name = constant_text(subscript.children[1]);
    if (name == nullptr) {
      visit(subscript.children[1]);
      return visit(*subscript.children[0], {});
    }
    members.insert(members.begin(), *name);
    visit(*subscript.children[0], std::move(members));
  }

  void visit_call(const Expression& call, std::vector<std::string> members) {
    const Expression& callee = *call.children[0];
    for (std::size_t index = 1; index < call.children.size(); ++index) {
      visit(call.children[index]);
    }
    if (is_get(call)) {
      members.insert(members.begin(), *constant_text(call.children[1]));
      visit(*callee.children[0], std::move(members));
    } else if (callee.kind == ExpressionKind::Attribute) {
      visit(*callee.children[0], {});
    } else if (callee.kind != ExpressionKind::Name) {
      visit(callee, {});
    }
  }

  void add(const Expression& name, std::vector<std::string> members) {
    if (name.name.empty() || name.name == "self" || own_names_.contains(name.name)) {
      return;
    }
    const std::string_view before = source_.substr(0, std::min(name.offset, source_.size()));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is the first line's start.
    uses_.push_back({name.name, std::move(members), static_cast<std::size_t>(line),
                     before.size() - line_start + 1});
  }

  std::string_view source_;
  std::set<std::string> own_names_;
  std::vector<TemplateUse> uses_;
};

}  // namespace

Result<std::vector<TemplateUse>> find_uses(std::string_view source) {
  std::vector<Token> tokens = TRY(tokenize(source));
  const std::vector<Statement> statements = TRY(parse_template(source, std::move(tokens)));
  std::set<std::string> own_names;
  collect_set_names(statements, own_names);
  UseFinder finder(source, std::move(own_names));
  finder.visit(statements);
  return std::move(finder).finish();
}

}  // namespace tendril
