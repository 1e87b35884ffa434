#include "manifest/decoder.h"

#include <string>
#include <utility>

#include "core/check.h"
#include "manifest/csv_parser.h"
#include "manifest/inflation.h"
#include "manifest/json_items_parser.h"
#include "manifest/line_parsers.h"
#include "manifest/text_encoding.h"
#include "manifest/xml_parser.h"

namespace tendril {
namespace {

using Open = Decoder::Open;

// Puts the conversion of an encoding in front of a parser. The encoding is tried once here, so that
// an unknown one is found when the manifest is read.
Result<Open> recoded(const Node& node, Open inner) {
  std::string encoding = TRY(node.text_or("encoding", "utf-8"));
  if (auto tried = recoding_parser(encoding, nullptr); !tried.ok()) {
    const Node* where = node.find("encoding");
    return (where == nullptr ? node : *where).error(tried.error().message);
  }
  return Open([inner = std::move(inner), encoding = std::move(encoding)](ElementSink& sink) {
    auto parser = recoding_parser(encoding, inner(sink));
    CHECK(parser.ok());
    return std::move(parser).value();
  });
}

Result<Open> csv(const Node& node, const DecodeLimits& limits) {
  CsvOptions options;
  const std::string written = TRY(node.text_or("delimiter", ","));
  auto delimiter = csv_delimiter(written);
  if (!delimiter.ok()) {
    return node.find("delimiter")->error(delimiter.error().message);
  }
  options.delimiter = std::move(delimiter).value();
  options.nulls = TRY(node.texts("set_values_to_none"));
  return recoded(node, [options = std::move(options), limits](ElementSink& sink) {
    return csv_parser(options, sink, limits);
  });
}

Result<Open> json_items(const Node& node, const DecodeLimits& limits) {
  std::string path = TRY(node.text("items_path"));
  if (path.empty()) {
    return node.error("items_path must not be empty");
  }
  return recoded(node, [path = std::move(path), limits](ElementSink& sink) {
    return json_items_parser(path, sink, limits);
  });
}

Result<Open> parser_of(const Node& node, const DecodeLimits& limits);

Result<Open> gzip(const Node& node, const DecodeLimits& limits) {
  const Node* decoder = TRY(node.required("decoder"));
  Open inner = TRY(parser_of(*decoder, limits));
  return Open([inner = std::move(inner), limits](ElementSink& sink) {
    return gunzip_parser(inner(sink), limits);
  });
}

Result<Open> zip(const Node& node, const DecodeLimits& limits) {
  const Node* decoder = TRY(node.required("decoder"));
  Open inner = TRY(parser_of(*decoder, limits));
  return Open([inner = std::move(inner), limits](ElementSink& sink) {
    return unzip_parser([inner, &sink] { return inner(sink); }, limits);
  });
}

// The parser of one decoder, which may stand inside another.
Result<Open> parser_of(const Node& node, const DecodeLimits& limits) {
  const std::string_view type = node.type();
  if (type == "JsonDecoder") {
    return Open([limits](ElementSink& sink) { return document_parser(sink, limits); });
  }
  if (type == "JsonlDecoder") {
    return Open([limits](ElementSink& sink) { return json_lines_parser(sink, limits); });
  }
  if (type == "IterableDecoder") {
    return Open([limits](ElementSink& sink) { return text_lines_parser(sink, limits); });
  }
  if (type == "XmlDecoder") {
    return Open([limits](ElementSink& sink) { return xml_parser(sink, limits); });
  }
  if (type == "CsvDecoder") {
    return csv(node, limits);
  }
  if (type == "JsonItemsDecoder") {
    return json_items(node, limits);
  }
  if (type == "GzipDecoder") {
    return gzip(node, limits);
  }
  if (type == "ZipfileDecoder") {
    return zip(node, limits);
  }
  return node.error("decoder is not supported: " + std::string(type), ErrorCode::Unsupported);
}

}  // namespace

Result<Decoder> Decoder::compile(const Node* node, const DecodeLimits& limits) {
  if (node == nullptr || node->type() == "JsonDecoder") {
    return Decoder();
  }
  Open open = TRY(parser_of(*node, limits));
  const bool streamed = node->type() != "XmlDecoder" && node->type() != "ZipfileDecoder";
  return Decoder(std::move(open), streamed);
}

Decoder Decoder::data_frame(bool keep_na, const DecodeLimits& limits) {
  CsvOptions options;
  options.as_data_frame = true;
  options.nulls = keep_na ? std::vector<std::string>{""} : data_frame_nulls();
  Open open = [options = std::move(options), limits](ElementSink& sink) {
    auto text = recoding_parser("utf-8", csv_parser(options, sink, limits));
    CHECK(text.ok());
    return gunzip_parser(std::move(text).value(), limits, true);
  };
  return Decoder(std::move(open), true);
}

}  // namespace tendril
