#include "bridges/fivetran/project_table.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <arrow/array/array_base.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "bridges/fivetran/decimal_digits.h"
#include "bridges/fivetran/hash_order.h"
#include "bridges/fivetran/system_columns.h"
#include "data/number_text.h"

namespace tendril {
namespace {

constexpr std::size_t kShownMax = 80;

// The columns to begin with: the declared ones, an id in front where there is no key.
TableSchema starting_schema(TableSchema declared, bool json_as_text) {
  if (declared.primary_key.empty()) {
    declared.primary_key.emplace_back(kFivetranId);
    declared.columns.insert(declared.columns.begin(),
                            Column{std::string(kFivetranId), {TypeKind::String}});
  }
  for (Column& column : declared.columns) {
    if (json_as_text && column.type.kind == TypeKind::Json) {
      column.type = {TypeKind::String};
    }
  }
  return declared;
}

std::string cell_text(const FrameCell& cell) {
  switch (cell.tag) {
    case CellTag::Absent:
    case CellTag::Null: return "NULL";
    case CellTag::False: return "False";
    case CellTag::True: return "True";
    case CellTag::Float: return number_text(cell.real);
    case CellTag::Int:
    case CellTag::Time: return std::to_string(cell.number);
    case CellTag::Date: return iso_date(static_cast<std::int32_t>(cell.number));
    case CellTag::NaiveDatetime:
    case CellTag::UtcDatetime: return to_iso(instant_from_micros(cell.number));
    case CellTag::Binary: return fmt::format("{} bytes", cell.text.size());
    default: break;
  }
  return cell.text.size() > kShownMax ? std::string(cell.text.substr(0, kShownMax)) + "..."
                                      : std::string(cell.text);
}

Operation batch_operation(RowOperation operation) {
  switch (operation) {
    case RowOperation::Upsert: return Operation::Upsert;
    case RowOperation::Update: return Operation::Update;
    default: return Operation::Delete;
  }
}

}  // namespace

ProjectTable::ProjectTable(TableSchema declared, ProjectRules rules)
    : name_(declared.name),
      rules_(std::move(rules)),
      has_key_(!declared.primary_key.empty()),
      key_(has_key_ ? declared.primary_key : std::vector<std::string>{std::string(kFivetranId)}),
      rows_(starting_schema(declared, rules_.json_as_text)) {
  for (const Column& column : declared.columns) {
    folded_.try_emplace(folded_name(column.name), column.name);
    if (column.type.kind != TypeKind::Unknown) {
      declared_.emplace(column.name, column.type);
    }
  }
}

bool ProjectTable::is_key(const std::string& column) const {
  return std::find(key_.begin(), key_.end(), column) != key_.end();
}

TableSchema ProjectTable::schema() const { return rows_.schema(); }

// "row id=7", or "row 12" of the operations on the table in this sync.
std::string ProjectTable::row_name(const RowsFrame& frame, std::size_t row) const {
  std::string name;
  for (const FrameColumn& column : frame.columns) {
    const std::string stored = warehouse_column(column.name(), rules_.naming);
    if (has_key_ && is_key(stored) && column.tag(row) != CellTag::Absent) {
      name +=
          fmt::format("{}{}={}", name.empty() ? "row " : ", ", stored, cell_text(column.cell(row)));
    }
  }
  return name.empty() ? fmt::format("row {}", rows_taken_ + static_cast<std::int64_t>(row) + 1)
                      : name;
}

Error ProjectTable::fault(const RowsFrame& frame, std::size_t row,
                          const std::string& problem) const {
  return {.code = ErrorCode::BadData,
          .message = fmt::format("table {}, {} of {}(): {}", name_, row_name(frame, row),
                                 to_string(frame.operation), problem)};
}

void ProjectTable::warn_once(const std::string& column, std::string_view kind,
                             const std::string& text) {
  if (rules_.warn && warned_.emplace(column, kind).second) {
    rules_.warn(column.empty()
                    ? fmt::format("table {}: {}", name_, text)
                    : fmt::format("table {}, {}, column {}: {}; further ones are not told", name_,
                                  row_name(*frame_, row_), column, text));
  }
}

// Where names stay as they are, two of them may differ in nothing that the warehouse sees.
void ProjectTable::tell_capitals(std::string_view spelling, const std::string& name) {
  if (rules_.naming != ProjectNaming::Source) {
    return;
  }
  const std::string& first = folded_.try_emplace(folded_name(name), name).first->second;
  if (first != name) {
    warn_once(
        "", "column " + name,
        fmt::format("columns {} and {} differ by capitals only, which the warehouse takes for "
                    "no difference: {} gets a number behind its name; rename one",
                    first, spelling, spelling));
  }
}

// The columns of the frame as the warehouse calls them.
Result<std::vector<ProjectTable::Source>> ProjectTable::sources_of(const RowsFrame& frame) {
  std::vector<Source> sources;
  for (const FrameColumn& column : frame.columns) {
    Source source{.name = warehouse_column(column.name(), rules_.naming)};
    if (is_system_column(source.name)) {
      return Error{.code = ErrorCode::InvalidConfig,
                   .message = fmt::format("table {}: column {} has a name that the warehouse "
                                          "itself uses: leave it out, or rename it",
                                          name_, column.name())};
    }
    const auto same = std::find_if(sources.begin(), sources.end(),
                                   [&](const Source& each) { return each.name == source.name; });
    if (same != sources.end()) {
      const auto& other = frame.columns[static_cast<std::size_t>(same - sources.begin())];
      warn_once("", "columns " + source.name,
                fmt::format("columns {} and {} are one, {}: the later one of a row counts; rename "
                            "one, or use the naming SOURCE",
                            other.name(), column.name(), source.name));
    }
    tell_capitals(column.name(), source.name);
    const auto declared = declared_.find(source.name);
    if (declared != declared_.end()) {
      source.declared = declared->second;
    }
    const Column* const known = rows_.schema().find(source.name);
    source.known = known != nullptr && known->type.kind != TypeKind::Unknown;
    sources.push_back(std::move(source));
  }
  return sources;
}

// Each row has the whole key.
Status ProjectTable::check_key(const RowsFrame& frame, const std::vector<Source>& sources) const {
  for (const std::string& name : key_) {
    for (std::size_t row = 0; row < frame.rows; ++row) {
      CellTag found = CellTag::Absent;
      for (std::size_t index = 0; index < sources.size(); ++index) {
        const CellTag tag =
            sources[index].name == name ? frame.columns[index].tag(row) : CellTag::Absent;
        found = tag == CellTag::Absent ? found : tag;
      }
      if (found == CellTag::Absent || found == CellTag::Null) {
        return fault(frame, row,
                     fmt::format("primary key column {} {}", name,
                                 found == CellTag::Null ? "is None" : "is missing"));
      }
    }
  }
  return {};
}

// Remembers what decides the order of columns where none is declared.
void ProjectTable::meet_first_row(const RowsFrame& frame, const std::vector<Source>& sources) {
  if (met_first_row_ || frame.rows == 0) {
    return;
  }
  met_first_row_ = true;
  for (std::size_t index = 0; index < sources.size(); ++index) {
    const CellTag tag = frame.columns[index].tag(0);
    if (declared_.empty() && tag != CellTag::Absent) {
      first_names_.push_back(sources[index].name);
    }
    if (tag == CellTag::Null) {
      first_nulls_.insert(sources[index].name);
    }
  }
}

std::vector<std::string> ProjectTable::column_order() const {
  const std::vector<std::string> marks{std::string(kFivetranSynced), std::string(kFivetranDeleted)};
  std::vector<std::string> order;
  if (declared_.empty()) {
    order = key_;
    std::vector<std::string> names = first_names_;
    names.insert(names.end(), marks.begin(), marks.end());
    for (std::string& name : hash_order(names)) {
      if (!is_key(name) && !first_nulls_.contains(name)) {
        order.push_back(std::move(name));
      }
    }
    return order;
  }
  for (const Column& column : rows_.schema().columns) {
    if (declared_.contains(column.name) || is_key(column.name)) {
      order.push_back(column.name);
    }
  }
  order.insert(order.end(), marks.begin(), marks.end());
  return order;
}

void ProjectTable::count(const RowsFrame& frame) {
  const auto rows = static_cast<std::int64_t>(frame.rows);
  switch (frame.operation) {
    case RowOperation::Upsert: counts_.upserts += rows; break;
    case RowOperation::Update: counts_.updates += rows; break;
    case RowOperation::Delete: counts_.deletes += rows; break;
    case RowOperation::Truncate: ++counts_.truncates; break;
  }
}

void ProjectTable::count_values(const Batch& batch) {
  for (std::size_t index = 0; index < batch.schema->columns.size(); ++index) {
    const arrow::Array& values = *batch.rows->column(static_cast<int>(index));
    values_[batch.schema->columns[index].name] += values.length() - values.null_count();
  }
}

TableSummary ProjectTable::summary() const {
  TableSummary summary = counts_;
  summary.name = name_;
  for (const Column& column : rows_.schema().columns) {
    const auto declared = declared_.find(column.name);
    const auto values = values_.find(column.name);
    summary.columns.push_back(
        {.name = column.name,
         .type = declared == declared_.end() ? column.type : declared->second,
         .key = is_key(column.name),
         .declared = declared != declared_.end(),
         .nulls = summary.upserts - (values == values_.end() ? 0 : values->second)});
  }
  for (const auto& [name, type] : only_updated_) {
    if (rows_.schema().find(name) == nullptr) {
      summary.columns.push_back({.name = name, .type = type, .nulls = summary.upserts});
    }
  }
  return summary;
}

Result<std::vector<Batch>> ProjectTable::take(const RowsFrame& frame) {
  frame_ = &frame;
  count(frame);
  if (frame.operation == RowOperation::Truncate) {
    return std::vector<Batch>();
  }
  std::vector<Source> sources = TRY(sources_of(frame));
  meet_first_row(frame, sources);
  std::vector<Batch> batches;
  if (has_key_) {
    TRY(check_key(frame, sources));
  } else if (frame.operation != RowOperation::Upsert) {
    warn_once("", to_string(frame.operation),
              fmt::format("{}() finds no row, since the table has no primary key: declare one in "
                          "schema()",
                          to_string(frame.operation)));
    rows_taken_ += static_cast<std::int64_t>(frame.rows);
    return batches;
  }
  batches = TRY(frame.operation == RowOperation::Upsert ? upserts(frame, sources)
                                                        : changes(frame, sources));
  rows_taken_ += static_cast<std::int64_t>(frame.rows);
  return batches;
}

Result<std::vector<Batch>> ProjectTable::upserts(const RowsFrame& frame,
                                                 std::vector<Source>& sources) {
  const std::vector<std::string> ids = [&] {
    FrameNames names;
    for (const Source& source : sources) {
      names.push_back(source.name);
    }
    return has_key_ ? std::vector<std::string>() : row_ids(frame, names);
  }();
  std::vector<FrameColumn::Reader> readers(frame.columns.begin(), frame.columns.end());
  for (std::size_t row = 0; row < frame.rows; ++row) {
    row_ = row;
    if (!has_key_) {
      rows_.cell(kFivetranId).append_string(ids[row]);
    }
    for (std::size_t index = 0; index < readers.size(); ++index) {
      const FrameCell cell = readers[index].next();
      const bool makes_no_column = !cell.has_value() && !sources[index].known;
      if (cell.tag == CellTag::Absent || makes_no_column) {
        continue;
      }
      sources[index].known = true;
      const Status appended = append(rows_.cell(sources[index].name), cell, sources[index]);
      if (!appended.ok()) {
        return fault(frame, row, appended.error().message);
      }
    }
    rows_.end_row();
  }
  std::vector<Batch> batches;
  Batch batch = TRY(rows_.take());
  count_values(batch);
  batches.push_back(std::move(batch));
  return batches;
}

// Updates and deletes: only the columns that a row mentions count, so that rows which mention the
// same ones make a batch.
Result<std::vector<Batch>> ProjectTable::changes(const RowsFrame& frame,
                                                 const std::vector<Source>& sources) {
  const Operation operation = batch_operation(frame.operation);
  std::vector<FrameColumn::Reader> readers(frame.columns.begin(), frame.columns.end());
  std::vector<Batch> batches;
  std::vector<bool> mentioned;
  std::optional<BatchBuilder> rows;
  const auto finish = [&]() -> Status {
    if (rows && rows->row_count() > 0) {
      Batch batch = TRY(rows->take(operation));
      for (const Column& column : batch.schema->columns) {
        only_updated_[column.name] = column.type;
      }
      batches.push_back(std::move(batch));
    }
    return {};
  };
  for (std::size_t row = 0; row < frame.rows; ++row) {
    row_ = row;
    std::vector<bool> mentions;
    for (std::size_t index = 0; index < sources.size(); ++index) {
      const bool counts = operation != Operation::Delete || is_key(sources[index].name);
      mentions.push_back(counts && frame.columns[index].tag(row) != CellTag::Absent);
    }
    if (!rows || mentions != mentioned) {
      TRY(finish());
      mentioned = mentions;
      TableSchema schema{name_, {}, key_};
      for (std::size_t index = 0; index < sources.size(); ++index) {
        const Column* const known = rows_.schema().find(sources[index].name);
        if (mentions[index] && schema.find(sources[index].name) == nullptr &&
            (known != nullptr || frame.columns[index].first_value())) {
          schema.columns.push_back(known != nullptr ? *known : Column{sources[index].name, {}});
        }
      }
      rows.emplace(std::move(schema));
    }
    for (std::size_t index = 0; index < readers.size(); ++index) {
      const FrameCell cell = readers[index].next();
      if (!mentions[index] || rows->schema().find(sources[index].name) == nullptr) {
        continue;
      }
      const Status appended = append(rows->cell(sources[index].name), cell, sources[index]);
      if (!appended.ok()) {
        return fault(frame, row, appended.error().message);
      }
    }
    rows->end_row();
  }
  TRY(finish());
  return batches;
}

Status ProjectTable::append(ColumnBuilder& column, const FrameCell& cell, const Source& source) {
  switch (cell.tag) {
    case CellTag::Absent:
    case CellTag::Null: column.append_null(); return {};
    case CellTag::False: column.append_bool(false); break;
    case CellTag::True: column.append_bool(true); break;
    case CellTag::Int: column.append_int(cell.number); break;
    case CellTag::Float: append_float(column, cell.real, source); break;
    case CellTag::Decimal: return append_decimal(column, cell, source);
    case CellTag::Json:
      if (!rules_.json_as_text) {
        column.append_json(cell.text);
        break;
      }
      [[fallthrough]];
    case CellTag::String:
    case CellTag::Xml: append_text(column, cell.text, source); break;
    case CellTag::Binary: column.append_bytes(cell.text); break;
    case CellTag::Date:
      column.append_string(iso_date(static_cast<std::int32_t>(cell.number)));
      break;
    case CellTag::NaiveDatetime:
      column.append_string(to_iso(instant_from_micros(cell.number)));
      break;
    case CellTag::UtcDatetime: column.append_instant(instant_from_micros(cell.number)); break;
    case CellTag::Time: column.append_string(iso_time(cell.number)); break;
  }
  const bool is_text = source.declared && source.declared->kind == TypeKind::Json;
  if (source.declared && !is_text && column.type() != *source.declared) {
    return Error{.code = ErrorCode::BadData,
                 .message = fmt::format("column {} is declared {}, which does not hold {}",
                                        source.name, to_string(*source.declared), cell_text(cell))};
  }
  return {};
}

void ProjectTable::append_float(ColumnBuilder& column, double value, const Source& source) {
  if (column.type().kind == TypeKind::Unknown) {
    const bool fits =
        !(std::isfinite(value) && std::abs(value) > std::numeric_limits<float>::max());
    column.widen_to({fits ? TypeKind::Float : TypeKind::Double});
  }
  if (std::isnan(value)) {
    warn_once(source.name, "nan", "NaN is stored as NULL");
    column.append_null();
    return;
  }
  column.append_double(value);
}

void ProjectTable::append_text(ColumnBuilder& column, std::string_view text, const Source& source) {
  if (text.find('\0') == std::string_view::npos) {
    column.append_string(text);
    return;
  }
  warn_once(source.name, "nul", "null characters are left out of texts");
  std::string clean(text);
  std::erase(clean, '\0');
  column.append_string(clean);
}

Status ProjectTable::append_decimal(ColumnBuilder& column, const FrameCell& cell,
                                    const Source& source) {
  if (!source.declared || source.declared->kind != TypeKind::Decimal) {
    column.append_string(cell.text);
    return {};
  }
  const FittedDecimal number = fit_decimal(cell.text, *source.declared);
  switch (number.outcome) {
    case FittedDecimal::Outcome::Fits: column.append_string(number.text); return {};
    case FittedDecimal::Outcome::TooManyDigits:
      warn_once(source.name, "digits",
                fmt::format("numbers with more digits than {} has are stored as NULL: {}",
                            to_string(*source.declared), cell_text(cell)));
      column.append_null();
      return {};
    case FittedDecimal::Outcome::NoNumber: break;
  }
  return Error{.code = ErrorCode::BadData,
               .message = fmt::format("column {} is declared {} and needs a number: {}",
                                      source.name, to_string(*source.declared), cell_text(cell))};
}

}  // namespace tendril
