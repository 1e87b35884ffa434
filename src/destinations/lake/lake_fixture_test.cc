#include "destinations/lake/lake_fixture_test.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/check.h"
#include "destinations/lake/lake_names.h"
#include "destinations/lake/lake_sql.h"
#include "destinations/lake/read_script.h"

namespace tendril {

LakeFixture::LakeFixture(LakeFormat format, std::string settings)
    : format_(format),
      settings_(std::move(settings)),
      spec_(lake_destination(format, {.clock = clock_})) {}

std::unique_ptr<Destination> LakeFixture::destination() {
  auto destination = spec_.make(lake().string() + settings_);
  CHECK(destination.ok());
  return std::move(destination).value();
}

LakeQueries& LakeFixture::queries() {
  if (queries_ == nullptr) {
    auto opened = LakeQueries::open(folder_ / "spill", 500'000'000);
    CHECK(opened.ok());
    queries_ = std::move(opened).value();
    EXPECT_THAT(queries_->run(read_script(format_)), IsOk());
  }
  return *queries_;
}

std::optional<TableSchema> LakeFixture::stored(const std::string& table) {
  for (const char* connection : {"connection", "c", "one", "two", "other"}) {
    const auto looker = destination();
    EXPECT_THAT(looker->open_to_look(connection), IsOk());
    const auto found = looker->stored_table(table);
    EXPECT_THAT(found, IsOk());
    if (found.ok() && found->has_value()) {
      return **found;
    }
  }
  return std::nullopt;
}

// Reads the files of a list or glob; text files with all columns as text, and Json as JSON.
std::string LakeFixture::relation(const std::string& files, const TableSchema& schema) const {
  switch (format_) {
    case LakeFormat::Parquet:
      return fmt::format("read_parquet({}, union_by_name = true, hive_partitioning = false)",
                         files);
    case LakeFormat::Csv:
      return fmt::format(
          "read_csv({}, union_by_name = true, all_varchar = true, header = true, delim = ',', "
          "quote "
          "= '\"', escape = '\"', nullstr = '', allow_quoted_nulls = false)",
          files);
    case LakeFormat::Jsonl: break;
  }
  std::string columns = "'_tendril_synced': 'VARCHAR'";
  for (const Column& column : schema.columns) {
    columns += fmt::format(", {}: '{}'", quoted_text(column.name),
                           column.type.kind == TypeKind::Json ? "JSON" : "VARCHAR");
  }
  return fmt::format("read_json({}, format = 'newline_delimited', columns = {{{}}})", files,
                     columns);
}

std::string LakeFixture::text_expression(const Column& column) const {
  const std::string name = quoted_name(column.name);
  const bool as_is = format_ != LakeFormat::Parquet &&
                     (column.type.kind == TypeKind::Binary || column.type.kind == TypeKind::Json);
  if (as_is) {
    return name + "::VARCHAR";
  }
  const Type type = column.type.kind == TypeKind::Unknown ? Type{TypeKind::String} : column.type;
  const std::string typed = fmt::format("CAST({} AS {})", name, duckdb_type_name(type));
  return "(" + converted_value(typed, type, {TypeKind::String}) + ")::VARCHAR";
}

std::vector<StoredRow> LakeFixture::read(const std::string& relation, const TableSchema& schema,
                                         bool marks) {
  const auto described =
      queries().rows(fmt::format("SELECT column_name FROM (DESCRIBE SELECT * FROM {})", relation));
  EXPECT_THAT(described, IsOk()) << relation;
  if (!described.ok()) {
    return {};
  }
  std::vector<std::string> present;
  for (const auto& row : *described) {
    present.push_back(row.at(0).value_or(""));
  }
  std::vector<Column> columns = schema.columns;
  for (const char* mark : {"_tendril_start", "_tendril_end", "_tendril_synced"}) {
    if (marks) {
      columns.push_back({mark, {TypeKind::UtcDatetime}});
    }
  }
  columns.push_back({marks ? "_tendril_active" : "_tendril_deleted", {TypeKind::Boolean}});
  std::string list;
  for (const Column& column : columns) {
    const bool there = std::find(present.begin(), present.end(), column.name) != present.end();
    list += (list.empty() ? "" : ", ") + (there ? text_expression(column) : "NULL::VARCHAR");
  }
  const auto rows = queries().rows(fmt::format("SELECT {} FROM {}", list, relation));
  EXPECT_THAT(rows, IsOk()) << relation;
  std::vector<StoredRow> result;
  for (const auto& cells : rows.ok() ? *rows : LakeTexts()) {
    StoredRow& row = result.emplace_back();
    for (std::size_t index = 0; index < columns.size(); ++index) {
      row[columns[index].name] = cells[index];
    }
    if (!marks && row["_tendril_deleted"] != "true") {
      row.erase("_tendril_deleted");
    }
  }
  std::sort(result.begin(), result.end());
  return result;
}

std::optional<std::vector<StoredRow>> LakeFixture::look(const std::string& table) {
  refresh();
  const std::optional<TableSchema> schema = stored(table);
  if (!schema) {
    return std::nullopt;
  }
  EXPECT_EQ(manifest_error(table), "");
  const auto by_list = read(relation("getvariable('files')", *schema), *schema, false);
  const std::string glob =
      fmt::format("'{}/{}/**/*.{}'", lake().string(), folder_name(table), to_string(format_));
  EXPECT_EQ(by_list, read(relation(glob, *schema), *schema, false));
  return by_list;
}

std::vector<StoredRow> LakeFixture::history(const std::string& table) {
  refresh();
  const std::optional<TableSchema> schema = stored(table);
  EXPECT_TRUE(schema.has_value());
  EXPECT_EQ(manifest_error(table), "");
  return schema ? read(relation("getvariable('files')", *schema), *schema, true)
                : std::vector<StoredRow>();
}

std::vector<std::string> LakeFixture::synced(const std::string& table) {
  refresh();
  std::vector<std::string> texts;
  const Column synced{"_tendril_synced", {TypeKind::UtcDatetime}};
  const std::string glob =
      fmt::format("'{}/{}/**/*.{}'", lake().string(), folder_name(table), to_string(format_));
  const auto rows =
      queries().rows(fmt::format("SELECT {} FROM {} ORDER BY 1", text_expression(synced),
                                 relation(glob, {.name = table, .columns = {}})));
  EXPECT_THAT(rows, IsOk());
  for (const auto& row : rows.ok() ? *rows : LakeTexts()) {
    texts.push_back(row.at(0).value_or("NULL"));
  }
  return texts;
}

std::string LakeFixture::manifest_error(const std::string& table) {
  const auto set = queries().run(fmt::format("SET VARIABLE files = tendril_files({}, {})",
                                             quoted_text(lake().string()), quoted_text(table)));
  return set.ok() ? "" : set.error().message;
}

LakeTexts LakeFixture::by_manifest(const std::string& table,
                                   const std::vector<std::string>& columns) {
  EXPECT_EQ(manifest_error(table), "");
  const auto rows = queries().rows(fmt::format(
      "SELECT COLUMNS(*)::VARCHAR FROM (SELECT {} FROM {} ORDER BY ALL)", name_list(columns),
      relation("getvariable('files')", {.name = table, .columns = {}})));
  EXPECT_THAT(rows, IsOk());
  return rows.ok() ? *rows : LakeTexts();
}

LakeTexts LakeFixture::by_glob(const std::string& table, const std::vector<std::string>& columns) {
  const auto rows = queries().rows(fmt::format(
      "SELECT COLUMNS(*)::VARCHAR FROM (SELECT {} FROM {} ORDER BY ALL)", name_list(columns),
      relation(
          fmt::format("'{}/{}/**/*.{}'", lake().string(), folder_name(table), to_string(format_)),
          {.name = table, .columns = {}})));
  EXPECT_THAT(rows, IsOk());
  return rows.ok() ? *rows : LakeTexts();
}

}  // namespace tendril
