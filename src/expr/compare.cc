#include "expr/compare.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "expr/number.h"

namespace tendril {
namespace {

using Kind = Term::Kind;

template <class T>
Order order_values(const T& a, const T& b) {
  return a < b ? Order::Less : b < a ? Order::Greater : Order::Equal;
}

Order order_floats(double a, double b) {
  return std::isnan(a) || std::isnan(b) ? Order::Unordered : order_values(a, b);
}

bool is_number(const Term& term) {
  return term.is_integral() || term.is(Kind::Float) || term.is(Kind::BigNumber);
}

// The order of a whole number and a float, exactly.
Order order_mixed(Int128 whole, double real) {
  if (std::isnan(real)) {
    return Order::Unordered;
  }
  if (std::fabs(real) >= 0x1p126) {
    return real > 0 ? Order::Less : Order::Greater;
  }
  const double floor = std::floor(real);
  const Order order = order_values(whole, static_cast<Int128>(floor));
  return order == Order::Equal && real > floor ? Order::Less : order;
}

Order reversed(Order order) {
  return order == Order::Less ? Order::Greater : order == Order::Greater ? Order::Less : order;
}

// REQUIRES: both are numbers.
Order order_numbers(const Term& a, const Term& b) {
  const auto whole_a = whole_number(a);
  const auto whole_b = whole_number(b);
  if (whole_a && whole_b) {
    return order_values(*whole_a, *whole_b);
  }
  if (whole_a && b.is(Kind::Float)) {
    return order_mixed(*whole_a, b.as_float());
  }
  if (whole_b && a.is(Kind::Float)) {
    return reversed(order_mixed(*whole_b, a.as_float()));
  }
  if (a.is(Kind::BigNumber) && b.is(Kind::BigNumber) && a.text() == b.text()) {
    return Order::Equal;
  }
  const auto real_a = real_number(a);
  const auto real_b = real_number(b);
  if (!real_a || !real_b) {
    return Order::Unordered;
  }
  const Order order = order_floats(*real_a, *real_b);
  // Numbers of so many digits that only their roundings can be compared are not equal.
  const bool floats = a.is(Kind::Float) && b.is(Kind::Float);
  return order == Order::Equal && !floats ? Order::Unordered : order;
}

class Comparer {
 public:
  explicit Comparer(Evaluation& evaluation) : evaluation_(evaluation) {}

  bool equal(const Term& a, const Term& b) {
    if (!evaluation_.spend(1)) {
      return false;
    }
    if (is_number(a) && is_number(b)) {
      return order_numbers(a, b) == Order::Equal;
    }
    if (a.kind() != b.kind()) {
      return false;
    }
    switch (a.kind()) {
      case Kind::Text: return evaluation_.spend(a.text().size() / 64) && a.text() == b.text();
      case Kind::List:
      case Kind::Tuple: return equal_sequences(a, b);
      case Kind::Map: return equal_maps(a, b);
      case Kind::Date: return a.as_int() == b.as_int();
      case Kind::Datetime: return a.as_datetime() == b.as_datetime();
      case Kind::Duration: return a.as_duration() == b.as_duration();
      case Kind::Namespace: return a.own_map() == b.own_map();
      case Kind::Loop: return a.as_loop() == b.as_loop();
      default: return true;
    }
  }

  Order order(const Term& a, const Term& b) {
    if (!evaluation_.spend(1)) {
      return Order::Unordered;
    }
    if (is_number(a) && is_number(b)) {
      return order_numbers(a, b);
    }
    if (a.kind() == b.kind()) {
      switch (a.kind()) {
        case Kind::Text:
          evaluation_.spend(a.text().size() / 64);
          return order_values(a.text(), b.text());
        case Kind::List:
        case Kind::Tuple: return order_sequences(a, b);
        case Kind::Date: return order_values(a.as_int(), b.as_int());
        case Kind::Datetime: return order_values(a.as_datetime().instant, b.as_datetime().instant);
        case Kind::Duration:
          if (a.as_duration().months == b.as_duration().months) {
            return order_values(a.as_duration().exact, b.as_duration().exact);
          }
          break;
        default: break;
      }
    }
    if (a.is(Kind::Undefined) || b.is(Kind::Undefined)) {
      evaluation_.fail_undefined();
    } else {
      evaluation_.fail_type(
          fmt::format("{} and {} have no order", name_of(a.kind()), name_of(b.kind())));
    }
    return Order::Unordered;
  }

 private:
  bool enter() {
    if (++depth_ <= kDataDepthMax) {
      return true;
    }
    evaluation_.fail("list or map is nested too deeply");
    return false;
  }

  bool equal_sequences(const Term& a, const Term& b) {
    bool same = a.size() == b.size() && enter();
    for (std::size_t i = 0; same && i < a.size(); ++i) {
      same = equal(a.item(i), b.item(i));
    }
    --depth_;
    return same;
  }

  bool equal_maps(const Term& a, const Term& b) {
    bool same = a.size() == b.size() && enter();
    for (std::size_t i = 0; same && i < a.size(); ++i) {
      same = has_member(b, a.key(i), a.member(i));
    }
    --depth_;
    return same;
  }

  bool has_member(const Term& map, const Term& key, const Term& member) {
    for (std::size_t i = 0; i < map.size() && evaluation_.ok(); ++i) {
      if (equal(map.key(i), key)) {
        return equal(map.member(i), member);
      }
    }
    return false;
  }

  Order order_sequences(const Term& a, const Term& b) {
    Order result = Order::Equal;
    if (enter()) {
      for (std::size_t i = 0; i < std::min(a.size(), b.size()) && evaluation_.ok(); ++i) {
        if (!equal(a.item(i), b.item(i))) {
          result = order(a.item(i), b.item(i));
          break;
        }
      }
    }
    --depth_;
    return result == Order::Equal ? order_values(a.size(), b.size()) : result;
  }

  Evaluation& evaluation_;
  int depth_ = 0;
};

}  // namespace

bool is_true(const Term& term) {
  switch (term.kind()) {
    case Kind::Absent:
    case Kind::Undefined:
    case Kind::None: return false;
    case Kind::Bool:
    case Kind::Int: return term.as_int() != 0;
    case Kind::Float: return term.as_float() != 0;
    case Kind::BigNumber: return true;
    case Kind::Text: return !term.text().empty();
    case Kind::List:
    case Kind::Tuple:
    case Kind::Map: return term.size() > 0;
    case Kind::Duration: return term.as_duration() != Duration{};
    case Kind::Namespace:
    case Kind::Date:
    case Kind::Datetime:
    case Kind::Loop: return true;
  }
  return true;
}

bool are_equal(Evaluation& evaluation, const Term& a, const Term& b) {
  return Comparer(evaluation).equal(a, b);
}

Order order_of(Evaluation& evaluation, const Term& a, const Term& b) {
  return Comparer(evaluation).order(a, b);
}

bool contains(Evaluation& evaluation, const Term& container, const Term& term) {
  switch (container.kind()) {
    case Kind::Undefined: return false;
    case Kind::Text:
      if (!term.is(Kind::Text)) {
        term.is(Kind::Undefined)
            ? evaluation.fail_undefined()
            : evaluation.fail_type(fmt::format("{} cannot be in a text", name_of(term.kind())));
        return false;
      }
      return evaluation.spend(container.text().size() / 64) &&
             container.text().find(term.text()) != std::string_view::npos;
    case Kind::List:
    case Kind::Tuple:
      for (std::size_t i = 0; i < container.size() && evaluation.ok(); ++i) {
        if (are_equal(evaluation, container.item(i), term)) {
          return true;
        }
      }
      return false;
    case Kind::Map:
      for (std::size_t i = 0; i < container.size() && evaluation.ok(); ++i) {
        if (are_equal(evaluation, container.key(i), term)) {
          return true;
        }
      }
      return false;
    default:
      evaluation.fail_type(
          fmt::format("nothing can be in a value of type {}", name_of(container.kind())));
      return false;
  }
}

bool compare(Evaluation& evaluation, Comparison comparison, const Term& a, const Term& b) {
  switch (comparison) {
    case Comparison::Equal: return are_equal(evaluation, a, b);
    case Comparison::NotEqual: return !are_equal(evaluation, a, b);
    case Comparison::In: return contains(evaluation, b, a);
    case Comparison::NotIn: return !contains(evaluation, b, a);
    default: break;
  }
  const Order order = order_of(evaluation, a, b);
  switch (comparison) {
    case Comparison::Less: return order == Order::Less;
    case Comparison::LessEqual: return order == Order::Less || order == Order::Equal;
    case Comparison::Greater: return order == Order::Greater;
    default: return order == Order::Greater || order == Order::Equal;
  }
}

}  // namespace tendril
