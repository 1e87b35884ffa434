#include "connector/document.h"

#include <string>

#include "core/json_text.h"
#include "data/json.h"

namespace tendril {

TableSchema document_schema(const TableSchema& stream) {
  return {.name = stream.name,
          .columns = {{.name = std::string(kDocumentColumn), .type = {TypeKind::Json}}},
          .primary_key = {}};
}

void add_document(BatchBuilder& rows, const Map& record) {
  std::string json = "{";
  for (const auto& [name, value] : record.members()) {
    if (value.is_null()) {
      continue;
    }
    json += json.size() > 1 ? "," : "";
    append_json_string(json, name);
    json += ':';
    append_json(json, value);
  }
  json += '}';
  rows.cell(kDocumentColumn).append_json(json);
  rows.end_row();
}

bool holds_documents(const TableSchema& schema) {
  return schema.columns.size() == 1 && schema.columns.front().name == kDocumentColumn;
}

}  // namespace tendril
