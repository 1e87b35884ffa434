// Fuzzes the parsers of bodies: tables, XML, lines, elements of JSON, packed or not. Whatever the
// bytes, they end; and in whatever pieces the bytes come, what they say is the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/check.h"
#include "data/json.h"
#include "manifest/csv_parser.h"
#include "manifest/inflation.h"
#include "manifest/json_items_parser.h"
#include "manifest/line_parsers.h"
#include "manifest/xml_parser.h"

namespace {

using namespace tendril;

constexpr DecodeLimits kLimits{
    .element_bytes = 1 << 16, .document_bytes = 1 << 18, .inflated_bytes = 1 << 20};

// Keeps what a parser hands over.
class Elements final : public ElementSink {
 public:
  Status json(std::string& text, bool is_page) override {
    all += (is_page ? "page " : "json ") + text + '\n';
    return {};
  }
  Status row(std::span<const std::string> names, std::span<const Cell> cells) override {
    CHECK(cells.size() >= names.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
      all += i < names.size() ? names[i] : "+";
      all += cells[i] ? "=" + std::string(*cells[i]) : " is null";
      all += '\t';
    }
    all += '\n';
    return {};
  }
  Status tree(Value element) override {
    all += to_json(element) + '\n';
    return {};
  }

  std::string all;
};

std::unique_ptr<BodyParser> parser(std::uint8_t choice, ElementSink& sink) {
  switch (choice % 8) {
    case 0: return csv_parser({.delimiter = ",", .nulls = {"", "NA"}}, sink, kLimits);
    case 1: return csv_parser({.delimiter = "\t", .as_data_frame = true}, sink, kLimits);
    case 2: return xml_parser(sink, kLimits);
    case 3: return json_items_parser("data.item", sink, kLimits);
    case 4: return json_lines_parser(sink, kLimits);
    case 5: return text_lines_parser(sink, kLimits);
    case 6: return gunzip_parser(json_lines_parser(sink, kLimits), kLimits, true);
    default: return unzip_parser([&] { return text_lines_parser(sink, kLimits); }, kLimits);
  }
}

struct Outcome {
  bool ok = false;
  std::string elements;
};

Outcome read(std::uint8_t choice, std::string_view body, std::size_t piece) {
  Elements elements;
  const auto reader = parser(choice, elements);
  while (!body.empty()) {
    if (!reader->write(body.substr(0, piece)).ok()) {
      return {};
    }
    body.remove_prefix(std::min(piece, body.size()));
  }
  const bool ok = reader->finish().ok();
  return {ok, std::move(elements.all)};
}

}  // namespace

// The first byte chooses the parser, the second how long the pieces are.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) {
    return 0;
  }
  const std::string_view body(reinterpret_cast<const char*>(data) + 2, size - 2);
  const Outcome whole = read(data[0], body, std::max<std::size_t>(body.size(), 1));
  const Outcome pieces = read(data[0], body, std::size_t{1} + data[1] % 16);
  CHECK(whole.ok == pieces.ok);
  CHECK(!whole.ok || whole.elements == pieces.elements);
  return 0;
}
