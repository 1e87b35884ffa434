// Fuzzes the readers of JSON pages: whatever the body, they end; records as columns and records as
// trees are the same ones; and what is read leaves nothing outside of the page.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/check.h"
#include "data/json.h"
#include "manifest/json_page.h"

namespace {

using tendril::Status;

// The first byte chooses where the records stand.
std::vector<std::string> field_path(std::uint8_t choice) {
  switch (choice % 4) {
    case 0: return {};
    case 1: return {"data"};
    case 2: return {"data", "items"};
    default: return {"data", "*"};
  }
}

struct Counts {
  std::int64_t taken = 0;
  std::int64_t rejected = 0;
};

Counts read_trees(const std::vector<std::string>& path, std::string body, bool& whole) {
  Counts counts;
  const auto summary = tendril::JsonPageReader(path).read_trees(
      body,
      [&](const tendril::Value& record, std::int64_t) {
        CHECK(tendril::parse_json(tendril::to_json(record)).ok());
        ++counts.taken;
        return Status();
      },
      [&](std::int64_t, std::string_view, std::string_view) {
        ++counts.rejected;
        return Status();
      });
  whole = summary.ok();
  return counts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::vector<std::string> path = field_path(data[0]);
  const std::string body(reinterpret_cast<const char*>(data) + 1, size - 1);

  bool whole = false;
  const Counts trees = read_trees(path, body, whole);

  std::string page = body;
  tendril::BatchBuilder rows(tendril::TableSchema{.name = "t", .columns = {}});
  std::int64_t rejected = 0;
  std::size_t seen = 0;
  const tendril::FieldTap tap{
      "at", [&](std::optional<std::string_view> text) { seen += text ? text->size() : 0; }};
  const auto columns = tendril::JsonPageReader(path).read_columns(
      page, rows, &tap, [&](std::int64_t, std::string_view, std::string_view) {
        ++rejected;
        return Status();
      });
  if (whole && columns.ok()) {
    CHECK(rows.row_count() + rejected == trees.taken + trees.rejected);
    CHECK(columns->last_record.empty() ||
          (columns->last_record.data() >= page.data() &&
           columns->last_record.data() <= page.data() + page.size()));
  }
  CHECK(rows.take().ok());

  std::string frame = body;
  (void)tendril::JsonPageReader(path).read_frame(frame, true);
  return 0;
}
