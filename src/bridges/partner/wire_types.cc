#include "bridges/partner/wire_types.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "common.pb.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;

constexpr int kPrecisionMax = 38;

constexpr std::array<std::pair<TypeKind, wire::DataType>, 16> kTypes{{
    {TypeKind::Unknown, wire::UNSPECIFIED},
    {TypeKind::Boolean, wire::BOOLEAN},
    {TypeKind::Short, wire::SHORT},
    {TypeKind::Int, wire::INT},
    {TypeKind::Long, wire::LONG},
    {TypeKind::Decimal, wire::DECIMAL},
    {TypeKind::Float, wire::FLOAT},
    {TypeKind::Double, wire::DOUBLE},
    {TypeKind::NaiveDate, wire::NAIVE_DATE},
    {TypeKind::NaiveTime, wire::NAIVE_TIME},
    {TypeKind::NaiveDatetime, wire::NAIVE_DATETIME},
    {TypeKind::UtcDatetime, wire::UTC_DATETIME},
    {TypeKind::Binary, wire::BINARY},
    {TypeKind::Xml, wire::XML},
    {TypeKind::String, wire::STRING},
    {TypeKind::Json, wire::JSON},
}};

}  // namespace

void put_type(Type type, wire::Column& column) {
  const auto* const found = std::find_if(kTypes.begin(), kTypes.end(),
                                         [&](const auto& each) { return each.first == type.kind; });
  column.set_type(found->second);
  if (type.kind == TypeKind::Decimal) {
    wire::DecimalParams& digits = *column.mutable_params()->mutable_decimal();
    digits.set_precision(type.precision);
    digits.set_scale(type.scale);
  }
}

void put_table(const TableSchema& schema, wire::Table& table) {
  table.set_name(schema.name);
  for (const Column& each : schema.columns) {
    wire::Column& column = *table.add_columns();
    column.set_name(each.name);
    put_type(each.type, column);
    column.set_primary_key(std::find(schema.primary_key.begin(), schema.primary_key.end(),
                                     each.name) != schema.primary_key.end());
  }
}

Result<Type> declared_type(const wire::Column& column) {
  const auto* const found = std::find_if(
      kTypes.begin(), kTypes.end(), [&](const auto& each) { return each.second == column.type(); });
  if (found == kTypes.end()) {
    return Error{ErrorCode::Unsupported, "column " + column.name() + " has an unknown type: " +
                                             std::to_string(column.type())};
  }
  if (found->first != TypeKind::Decimal) {
    return Type{found->first};
  }
  if (!column.has_params() || !column.params().has_decimal()) {
    return Type{TypeKind::Unknown};
  }
  const std::uint32_t precision = column.params().decimal().precision();
  const std::uint32_t scale = column.params().decimal().scale();
  if (precision < 1 || precision > kPrecisionMax || scale > precision) {
    return Error{ErrorCode::BadData, "column " + column.name() +
                                         " has digits that no DECIMAL has: " +
                                         std::to_string(precision) + "," + std::to_string(scale)};
  }
  return decimal_type(static_cast<int>(precision), static_cast<int>(scale));
}

}  // namespace tendril
