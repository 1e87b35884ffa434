#include "data/list_rows.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <simdjson.h>

#include "core/check.h"
#include "data/fitting.h"
#include "data/json_tree.h"

namespace tendril {
namespace {

namespace sj = simdjson::ondemand;

constexpr std::string_view kIndexColumn = "_index";
constexpr std::string_view kParentPrefix = "_parent_";
constexpr std::string_view kValueColumn = "value";
constexpr std::string_view kJoin = "__";

std::size_t depth_of(std::string_view path) {
  return 1 + static_cast<std::size_t>(std::ranges::count(path, '.'));
}

std::string index_column(std::size_t level) {
  return std::string(kIndexColumn) + "_" + std::to_string(level);
}

// A field in the place of a column of ours gets another name.
std::string column_of_field(std::string name) {
  const bool ours = name.starts_with(kIndexColumn) || name.starts_with(kParentPrefix) ||
                    name.starts_with("_tendril_");
  return ours ? name + "__field" : name;
}

}  // namespace

struct ListRows::Parser {
  sj::parser parser;
  simdjson::padded_string text;
};

bool ListChoice::holds(std::string_view path) const {
  if (depth_of(path) > static_cast<std::size_t>(depth_max)) {
    return false;
  }
  return all || std::ranges::any_of(paths, [&](std::string_view chosen) {
           return chosen == path || (chosen.starts_with(path) && chosen[path.size()] == '.');
         });
}

std::string list_table_name(std::string_view table, std::string_view path) {
  std::string name(table);
  name += kJoin;
  for (const char c : path) {
    name += c == '.' ? kJoin : std::string_view(&c, 1);
  }
  return name;
}

TableSchema list_parent_columns(const TableSchema& parent, std::string_view path) {
  TableSchema schema{.name = list_table_name(parent.name, path), .columns = {}};
  for (const std::string& key : parent.primary_key) {
    const Column* column = parent.find(key);
    schema.columns.push_back(
        {std::string(kParentPrefix) + key, column == nullptr ? Type() : column->type});
    schema.primary_key.push_back(schema.columns.back().name);
  }
  return schema;
}

std::vector<std::string> list_key(const TableSchema& parent, std::string_view path) {
  std::vector<std::string> key = list_parent_columns(parent, path).primary_key;
  for (std::size_t level = 1; level < depth_of(path); ++level) {
    key.push_back(index_column(level));
  }
  key.emplace_back(kIndexColumn);
  return key;
}

TableSchema list_table(const TableSchema& parent, std::string_view path) {
  TableSchema schema = list_parent_columns(parent, path);
  schema.primary_key = list_key(parent, path);
  for (std::size_t i = schema.columns.size(); i < schema.primary_key.size(); ++i) {
    schema.columns.push_back({schema.primary_key[i], {TypeKind::Long}});
  }
  return schema;
}

// One list on its way into rows. Arrays are walked where they stand: the rows of lists in it are
// ended while the row that holds them is still open, in builders of their own.
class ListRows::Walk {
 public:
  Walk(ListRows& lists, const Batch& parent_rows, std::int64_t row)
      : lists_(lists), parent_rows_(parent_rows), row_(row) {}

  simdjson::error_code list(sj::array array, const std::string& path) {
    BatchBuilder& rows = lists_.builder_of(path);
    std::int64_t index = 0;
    for (auto element : array) {
      sj::value value;
      if (const auto fault = element.get(value)) {
        return fault;
      }
      begin_row(rows, index);
      indexes_.push_back(index++);
      const auto fault = item(rows, value, path);
      indexes_.pop_back();
      if (fault) {
        return fault;
      }
      rows.end_row();
    }
    return simdjson::SUCCESS;
  }

 private:
  void begin_row(BatchBuilder& rows, std::int64_t index) {
    for (const std::string& key : lists_.parent_.primary_key) {
      const auto column = std::ranges::find(parent_rows_.schema->columns, key, &Column::name);
      CHECK(column != parent_rows_.schema->columns.end());
      const auto position = static_cast<int>(column - parent_rows_.schema->columns.begin());
      append_cell(rows.cell(std::string(kParentPrefix) + key), *parent_rows_.rows->column(position),
                  column->type, row_);
    }
    for (std::size_t level = 0; level < indexes_.size(); ++level) {
      rows.cell(index_column(level + 1)).append_int(indexes_[level]);
    }
    rows.cell(kIndexColumn).append_int(index);
  }

  simdjson::error_code item(BatchBuilder& rows, sj::value value, const std::string& path) {
    sj::json_type type{};
    if (const auto fault = value.type().get(type)) {
      return fault;
    }
    if (type == sj::json_type::object) {
      sj::object object;
      const auto fault = value.get_object().get(object);
      return fault ? fault : fields(rows, object, path, "", 0);
    }
    return cell(rows, value, type, std::string(kValueColumn));
  }

  simdjson::error_code fields(BatchBuilder& rows, sj::object object, const std::string& path,
                              const std::string& prefix, int depth) {
    if (depth > kJsonDepthMax) {
      return simdjson::DEPTH_ERROR;
    }
    for (auto member : object) {
      sj::field field;
      if (const auto fault = std::move(member).get(field)) {
        return fault;
      }
      std::string_view spelled;
      if (const auto fault = json_name(field, spelled)) {
        return fault;
      }
      const std::string name = prefix + std::string(spelled);
      sj::value value = field.value();
      sj::json_type type{};
      if (const auto fault = value.type().get(type)) {
        return fault;
      }
      if (const auto fault = this->field(rows, value, type, {path, name, depth})) {
        return fault;
      }
    }
    return simdjson::SUCCESS;
  }

  struct Place {
    const std::string& path;
    const std::string& name;
    int depth;
  };

  simdjson::error_code field(BatchBuilder& rows, sj::value value, sj::json_type type,
                             const Place& place) {
    if (type == sj::json_type::object) {
      sj::object object;
      const auto fault = value.get_object().get(object);
      return fault ? fault
                   : fields(rows, object, place.path, place.name + std::string(kJoin),
                            place.depth + 1);
    }
    const std::string inner = place.path + "." + place.name;
    if (type == sj::json_type::array && lists_.choice_.holds(inner)) {
      sj::array array;
      const auto fault = value.get_array().get(array);
      return fault ? fault : list(array, inner);
    }
    return cell(rows, value, type, column_of_field(place.name));
  }

  // A value that is no object, and no list that becomes a table.
  static simdjson::error_code cell(BatchBuilder& rows, sj::value value, sj::json_type type,
                                   const std::string& name) {
    if (type == sj::json_type::array) {
      sj::array array;
      std::string_view text;
      auto fault = value.get_array().get(array);
      if (!fault) {
        fault = array.raw_json().get(text);
      }
      if (!fault) {
        rows.cell(name).append_json(trimmed_token(text));
      }
      return fault;
    }
    if (type == sj::json_type::string) {
      std::string_view text;
      const auto fault = value.get_string().get(text);
      if (!fault) {
        rows.cell(name).append_string(text);
      }
      return fault;
    }
    Value scalar;
    const auto fault = json_tree(value, scalar);
    if (!fault) {
      rows.cell(name).append(scalar);
    }
    return fault;
  }

  ListRows& lists_;
  const Batch& parent_rows_;
  const std::int64_t row_;
  std::vector<std::int64_t> indexes_;  // Of the elements that are being walked through.
};

ListRows::ListRows(TableSchema parent, ListChoice choice)
    : parent_(std::move(parent)), choice_(std::move(choice)), parser_(std::make_unique<Parser>()) {}

ListRows::~ListRows() = default;

Status ListRows::add(std::string_view column, std::string_view json, const Batch& parent_rows,
                     std::int64_t row) {
  const std::string path(column);
  const auto bad = [&](simdjson::error_code fault) {
    for (auto& [open, builder] : builders_) {
      builder.abandon_row();
    }
    return Error{.code = ErrorCode::BadData,
                 .message = "list in column " + path +
                            " can not be read: " + simdjson::error_message(fault)};
  };
  parser_->text = simdjson::padded_string(json);
  sj::document document;
  if (const auto fault = parser_->parser.iterate(parser_->text).get(document)) {
    return bad(fault);
  }
  sj::array array;
  if (const auto fault = document.get_array().get(array)) {
    return bad(fault);
  }
  if (const auto fault = Walk(*this, parent_rows, row).list(array, path)) {
    return bad(fault);
  }
  return {};
}

Result<std::map<std::string, Batch>> ListRows::take() {
  std::map<std::string, Batch> batches;
  for (auto& [path, builder] : builders_) {
    if (builder.row_count() > 0) {
      Batch batch = TRY(builder.take());
      batches.emplace(path, std::move(batch));
    }
  }
  return batches;
}

BatchBuilder& ListRows::builder_of(const std::string& path) {
  const auto found = builders_.find(path);
  if (found != builders_.end()) {
    return found->second;
  }
  return builders_.emplace(path, BatchBuilder(list_table(parent_, path))).first->second;
}

}  // namespace tendril
