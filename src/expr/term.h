// Term: a value while a template is evaluated. It is three words that are copied freely: what
// is larger lies in the context, in the compiled template or on the evaluation's heap, which
// all outlive it. Beside the kinds of a Value it knows those that exist only inside a template.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <string_view>
#include <utility>
#include <vector>

#include "data/value.h"

namespace tendril {

class Term;
struct LoopState;

// Lists and maps that the template itself made. They live on the heap of the evaluation and
// have Python's sharing: two terms may name one list.
using TermList = std::pmr::vector<Term>;
using TermMap = std::pmr::vector<std::pair<Term, Term>>;  // Keys are unique.

class Term {
 public:
  enum class Kind : std::uint8_t {
    Absent,     // An argument that was not given.
    Undefined,  // A name or member that is not there.
    None,
    Bool,
    Int,
    BigNumber,  // Decimal digits in text().
    Float,
    Text,
    List,
    Tuple,
    Map,
    Namespace,  // A map whose members are assigned by "{% set ns.x = … %}".
    Date,       // Days since 1970-01-01.
    Datetime,
    Duration,
    Loop,  // The variable "loop".
  };

  Term() = default;
  static Term absent() { return Term(Kind::Absent); }
  static Term none() { return Term(Kind::None); }
  static Term boolean(bool value);
  static Term integer(std::int64_t value);
  static Term real(double value);
  // `text` must outlive the term, as all that the following point to.
  static Term text(std::string_view text) { return Term(Kind::Text, text); }
  static Term big_number(std::string_view digits) { return Term(Kind::BigNumber, digits); }
  static Term date(std::int64_t days);
  static Term datetime(const Datetime* datetime) { return Term(Kind::Datetime, datetime); }
  static Term duration(const Duration* duration) { return Term(Kind::Duration, duration); }
  static Term list(TermList* items) { return Term(Kind::List, items); }
  static Term tuple(TermList* items) { return Term(Kind::Tuple, items); }
  static Term map(TermMap* members) { return Term(Kind::Map, members); }
  static Term name_space(TermMap* members) { return Term(Kind::Namespace, members); }
  static Term loop(LoopState* state) { return Term(Kind::Loop, state); }
  static Term of(const Value& value);

  Kind kind() const { return kind_; }
  bool is(Kind kind) const { return kind_ == kind; }
  bool is_sequence() const { return kind_ == Kind::List || kind_ == Kind::Tuple; }
  bool is_map() const { return kind_ == Kind::Map || kind_ == Kind::Namespace; }
  // Whole numbers, as Python counts them: true is 1.
  bool is_integral() const { return kind_ == Kind::Int || kind_ == Kind::Bool; }

  // REQUIRES: of that kind, for all down to the Value.
  bool as_bool() const { return data_.integer != 0; }
  std::int64_t as_int() const { return data_.integer; }  // Bool and Date too.
  double as_float() const { return data_.real; }
  std::string_view text() const { return {data_.text, size_}; }
  const Datetime& as_datetime() const { return *static_cast<const Datetime*>(data_.pointer); }
  const Duration& as_duration() const { return *static_cast<const Duration*>(data_.pointer); }
  LoopState* as_loop() const { return static_cast<LoopState*>(data_.object); }

  // Sequences and maps: from the context or made by the template.
  std::size_t size() const;
  Term item(std::size_t index) const;  // Of a sequence.
  Term key(std::size_t index) const;   // Of a map.
  Term member(std::size_t index) const;
  // The member with a text key; Undefined when there is none.
  Term find(std::string_view name) const;

  // The list or map that the template made; nullptr for one of the context, which is constant.
  TermList* own_list() const;
  TermMap* own_map() const;

  // The list or map of the context that this is; nullptr for one that the template made.
  const List* context_list() const;
  const Map* context_map() const;

 private:
  explicit Term(Kind kind) : kind_(kind) {}
  Term(Kind kind, std::string_view text) : kind_(kind), size_(text.size()) {
    data_.text = text.data();
  }
  Term(Kind kind, const void* pointer) : kind_(kind) { data_.pointer = pointer; }
  Term(Kind kind, void* object) : kind_(kind) { data_.object = object; }

  Kind kind_ = Kind::Undefined;
  bool borrowed_ = false;  // A list or map of the context.
  std::size_t size_ = 0;   // Of a text.
  union {
    std::int64_t integer;
    double real;
    const char* text;
    const void* pointer;
    void* object;
  } data_ = {0};
};

// "text", "list", …: for error messages.
std::string_view name_of(Term::Kind kind);

}  // namespace tendril
