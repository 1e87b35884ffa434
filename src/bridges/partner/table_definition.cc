#include "bridges/partner/table_definition.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "bridges/partner/key_columns.h"
#include "common.pb.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;

constexpr std::array<std::pair<wire::DataType, TypeKind>, 15> kTypes{{
    {wire::BOOLEAN, TypeKind::Boolean},
    {wire::SHORT, TypeKind::Short},
    {wire::INT, TypeKind::Int},
    {wire::LONG, TypeKind::Long},
    {wire::DECIMAL, TypeKind::Decimal},
    {wire::FLOAT, TypeKind::Float},
    {wire::DOUBLE, TypeKind::Double},
    {wire::NAIVE_DATE, TypeKind::NaiveDate},
    {wire::NAIVE_DATETIME, TypeKind::NaiveDatetime},
    {wire::UTC_DATETIME, TypeKind::UtcDatetime},
    {wire::BINARY, TypeKind::Binary},
    {wire::XML, TypeKind::Xml},
    {wire::STRING, TypeKind::String},
    {wire::JSON, TypeKind::Json},
    {wire::NAIVE_TIME, TypeKind::NaiveTime},
}};

// Of a DECIMAL whose sender says nothing of its digits.
constexpr int kPrecisionMax = 38;
constexpr int kUsualScale = 10;

Result<Type> decimal_of(const wire::Column& column) {
  if (!column.params().has_decimal()) {
    return decimal_type(kPrecisionMax, kUsualScale);
  }
  const std::uint32_t precision = column.params().decimal().precision();
  const std::uint32_t scale = column.params().decimal().scale();
  if (precision < 1 || precision > kPrecisionMax || scale > precision) {
    return Error{ErrorCode::InvalidConfig,
                 fmt::format("column {} is a DECIMAL({},{}): the precision is 1 to {}, and the "
                             "scale no more than it",
                             column.name(), precision, scale, kPrecisionMax)};
  }
  return decimal_type(static_cast<int>(precision), static_cast<int>(scale));
}

}  // namespace

Result<Type> type_of_wire(int data_type) {
  if (data_type == wire::DECIMAL) {
    return decimal_type(kPrecisionMax, kUsualScale);
  }
  for (const auto& [wire_type, kind] : kTypes) {
    if (wire_type == data_type) {
      return Type{kind};
    }
  }
  return Error{ErrorCode::InvalidConfig,
               fmt::format("there is no data type {} in the protocol", data_type)};
}

Result<SqlTable> table_of_wire(const std::string& schema, const wire::Table& table) {
  SqlTable made{{schema, table.name()}, {}};
  if (table.name().empty() || table.columns().empty()) {
    return Error{ErrorCode::InvalidConfig,
                 "table has no " + std::string(table.name().empty() ? "name" : "columns") + ": " +
                     shown(made.name)};
  }
  std::set<std::string> names;
  for (const wire::Column& column : table.columns()) {
    if (column.name().empty() || !names.insert(column.name()).second) {
      return Error{ErrorCode::InvalidConfig,
                   fmt::format("table {} has a column without a name, or two of one: {}",
                               shown(made.name), column.name())};
    }
    auto type = column.type() == wire::DECIMAL ? decimal_of(column) : type_of_wire(column.type());
    if (!type.ok()) {
      return std::move(type).error().while_doing(
          fmt::format("table {}, column {}", shown(made.name), column.name()));
    }
    made.columns.push_back({column.name(), *type, column.primary_key()});
  }
  return made;
}

void fill_wire(const SqlTable& table, wire::Table& out) {
  out.set_name(table.name.table);
  for (const SqlColumn& each : table.columns) {
    wire::Column& column = *out.add_columns();
    column.set_name(each.name);
    column.set_primary_key(each.in_key);
    const auto* const found = std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& known) {
      return known.second == each.type.kind;
    });
    column.set_type(found == kTypes.end() ? wire::UNSPECIFIED : found->first);
    if (each.type.kind == TypeKind::Decimal) {
      column.mutable_params()->mutable_decimal()->set_precision(each.type.precision);
      column.mutable_params()->mutable_decimal()->set_scale(each.type.scale);
    }
  }
}

}  // namespace tendril
