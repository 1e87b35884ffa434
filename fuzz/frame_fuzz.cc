// Fuzzes what the process of a project's connector sends: frames, cut anywhere, and what is in
// them. Whatever the bytes, reading them ends, with batches or an error.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "bridges/fivetran/declared_table.h"
#include "bridges/fivetran/frame_reader.h"
#include "bridges/fivetran/project_table.h"

namespace {

// The second half of the tables has a key and declared columns.
tendril::ProjectTable table_for(std::string_view name) {
  if (name.size() % 2 == 0) {
    return tendril::ProjectTable({"t", {}}, {});
  }
  return tendril::ProjectTable({"t",
                                {{"id", {tendril::TypeKind::Long}},
                                 {"d", tendril::decimal_type(10, 2)},
                                 {"at", {tendril::TypeKind::UtcDatetime}}},
                                {"id"}},
                               {});
}

void take(const tendril::RawFrame& frame) {
  switch (frame.kind) {
    case tendril::FrameKind::Rows: {
      const auto rows = tendril::parse_rows(frame.payload);
      if (rows.ok()) {
        tendril::ProjectTable table = table_for(rows->table);
        (void)table.take(*rows);
        (void)table.column_order();
      }
      break;
    }
    case tendril::FrameKind::Schema: {
      const auto tables = tendril::parse_declared_tables(frame.payload);
      if (tables.ok() && *tables) {
        for (const tendril::DeclaredTable& table : **tables) {
          (void)tendril::warehouse_schema(table, tendril::ProjectNaming::Fivetran);
        }
      }
      break;
    }
    case tendril::FrameKind::LogLine: (void)tendril::parse_log(frame.payload); break;
    case tendril::FrameKind::FilePart: (void)tendril::parse_file_part(frame.payload); break;
    default: break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  tendril::FrameReader reader;
  while (!rest.empty()) {
    const auto room = reader.room();
    const std::size_t piece = std::min({rest.size(), room.size(), std::size_t{100}});
    std::copy_n(rest.data(), piece, room.data());
    reader.take(piece);
    rest.remove_prefix(piece);
    for (;;) {
      const auto frame = reader.next();
      if (!frame.ok()) {
        return 0;
      }
      if (!*frame) {
        break;
      }
      take(**frame);
    }
  }
  return 0;
}
