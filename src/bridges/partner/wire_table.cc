#include "bridges/partner/wire_table.h"

#include <algorithm>

#include "bridges/fivetran/system_columns.h"
#include "bridges/partner/batch_file.h"
#include "destination_sdk.pb.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;

constexpr int kDecimalDigitsMax = 38;
// Of a decimal whose server does not say.
constexpr Type kAnyDecimal = {TypeKind::Decimal, 38, 10};

wire::DataType wire_type(TypeKind kind) {
  switch (kind) {
    case TypeKind::Boolean: return wire::BOOLEAN;
    case TypeKind::Short: return wire::SHORT;
    case TypeKind::Int: return wire::INT;
    case TypeKind::Long: return wire::LONG;
    case TypeKind::Float: return wire::FLOAT;
    case TypeKind::Double: return wire::DOUBLE;
    case TypeKind::Decimal: return wire::DECIMAL;
    case TypeKind::NaiveDate: return wire::NAIVE_DATE;
    case TypeKind::NaiveTime: return wire::NAIVE_TIME;
    case TypeKind::NaiveDatetime: return wire::NAIVE_DATETIME;
    case TypeKind::UtcDatetime: return wire::UTC_DATETIME;
    case TypeKind::Binary: return wire::BINARY;
    case TypeKind::Xml: return wire::XML;
    case TypeKind::Json: return wire::JSON;
    case TypeKind::String:
    case TypeKind::Unknown: break;
  }
  return wire::STRING;
}

Type decimal_of(const wire::Column& column) {
  if (!column.params().has_decimal()) {
    return kAnyDecimal;
  }
  const auto precision = static_cast<int>(column.params().decimal().precision());
  const auto scale = static_cast<int>(column.params().decimal().scale());
  const bool known =
      precision >= 1 && precision <= kDecimalDigitsMax && scale >= 0 && scale <= precision;
  return known ? decimal_type(precision, scale) : Type{TypeKind::String};
}

bool is_added(const std::string& name) {
  return is_system_column(name) || name == kVersionStart || name == kVersionEnd ||
         name == kVersionActive;
}

}  // namespace

std::vector<Column> added_columns(const PartnerTable& table) {
  std::vector<Column> columns;
  if (table.mode == PartnerTableMode::Numbered) {
    columns.push_back({std::string(kFivetranId), {TypeKind::String}});
  }
  if (table.mode == PartnerTableMode::Versions) {
    columns.push_back({std::string(kVersionStart), {TypeKind::UtcDatetime}});
    columns.push_back({std::string(kVersionEnd), {TypeKind::UtcDatetime}});
    columns.push_back({std::string(kVersionActive), {TypeKind::Boolean}});
  }
  columns.push_back({std::string(kFivetranSynced), {TypeKind::UtcDatetime}});
  if (table.marks_deleted) {
    columns.push_back({std::string(kFivetranDeleted), {TypeKind::Boolean}});
  }
  return columns;
}

wire::Table to_wire(const PartnerTable& table) {
  wire::Table result;
  result.set_name(table.schema.name);
  const std::vector<std::string>& key = table.schema.primary_key;
  for (const Column& column : table.schema.columns) {
    wire::Column& each = *result.add_columns();
    each.set_name(column.name);
    set_wire_type(each, column.type);
    each.set_primary_key(std::ranges::find(key, column.name) != key.end());
  }
  for (const Column& column : added_columns(table)) {
    wire::Column& each = *result.add_columns();
    each.set_name(column.name);
    set_wire_type(each, column.type);
    each.set_primary_key(column.name == kFivetranId || column.name == kVersionStart);
  }
  return result;
}

void set_wire_type(wire::Column& column, Type type) {
  column.set_type(wire_type(type.kind));
  if (type.kind == TypeKind::Decimal) {
    column.mutable_params()->mutable_decimal()->set_precision(type.precision);
    column.mutable_params()->mutable_decimal()->set_scale(type.scale);
  }
}

Type type_of(const wire::Column& column) {
  switch (column.type()) {
    case wire::BOOLEAN: return {TypeKind::Boolean};
    case wire::SHORT: return {TypeKind::Short};
    case wire::INT: return {TypeKind::Int};
    case wire::LONG: return {TypeKind::Long};
    case wire::FLOAT: return {TypeKind::Float};
    case wire::DOUBLE: return {TypeKind::Double};
    case wire::DECIMAL: return decimal_of(column);
    case wire::NAIVE_DATE: return {TypeKind::NaiveDate};
    case wire::NAIVE_TIME: return {TypeKind::NaiveTime};
    case wire::NAIVE_DATETIME: return {TypeKind::NaiveDatetime};
    case wire::UTC_DATETIME: return {TypeKind::UtcDatetime};
    case wire::BINARY: return {TypeKind::Binary};
    case wire::XML: return {TypeKind::Xml};
    case wire::JSON: return {TypeKind::Json};
    default: return {TypeKind::String};
  }
}

PartnerTable table_of(const wire::Table& table) {
  PartnerTable result{.schema = {.name = table.name(), .columns = {}}};
  for (const wire::Column& column : table.columns()) {
    const std::string& name = column.name();
    if (!is_added(name)) {
      result.schema.columns.push_back({name, type_of(column)});
    }
    if (column.primary_key() && name != kVersionStart) {
      result.schema.primary_key.push_back(name);
    }
    if (name == kVersionStart) {
      result.mode = PartnerTableMode::Versions;
    } else if (name == kFivetranId && column.primary_key()) {
      result.mode = PartnerTableMode::Numbered;
      result.schema.primary_key.pop_back();
    }
    result.marks_deleted = result.marks_deleted || name == kFivetranDeleted;
  }
  return result;
}

}  // namespace tendril
