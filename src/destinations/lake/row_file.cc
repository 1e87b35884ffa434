#include "destinations/lake/row_file.h"

#include <utility>

#include <arrow/type.h>

#include "connector/marks.h"
#include "data/batch.h"

namespace tendril {

std::string_view to_string(LakeFormat format) {
  switch (format) {
    case LakeFormat::Parquet: return "parquet";
    case LakeFormat::Jsonl: return "jsonl";
    case LakeFormat::Csv: return "csv";
  }
  return "parquet";
}

std::shared_ptr<arrow::Schema> arrow_columns(const LakeLayout& layout) {
  arrow::FieldVector fields;
  for (const Column& column : layout.columns) {
    if (column.type.kind != TypeKind::Unknown) {
      fields.push_back(arrow::field(column.name, arrow_type(column.type)));
    }
  }
  const auto instant = arrow_type({TypeKind::UtcDatetime});
  fields.push_back(arrow::field(std::string(kSyncedColumn), instant));
  if (layout.has_deleted) {
    fields.push_back(arrow::field(std::string(kDeletedColumn), arrow::boolean()));
  }
  if (layout.has_versions) {
    fields.push_back(arrow::field(std::string(kStartColumn), instant));
    fields.push_back(arrow::field(std::string(kEndColumn), instant));
    fields.push_back(arrow::field(std::string(kActiveColumn), arrow::boolean()));
  }
  return arrow::schema(std::move(fields));
}

Result<std::unique_ptr<RowFile>> open_row_file(const std::filesystem::path& path,
                                               const LakeLayout& layout,
                                               const RowFileOptions& options) {
  switch (options.format) {
    case LakeFormat::Jsonl: return open_jsonl_file(path, layout);
    case LakeFormat::Csv: return open_csv_file(path, layout);
    case LakeFormat::Parquet: break;
  }
  return open_parquet_file(path, layout, options);
}

}  // namespace tendril
