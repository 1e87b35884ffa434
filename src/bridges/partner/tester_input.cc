#include "bridges/partner/tester_input.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "bridges/fivetran/system_columns.h"

namespace tendril {
namespace {

// Of a decimal without its precision.
constexpr Type kAnyDecimal = {TypeKind::Decimal, 38, 10};

constexpr std::array<std::string_view, 6> kSections = {
    "create_table", "alter_table", "ops", "schema_migration", "describe_table", "describe"};

Error wrong(const std::string& where, const std::string& what) {
  return {.code = ErrorCode::InvalidConfig, .message = "input: " + where + " " + what};
}

class Reading {
 public:
  Status read(const Value& document) {
    if (!document.is_map()) {
      return wrong("the file", "is no JSON object");
    }
    for (const auto& [section, content] : document.as_map()->members()) {
      if (std::ranges::find(kSections, section) == kSections.end()) {
        return wrong(section, "is no operation");
      }
    }
    TRY(read_marks(document));
    TRY(read_tables(document, "create_table", input_.created));
    TRY(read_tables(document, "alter_table", input_.altered));
    const List operations = TRY(list_of(document, "ops"));
    for (const Value& each : operations) {
      TRY(read_operation(each));
    }
    const List migrations = TRY(list_of(document, "schema_migration"));
    for (const Value& each : migrations) {
      TRY(read_migrations(each));
    }
    const List described = TRY(list_of(document, "describe_table"));
    for (const Value& each : described) {
      const std::string table = TRY(text_of(each, "describe_table"));
      input_.described.push_back(table);
    }
    return {};
  }

  TesterInput take() { return std::move(input_); }

 private:
  static Result<List> list_of(const Value& document, const std::string& name) {
    const Value* found = document.find(name);
    if (found == nullptr) {
      return List();
    }
    if (!found->is_list()) {
      return wrong(name, "is no list");
    }
    return *found->as_list();
  }

  static Result<std::string> text_of(const Value& value, const std::string& where) {
    if (!value.is_string()) {
      return wrong(where, "names a table by what is no text");
    }
    return *value.as_string();
  }

  // Tables whose rows are marked as deleted have a column for it: those that are deleted from
  // softly, and those that a migration takes for such.
  Status read_marks(const Value& document) {
    const List operations = TRY(list_of(document, "ops"));
    for (const Value& each : operations) {
      if (const Value* deleted = each.find("soft_delete");
          deleted != nullptr && deleted->is_map()) {
        for (const auto& [table, rows] : deleted->as_map()->members()) {
          marked_.insert(table);
        }
      }
      if (const Value* cut = each.find("soft_truncate_before"); cut != nullptr && cut->is_list()) {
        for (const Value& table : *cut->as_list()) {
          const std::string name = TRY(text_of(table, "soft_truncate_before"));
          marked_.insert(name);
        }
      }
    }
    const List migrations = TRY(list_of(document, "schema_migration"));
    std::set<std::string> live;
    for (const Value& each : migrations) {
      if (!each.is_map()) {
        continue;
      }
      for (const auto& [name, entries] : each.as_map()->members()) {
        for (const Value& entry : entries.is_list() ? *entries.as_list() : List()) {
          note_mark(name, entry, live);
        }
      }
    }
    return {};
  }

  void note_mark(const std::string& migration, const Value& entry, std::set<std::string>& live) {
    const Value* named = entry.find(migration.starts_with("copy_table") ? "from_table" : "table");
    if (named == nullptr || !named->is_string()) {
      return;
    }
    const std::string& table = *named->as_string();
    if (migration == "migrate_live_to_soft_delete") {
      live.insert(table);
    } else if (entry.find("deleted_column") != nullptr &&
               migration != "migrate_history_to_soft_delete" && !live.contains(table)) {
      marked_.insert(table);
    }
  }

  Status read_tables(const Value& document, const std::string& section,
                     std::vector<PartnerTable>& tables) {
    const Value* found = document.find(section);
    if (found == nullptr) {
      return {};
    }
    if (!found->is_map()) {
      return wrong(section, "is no object");
    }
    for (const auto& [name, described] : found->as_map()->members()) {
      PartnerTable table = TRY(read_table(section + "." + name, name, described));
      tables.push_back(std::move(table));
    }
    return {};
  }

  Result<PartnerTable> read_table(const std::string& where, const std::string& name,
                                  const Value& described) {
    const Value* columns = described.find("columns");
    if (columns == nullptr || !columns->is_map()) {
      return wrong(where, "has no columns");
    }
    PartnerTable table{.schema = {.name = name, .columns = {}}};
    for (const auto& [column, type] : columns->as_map()->members()) {
      const Type read = TRY(tester_type(type, where + "." + column));
      table.schema.columns.push_back({column, read});
    }
    const List key = TRY(list_of(described, "primary_key"));
    for (const Value& column : key) {
      const std::string* text = TRY(column_of(table.schema, column, where));
      table.schema.primary_key.push_back(*text);
    }
    if (key.empty()) {
      const std::string id(kFivetranId);
      if (table.schema.find(id) == nullptr) {
        table.schema.columns.push_back({id, {TypeKind::String}});
      }
      table.schema.primary_key = {id};
    }
    const Value* history = described.find("history_mode");
    const bool versions =
        history != nullptr && history->as_bool() != nullptr && *history->as_bool();
    table.mode = versions ? PartnerTableMode::Versions : PartnerTableMode::Merged;
    table.marks_deleted = !versions && marked_.contains(name);
    return table;
  }

  static Result<const std::string*> column_of(const TableSchema& schema, const Value& column,
                                              const std::string& where) {
    const std::string* name = column.as_string();
    if (name == nullptr || schema.find(*name) == nullptr) {
      return wrong(where, "has a primary_key that is no column");
    }
    return name;
  }

  Status read_operation(const Value& operation) {
    if (!operation.is_map()) {
      return wrong("ops", "has an element that is no object");
    }
    for (const auto& [name, content] : operation.as_map()->members()) {
      if (name == "truncate_before" || name == "soft_truncate_before") {
        const List tables = TRY(list_of(operation, name));
        for (const Value& table : tables) {
          const std::string text = TRY(text_of(table, name));
          input_.operations.emplace_back(
              TesterTruncation{.table = text, .soft = name == "soft_truncate_before"});
        }
        continue;
      }
      TRY(read_rows(name, content));
    }
    return {};
  }

  Status read_rows(const std::string& name, const Value& content) {
    constexpr std::array kKinds = {TesterRowsKind::Upsert, TesterRowsKind::Update,
                                   TesterRowsKind::Delete, TesterRowsKind::SoftDelete};
    const auto kind =
        std::ranges::find_if(kKinds, [&](TesterRowsKind each) { return to_string(each) == name; });
    if (kind == kKinds.end()) {
      return wrong("ops." + name, "is no operation");
    }
    if (!content.is_map()) {
      return wrong("ops." + name, "is no object of tables");
    }
    for (const auto& [table, rows] : content.as_map()->members()) {
      if (!rows.is_list() || !std::ranges::all_of(*rows.as_list(), &Value::is_map)) {
        return wrong("ops." + name + "." + table, "is no list of rows");
      }
      input_.operations.emplace_back(
          TesterRows{.kind = *kind, .table = table, .rows = *rows.as_list()});
    }
    return {};
  }

  Status read_migrations(const Value& migrations) {
    if (!migrations.is_map()) {
      return wrong("schema_migration", "has an element that is no object");
    }
    for (const auto& [name, entries] : migrations.as_map()->members()) {
      if (!entries.is_list() || !std::ranges::all_of(*entries.as_list(), &Value::is_map)) {
        return wrong("schema_migration." + name, "is no list of migrations");
      }
      for (const Value& entry : *entries.as_list()) {
        input_.migrations.push_back({.name = name, .details = *entry.as_map()});
      }
    }
    return {};
  }

  TesterInput input_;
  std::set<std::string> marked_;
};

}  // namespace

std::string to_string(TesterRowsKind kind) {
  switch (kind) {
    case TesterRowsKind::Upsert: return "upsert";
    case TesterRowsKind::Update: return "update";
    case TesterRowsKind::Delete: return "delete";
    case TesterRowsKind::SoftDelete: return "soft_delete";
  }
  return "";
}

Result<TesterInput> read_tester_input(const Value& document) {
  Reading reading;
  TRY(reading.read(document));
  return reading.take();
}

Result<Type> tester_type(const Value& text, const std::string& where) {
  if (const std::string* name = text.as_string()) {
    if (*name == "DECIMAL") {
      return kAnyDecimal;
    }
    const Result<Type> type = parse_type(*name);
    return type.ok() ? type : Result<Type>(wrong(where, "is of no type that is known: " + *name));
  }
  const Value* name = text.find("type");
  const Value* precision = text.find("precision");
  const Value* scale = text.find("scale");
  if (name == nullptr || !name->is_string()) {
    return wrong(where, "has no type");
  }
  if (*name->as_string() != "DECIMAL" || precision == nullptr || scale == nullptr) {
    return tester_type(*name, where);
  }
  const std::int64_t* digits = precision->as_int();
  const std::int64_t* places = scale->as_int();
  if (digits == nullptr || places == nullptr || *digits < 1 || *digits > 38 || *places < 0 ||
      *places > *digits) {
    return wrong(where, "has a precision and scale that make no sense");
  }
  return decimal_type(static_cast<int>(*digits), static_cast<int>(*places));
}

}  // namespace tendril
