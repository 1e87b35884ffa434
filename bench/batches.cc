#include "batches.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "data/batch_builder.h"
#include "manifest/json_page.h"
#include "records.h"

namespace tendril::bench {

TableSchema record_schema() {
  return {"records",
          {{"id", {TypeKind::Long}},
           {"name", {TypeKind::String}},
           {"email", {TypeKind::String}},
           {"active", {TypeKind::Boolean}},
           {"score", {TypeKind::Double}},
           {"quantity", {TypeKind::Long}},
           {"created_at", {TypeKind::UtcDatetime}},
           {"updated_at", {TypeKind::UtcDatetime}},
           {"city", {TypeKind::String}},
           {"note", {TypeKind::String}}}};
}

std::vector<Batch> batches_of(std::int64_t records) {
  const PageMaker pages;
  BatchBuilder rows(record_schema());
  JsonPageReader reader({});
  const RecordRejector no_rejects = [](std::int64_t, std::string_view, std::string_view) -> Status {
    return Error{ErrorCode::BadData, "a record is no object"};
  };
  std::vector<Batch> batches;
  for (std::int64_t first = 0; first < records; first += kRecordsPerPage) {
    std::string body = pages.page(first, std::min(kRecordsPerPage, records - first));
    if (!reader.read_columns(body, rows, nullptr, no_rejects).ok()) {
      std::fputs("a page can not be read\n", stderr);
      std::exit(1);
    }
    if (rows.row_count() >= 10 * kRecordsPerPage || first + kRecordsPerPage >= records) {
      batches.push_back(rows.take().value());
    }
  }
  return batches;
}

}  // namespace tendril::bench
