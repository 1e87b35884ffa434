#include "expr/term.h"

namespace tendril {

Term Term::boolean(bool value) {
  Term term(Kind::Bool);
  term.data_.integer = value ? 1 : 0;
  return term;
}

Term Term::integer(std::int64_t value) {
  Term term(Kind::Int);
  term.data_.integer = value;
  return term;
}

Term Term::real(double value) {
  Term term(Kind::Float);
  term.data_.real = value;
  return term;
}

Term Term::date(std::int64_t days) {
  Term term(Kind::Date);
  term.data_.integer = days;
  return term;
}

Term Term::of(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::Null: return none();
    case Value::Kind::Bool: return boolean(*value.as_bool());
    case Value::Kind::Int: return integer(*value.as_int());
    case Value::Kind::Float: return real(*value.as_float());
    case Value::Kind::BigNumber: return big_number(value.as_big_number()->text);
    case Value::Kind::String: return text(*value.as_string());
    case Value::Kind::Datetime: return datetime(value.as_datetime());
    case Value::Kind::Duration: return duration(value.as_duration());
    case Value::Kind::List: {
      Term term(Kind::List, static_cast<const void*>(value.as_list()));
      term.borrowed_ = true;
      return term;
    }
    case Value::Kind::Map: {
      Term term(Kind::Map, static_cast<const void*>(value.as_map()));
      term.borrowed_ = true;
      return term;
    }
  }
  return {};
}

TermList* Term::own_list() const {
  return is_sequence() && !borrowed_ ? static_cast<TermList*>(data_.object) : nullptr;
}

TermMap* Term::own_map() const {
  return is_map() && !borrowed_ ? static_cast<TermMap*>(data_.object) : nullptr;
}

const List* Term::context_list() const {
  return is_sequence() && borrowed_ ? static_cast<const List*>(data_.pointer) : nullptr;
}

const Map* Term::context_map() const {
  return is_map() && borrowed_ ? static_cast<const Map*>(data_.pointer) : nullptr;
}

std::size_t Term::size() const {
  if (const List* list = context_list()) {
    return list->size();
  }
  if (const Map* map = context_map()) {
    return map->size();
  }
  if (const TermList* list = own_list()) {
    return list->size();
  }
  const TermMap* map = own_map();
  return map == nullptr ? 0 : map->size();
}

Term Term::item(std::size_t index) const {
  const List* list = context_list();
  return list != nullptr ? of((*list)[index]) : (*own_list())[index];
}

Term Term::key(std::size_t index) const {
  const Map* map = context_map();
  return map != nullptr ? text(map->members()[index].first) : (*own_map())[index].first;
}

Term Term::member(std::size_t index) const {
  const Map* map = context_map();
  return map != nullptr ? of(map->members()[index].second) : (*own_map())[index].second;
}

Term Term::find(std::string_view name) const {
  if (const Map* map = context_map()) {
    const Value* value = map->find(name);
    return value == nullptr ? Term() : of(*value);
  }
  if (const TermMap* map = own_map()) {
    for (const auto& [key, value] : *map) {
      if (key.is(Kind::Text) && key.text() == name) {
        return value;
      }
    }
  }
  return {};
}

std::string_view name_of(Term::Kind kind) {
  switch (kind) {
    case Term::Kind::Absent:
    case Term::Kind::Undefined: return "undefined";
    case Term::Kind::None: return "none";
    case Term::Kind::Bool: return "boolean";
    case Term::Kind::Int:
    case Term::Kind::BigNumber: return "integer";
    case Term::Kind::Float: return "float";
    case Term::Kind::Text: return "text";
    case Term::Kind::List: return "list";
    case Term::Kind::Tuple: return "tuple";
    case Term::Kind::Map: return "map";
    case Term::Kind::Namespace: return "namespace";
    case Term::Kind::Date: return "date";
    case Term::Kind::Datetime: return "datetime";
    case Term::Kind::Duration: return "duration";
    case Term::Kind::Loop: return "loop";
  }
  return "unknown";
}

}  // namespace tendril
