// Fuzzes what the client of a destination that is served writes: CSV, cut anywhere, and the texts
// of its values, as each type reads them. Whatever the bytes, reading them ends, with rows or an
// error.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "bridges/partner/byte_stream.h"
#include "bridges/partner/cell_builder.h"
#include "bridges/partner/csv_reader.h"

namespace {

// Hands out pieces of a size that the first byte says.
class Pieces final : public tendril::ByteStream {
 public:
  explicit Pieces(std::string_view bytes)
      : bytes_(bytes.substr(std::min<std::size_t>(1, bytes.size()))),
        piece_(bytes.empty() ? 1 : static_cast<std::uint8_t>(bytes[0]) % 64U + 1U) {}

  tendril::Result<std::size_t> read(char* out, std::size_t size) override {
    const std::size_t count = bytes_.copy(out, std::min(size, piece_));
    bytes_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view bytes_;
  const std::size_t piece_;
};

std::vector<std::unique_ptr<tendril::CellBuilder>> builders() {
  using tendril::TypeKind;
  std::vector<std::unique_ptr<tendril::CellBuilder>> all;
  for (const TypeKind kind :
       {TypeKind::Boolean, TypeKind::Short, TypeKind::Int, TypeKind::Long, TypeKind::Float,
        TypeKind::Double, TypeKind::NaiveDate, TypeKind::NaiveTime, TypeKind::NaiveDatetime,
        TypeKind::UtcDatetime, TypeKind::Binary, TypeKind::Xml, TypeKind::String, TypeKind::Json}) {
    all.push_back(tendril::cell_builder({kind}));
  }
  all.push_back(tendril::cell_builder(tendril::decimal_type(38, 0)));
  all.push_back(tendril::cell_builder(tendril::decimal_type(38, 38)));
  all.push_back(tendril::cell_builder(tendril::decimal_type(5, 2)));
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Pieces bytes(std::string_view(reinterpret_cast<const char*>(data), size));
  tendril::CsvReader reader(bytes);
  const auto cells = builders();
  std::vector<std::string_view> fields;
  for (;;) {
    const auto found = reader.next(fields);
    if (!found.ok() || !*found) {
      break;
    }
    for (const std::string_view field : fields) {
      for (const auto& builder : cells) {
        (void)builder->append(field);
      }
    }
  }
  for (const auto& builder : cells) {
    (void)builder->take();
  }
  return 0;
}
