// Cell: one value of a row, whatever its type. It owns nothing: texts must live until the operation
// returns.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "json.h"

namespace tendril::sdk {

// A number in digits: Decimal("12.50"), or 1250 hundredths: Decimal(1250, 2).
struct Decimal {
  explicit constexpr Decimal(std::string_view digits) : text(digits) {}
  constexpr Decimal(std::int64_t unscaled, int digits) : number(unscaled), scale(digits) {}

  std::string_view text = {};  // Empty: `number` counts.
  std::int64_t number = 0;
  int scale = 0;
};

// JSON that is a text already.
struct RawJson {
  std::string_view text;
};

struct Xml {
  std::string_view text;
};

struct Binary {
  explicit constexpr Binary(std::string_view data) : bytes(data) {}
  explicit Binary(std::span<const std::byte> data)
      : bytes(reinterpret_cast<const char*>(data.data()), data.size()) {}

  std::string_view bytes;
};

struct AbsentTag {};
// As if the row did not mention the column.
inline constexpr AbsentTag absent;

class Cell {
 public:
  enum class Kind : std::uint8_t {
    Absent,
    Null,
    Bool,
    Int,
    TooLarge,  // Of the ints.
    Float,
    Decimal,
    Text,
    RawJson,
    Json,
    Xml,
    Binary,
    Date,           // days since 1970-01-01
    NaiveDatetime,  // microseconds
    UtcDatetime,
    Time,
  };

  constexpr Cell(std::nullptr_t) : kind_(Kind::Null) {}
  constexpr Cell(std::nullopt_t) : kind_(Kind::Null) {}
  constexpr Cell(AbsentTag) : kind_(Kind::Absent) {}
  template <std::same_as<bool> T>
  constexpr Cell(T value) : kind_(Kind::Bool), number_(value ? 1 : 0) {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) constexpr Cell(T value)
      : kind_(std::in_range<std::int64_t>(value) ? Kind::Int : Kind::TooLarge),
        number_(static_cast<std::int64_t>(value)) {}
  template <std::floating_point T>
  constexpr Cell(T value) : kind_(Kind::Float), real_(static_cast<double>(value)) {}
  constexpr Cell(Decimal value)
      : kind_(Kind::Decimal), scale_(value.scale), number_(value.number), text_(value.text) {}
  template <std::convertible_to<std::string_view> T>
  constexpr Cell(const T& value) : kind_(Kind::Text), text_(value) {}
  constexpr Cell(RawJson value) : kind_(Kind::RawJson), text_(value.text) {}
  constexpr Cell(const Json& value) : kind_(Kind::Json), tree_(&value) {}
  constexpr Cell(Xml value) : kind_(Kind::Xml), text_(value.text) {}
  constexpr Cell(Binary value) : kind_(Kind::Binary), text_(value.bytes) {}

  // Dates are sys_days or year_month_day, instants sys_time, datetimes without a zone local_time;
  // a duration is a time of day.
  constexpr Cell(std::chrono::sys_days date)
      : kind_(Kind::Date), number_(date.time_since_epoch().count()) {}
  constexpr Cell(std::chrono::year_month_day date) : Cell(std::chrono::sys_days(date)) {}
  template <class Duration>
  requires(!std::same_as<Duration, std::chrono::days>) constexpr Cell(
      std::chrono::sys_time<Duration> instant)
      : kind_(Kind::UtcDatetime), number_(micros(instant.time_since_epoch())) {}
  template <class Duration>
  constexpr Cell(std::chrono::local_time<Duration> datetime)
      : kind_(Kind::NaiveDatetime), number_(micros(datetime.time_since_epoch())) {}
  template <class Rep, class Period>
  constexpr Cell(std::chrono::duration<Rep, Period> time_of_day)
      : kind_(Kind::Time), number_(micros(time_of_day)) {}

  template <class T>
  constexpr Cell(const std::optional<T>& value) : Cell(nullptr) {
    if (value) {
      *this = Cell(*value);
    }
  }

  constexpr Kind kind() const { return kind_; }
  constexpr std::int64_t number() const { return number_; }
  constexpr double real() const { return real_; }
  constexpr int scale() const { return scale_; }
  constexpr std::string_view text() const { return text_; }
  const Json& tree() const { return *tree_; }
  constexpr bool has_value() const { return kind_ != Kind::Absent && kind_ != Kind::Null; }

 private:
  template <class Duration>
  static constexpr std::int64_t micros(Duration duration) {
    return std::chrono::floor<std::chrono::microseconds>(duration).count();
  }

  Kind kind_;
  int scale_ = 0;
  std::int64_t number_ = 0;
  double real_ = 0;
  std::string_view text_ = {};
  const Json* tree_ = nullptr;
};

// A column of a row and its value: {"id", 7}.
struct Field {
  std::string_view name;
  Cell value;
};

}  // namespace tendril::sdk
