// Decoder: in what form the body of an answer is, and which parser reads it.
// Source: manifest components "JsonDecoder", "JsonItemsDecoder", "JsonlDecoder", "CsvDecoder",
// "XmlDecoder", "IterableDecoder", "GzipDecoder" and "ZipfileDecoder".
#pragma once

#include <functional>
#include <memory>

#include "core/result.h"
#include "http/message.h"
#include "manifest/body_parser.h"
#include "manifest/node.h"

namespace tendril {

// Threads: safe to share.
class Decoder {
 public:
  // Makes a parser for one body; `sink` must outlive it.
  using Open = std::function<std::unique_ptr<BodyParser>(ElementSink& sink)>;

  // Plain JSON.
  Decoder() = default;

  // `node` is null where the manifest names no decoder.
  // Errors: InvalidConfig and Unsupported with file, line and column.
  static Result<Decoder> compile(const Node* node, const DecodeLimits& limits = {});

  // What a ResponseToFileExtractor reads: a table, as it is or packed, as the library Pandas reads
  // it. Empty cells are null; texts like "NA" are too, unless `keep_na`.
  static Decoder data_frame(bool keep_na, const DecodeLimits& limits = {});

  // The body is one JSON page, which JsonPageReader reads faster than any parser.
  bool is_json_page() const { return open_ == nullptr; }

  // The body is read while it comes, whatever its size. Then, as in the reference, templates do not
  // see it.
  bool is_streamed() const { return streamed_; }

  // REQUIRES: !is_json_page().
  std::unique_ptr<BodyParser> open(ElementSink& sink) const { return open_(sink); }

 private:
  Decoder(Open open, bool streamed) : open_(std::move(open)), streamed_(streamed) {}

  Open open_;
  bool streamed_ = false;
};

}  // namespace tendril
