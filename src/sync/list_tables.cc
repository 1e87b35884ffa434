#include "sync/list_tables.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_set>

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include "data/column_builder.h"
#include "data/row_choice.h"

namespace tendril {
namespace {

bool opens_list(std::string_view json) {
  const std::size_t start = json.find_first_not_of(" \t\r\n");
  return start != std::string_view::npos && json[start] == '[';
}

std::string_view text_at(const arrow::Array& column, std::int64_t row) {
  return static_cast<const arrow::StringArray&>(column).GetView(row);
}

std::string root_of(const std::string& path) { return path.substr(0, path.find('.')); }

Error key_is_missing(const std::string& table, const std::string& column) {
  return {.code = ErrorCode::BadData,
          .message =
              "rows of table " + table +
              " lack a column of its primary key, so their lists can not be told apart: " + column};
}

// The columns of the key and nothing else.
Result<Batch> keys_of(const Batch& rows, const std::vector<std::string>& key) {
  TableSchema schema{.name = rows.schema->name, .columns = {}, .primary_key = key};
  arrow::ArrayVector columns;
  for (const std::string& name : key) {
    const auto column = std::ranges::find(rows.schema->columns, name, &Column::name);
    if (column == rows.schema->columns.end()) {
      return key_is_missing(rows.schema->name, name);
    }
    schema.columns.push_back(*column);
    columns.push_back(rows.rows->column(static_cast<int>(column - rows.schema->columns.begin())));
  }
  Batch keys = rows;
  keys.rows = arrow::RecordBatch::Make(arrow_schema(schema), rows.row_count(), std::move(columns));
  keys.schema = std::make_shared<const TableSchema>(std::move(schema));
  return keys;
}

// The column without its lists; null when nothing else is in it.
Result<std::shared_ptr<arrow::Array>> without_lists_in(const arrow::Array& column) {
  ColumnBuilder rest({TypeKind::Json});
  for (std::int64_t row = 0; row < column.length(); ++row) {
    if (column.IsNull(row) || opens_list(text_at(column, row))) {
      rest.append_null();
    } else {
      rest.append_json(text_at(column, row));
    }
  }
  std::shared_ptr<arrow::Array> array = TRY(rest.take());
  return array->null_count() == array->length() ? nullptr : array;
}

}  // namespace

ListTables::ListTables(const StreamPlan& plan)
    : plan_(plan),
      parent_(plan.info.schema),
      known_(plan.stored.children.begin(), plan.stored.children.end()) {
  if (!active()) {
    known_.clear();
  }
}

bool ListTables::is_list_column(const Column& column) const {
  const Normalization& choice = plan_.rules.normalize;
  return column.type.kind == TypeKind::Json &&
         ListChoice{.all = choice.all, .paths = choice.paths, .depth_max = 1}.holds(column.name);
}

TableSchema ListTables::remaining(const TableSchema& declared) const {
  TableSchema schema = declared;
  if (active()) {
    std::erase_if(schema.columns, [&](const Column& column) { return is_list_column(column); });
  }
  return schema;
}

Result<std::optional<Batch>> ListTables::without_lists(const Batch& rows) const {
  if (!active() || rows.rows == nullptr ||
      std::ranges::none_of(rows.schema->columns,
                           [&](const Column& column) { return is_list_column(column); })) {
    return std::optional<Batch>();
  }
  TableSchema schema = *rows.schema;
  schema.columns.clear();
  arrow::ArrayVector columns;
  for (std::size_t i = 0; i < rows.schema->columns.size(); ++i) {
    std::shared_ptr<arrow::Array> column = rows.rows->column(static_cast<int>(i));
    if (is_list_column(rows.schema->columns[i])) {
      column = TRY(without_lists_in(*column));
    }
    if (column != nullptr) {
      schema.columns.push_back(rows.schema->columns[i]);
      columns.push_back(std::move(column));
    }
  }
  Batch rest = rows;
  rest.rows = arrow::RecordBatch::Make(arrow_schema(schema), rows.row_count(), std::move(columns));
  rest.schema = std::make_shared<const TableSchema>(std::move(schema));
  return std::optional(std::move(rest));
}

Result<std::vector<ListBatch>> ListTables::children(const Batch& rows, const RowMask& left_out) {
  if (rows.rows == nullptr) {
    return truncations(rows);
  }
  const Batch keys = TRY(keys_of(rows, parent_.primary_key));
  if (rows_ == nullptr) {
    begin(*keys.schema);
  }
  if (rows.operation != Operation::Delete) {
    TRY(add_lists(rows, superseded(keys, left_out)));
  }
  std::map<std::string, Batch> came = TRY(rows_->take());
  for (const auto& [path, batch] : came) {
    known_.insert(path);
  }
  std::vector<ListBatch> all;
  if (plan_.mode == WriteMode::Merge || rows.operation == Operation::Delete) {
    const Batch stored = TRY(left_out.empty() ? Result<Batch>(keys) : without_rows(keys, left_out));
    for (const std::string& path : known_) {
      // An Update leaves the lists that it does not mention.
      if (rows.operation != Operation::Update || rows.schema->find(root_of(path)) != nullptr) {
        all.push_back({path, removal(path, stored)});
      }
    }
  }
  for (auto& [path, batch] : came) {
    all.push_back({path, std::move(batch)});
  }
  return all;
}

std::vector<ListBatch> ListTables::truncations(const Batch& truncation) const {
  std::vector<ListBatch> all;
  for (const std::string& path : known_) {
    Batch batch = truncation;
    batch.schema = std::make_shared<const TableSchema>(table_of(path));
    all.push_back({path, std::move(batch)});
  }
  return all;
}

// The first rows tell the types of the key.
void ListTables::begin(const TableSchema& keys) {
  for (const Column& column : keys.columns) {
    if (Column* declared = parent_.find(column.name)) {
      declared->type = column.type;
    } else {
      parent_.columns.push_back(column);
    }
  }
  const Normalization& choice = plan_.rules.normalize;
  rows_ = std::make_unique<ListRows>(parent_, ListChoice{.all = choice.all,
                                                         .paths = choice.paths,
                                                         .depth_max = plan_.rules.normalize_depth});
}

Status ListTables::add_lists(const Batch& rows, const RowMask& skipped) {
  for (std::size_t i = 0; i < rows.schema->columns.size(); ++i) {
    const Column& column = rows.schema->columns[i];
    if (!is_list_column(column)) {
      continue;
    }
    const arrow::Array& values = *rows.rows->column(static_cast<int>(i));
    for (std::int64_t row = 0; row < values.length(); ++row) {
      const bool skip = !skipped.empty() && skipped[static_cast<std::size_t>(row)];
      if (!skip && !values.IsNull(row) && opens_list(text_at(values, row))) {
        TRY(rows_->add(column.name, text_at(values, row), rows, row));
      }
    }
  }
  return {};
}

// Where rows are merged, a later row of the same key in one batch takes the place of an earlier
// one, whose lists must not come beside its own.
RowMask ListTables::superseded(const Batch& keys, const RowMask& left_out) const {
  if (plan_.mode != WriteMode::Merge) {
    return left_out;
  }
  RowMask mask = left_out;
  mask.resize(static_cast<std::size_t>(keys.row_count()), false);
  std::unordered_set<std::string> seen;
  for (std::size_t row = mask.size(); row-- > 0;) {
    mask[row] = mask[row] || !seen.insert(row_json(keys, static_cast<std::int64_t>(row))).second;
  }
  return mask;
}

// Deletes all rows of the list's table that belong to these rows.
Batch ListTables::removal(const std::string& path, const Batch& keys) const {
  TableSchema schema = list_parent_columns(parent_, path);
  schema.primary_key = list_key(parent_, path);
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    schema.columns[i].type = keys.schema->columns[i].type;
  }
  Batch gone{.operation = Operation::Delete, .schema = nullptr, .rows = nullptr};
  gone.rows =
      arrow::RecordBatch::Make(arrow_schema(schema), keys.row_count(), keys.rows->columns());
  gone.schema = std::make_shared<const TableSchema>(std::move(schema));
  return gone;
}

TableSchema ListTables::table_of(const std::string& path) const {
  return list_table(parent_, path);
}

}  // namespace tendril
