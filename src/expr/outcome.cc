#include "expr/outcome.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "expr/literal.h"
#include "expr/number.h"
#include "expr/term_text.h"

namespace tendril {
namespace {

using Kind = Term::Kind;

bool reads_back(const Value& value, int depth) {
  if (depth > kDataDepthMax) {
    return false;
  }
  if (const double* real = value.as_float()) {
    return std::isfinite(*real);
  }
  if (const List* list = value.as_list()) {
    return std::all_of(list->begin(), list->end(),
                       [depth](const Value& item) { return reads_back(item, depth + 1); });
  }
  if (const Map* map = value.as_map()) {
    return std::all_of(
        map->members().begin(), map->members().end(),
        [depth](const Map::Member& member) { return reads_back(member.second, depth + 1); });
  }
  return value.as_datetime() == nullptr && value.as_duration() == nullptr;
}

bool reads_back(const Term& term, int depth) {
  if (depth > kDataDepthMax) {
    return false;
  }
  switch (term.kind()) {
    case Kind::None:
    case Kind::Bool:
    case Kind::Int:
    case Kind::BigNumber:
    case Kind::Text: return true;
    case Kind::Float: return std::isfinite(term.as_float());
    case Kind::List:
    case Kind::Tuple:
      for (std::size_t i = 0; i < term.size(); ++i) {
        if (!reads_back(term.item(i), depth + 1)) {
          return false;
        }
      }
      return true;
    case Kind::Map:
      for (std::size_t i = 0; i < term.size(); ++i) {
        if (term.key(i).is(Kind::Float) || !reads_back(term.key(i), depth + 1) ||
            !reads_back(term.member(i), depth + 1)) {
          return false;
        }
      }
      return true;
    default: return false;
  }
}

// The name that JSON gives to a key.
std::string key_name(Evaluation& evaluation, const Term& key) {
  switch (key.kind()) {
    case Kind::Text: return std::string(key.text());
    case Kind::None: return "null";
    case Kind::Bool: return key.as_bool() ? "true" : "false";
    case Kind::Int:
    case Kind::Float:
    case Kind::BigNumber: return std::string(text_of(evaluation, key));
    default: evaluation.fail("key is neither a text nor a number"); return {};
  }
}

class Converter {
 public:
  explicit Converter(Evaluation& evaluation) : evaluation_(evaluation) {}

  Value convert(const Term& term) {
    switch (term.kind()) {
      case Kind::Absent:
      case Kind::Undefined:
      case Kind::None: return {};
      case Kind::Bool: return term.as_bool();
      case Kind::Int: return term.as_int();
      case Kind::Float: return term.as_float();
      case Kind::BigNumber: return BigNumber{std::string(term.text())};
      case Kind::Text: return term.text();
      case Kind::Datetime: return term.as_datetime();
      case Kind::Duration: return term.as_duration();
      case Kind::Date:
      case Kind::Loop: return text_of(evaluation_, term);
      case Kind::List:
      case Kind::Tuple: return convert_list(term);
      case Kind::Map:
      case Kind::Namespace: return convert_map(term);
    }
    return {};
  }

 private:
  bool enter() {
    if (++depth_ <= kDataDepthMax) {
      return true;
    }
    evaluation_.fail("list or map is nested too deeply");
    return false;
  }

  Value convert_list(const Term& term) {
    List items;
    items.reserve(term.size());
    for (std::size_t i = 0; i < term.size() && enter(); ++i, --depth_) {
      items.push_back(convert(term.item(i)));
    }
    return items;
  }

  Value convert_map(const Term& term) {
    Map members;
    const bool has_names = term.context_map() != nullptr;
    for (std::size_t i = 0; i < term.size() && enter(); ++i, --depth_) {
      std::string name = key_name(evaluation_, term.key(i));
      // Only a map with keys of several kinds can have two of one name.
      if (has_names || term.key(i).is(Kind::Text)) {
        members.append(std::move(name), convert(term.member(i)));
      } else {
        evaluation_.spend(members.size());
        members.set(name, convert(term.member(i)));
      }
    }
    return members;
  }

  Evaluation& evaluation_;
  int depth_ = 0;
};

}  // namespace

bool reads_back(const Value& value) { return reads_back(value, 0); }

Value value_of(Evaluation& evaluation, const Term& term) {
  return Converter(evaluation).convert(term);
}

Value outcome_of_text(std::string text) {
  if (auto literal = parse_literal(text)) {
    return *std::move(literal);
  }
  return text;
}

void put_outcome(Evaluation& evaluation, const Term& term, Value& out) {
  const bool is_text = term.is(Kind::Text);
  if (is_text) {
    if (auto literal = parse_literal(term.text())) {
      out = *std::move(literal);
      return;
    }
  } else if (reads_back(term, 0)) {
    out = value_of(evaluation, term);
    return;
  }
  if (out.as_string() == nullptr) {
    out = std::string();
  }
  std::string& text = *out.as_string();
  text.clear();
  append_text(evaluation, text, term);
}

bool is_true_outcome(const Value& value) {
  static constexpr std::array<std::string_view, 8> kFalseTexts{"False", "false", "{}", "[]",
                                                               "()",    "",      "0",  "0.0"};
  switch (value.kind()) {
    case Value::Kind::Null: return false;
    case Value::Kind::Bool: return *value.as_bool();
    case Value::Kind::Int: return *value.as_int() != 0;
    case Value::Kind::Float: return *value.as_float() != 0;
    case Value::Kind::String:
      return std::find(kFalseTexts.begin(), kFalseTexts.end(), *value.as_string()) ==
             kFalseTexts.end();
    case Value::Kind::List: return !value.as_list()->empty();
    case Value::Kind::Map: return !value.as_map()->empty();
    case Value::Kind::BigNumber:
    case Value::Kind::Datetime:
    case Value::Kind::Duration: return true;
  }
  return true;
}

}  // namespace tendril
