#include "manifest/line_parsers.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "http/message.h"

namespace tendril {
namespace {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

class DocumentParser final : public BodyParser {
 public:
  DocumentParser(ElementSink& sink, const DecodeLimits& limits)
      : sink_(sink), bytes_max_(limits.document_bytes) {}

  Status write(std::string_view bytes) override {
    if (bytes.size() > bytes_max_ - body_.size()) {
      return Error{ErrorCode::BadData, fmt::format("document is larger than {} bytes", bytes_max_)};
    }
    const std::size_t needed = body_.size() + bytes.size() + kBodySpareBytes;
    if (needed > body_.capacity()) {
      body_.reserve(std::max(needed, body_.capacity() * 2));
    }
    body_.append(bytes);
    return {};
  }

  Status finish() override { return is_blank(body_) ? Status() : sink_.json(body_, true); }

 private:
  ElementSink& sink_;
  const std::size_t bytes_max_;
  std::string body_;
};

// Cuts text into lines, which may go on over several pieces. `Ends` are the characters that end
// one.
class LineSplitter {
 public:
  LineSplitter(std::string_view ends, std::size_t bytes_max) : ends_(ends), bytes_max_(bytes_max) {}

  template <class Take>
  Status write(std::string_view bytes, const Take& take) {
    while (!bytes.empty()) {
      if (std::exchange(after_return_, false) && bytes.front() == '\n') {
        bytes.remove_prefix(1);
        continue;
      }
      const std::size_t end = bytes.find_first_of(ends_);
      const std::string_view part = bytes.substr(0, end);
      if (part.size() > bytes_max_ - line_.size()) {
        return Error{ErrorCode::BadData, fmt::format("line is longer than {} bytes", bytes_max_)};
      }
      line_.append(part);
      if (end == std::string_view::npos) {
        return {};
      }
      after_return_ = bytes[end] == '\r';
      bytes.remove_prefix(end + 1);
      TRY(take(line_));
      line_.clear();
    }
    return {};
  }

  // The line that the text ends with, without an end of its own; may be empty.
  std::string& rest() { return line_; }

 private:
  const std::string_view ends_;
  const std::size_t bytes_max_;
  std::string line_;
  bool after_return_ = false;
};

class JsonLinesParser final : public BodyParser {
 public:
  JsonLinesParser(ElementSink& sink, const DecodeLimits& limits)
      : sink_(sink), lines_("\n", limits.element_bytes) {}

  Status write(std::string_view bytes) override {
    return lines_.write(bytes, [this](std::string& line) { return take(line); });
  }

  Status finish() override { return take(lines_.rest()); }

 private:
  Status take(std::string& line) {
    if (is_blank(line)) {
      return {};
    }
    if (line.capacity() < line.size() + kBodySpareBytes) {
      line.reserve(std::max(line.size() + kBodySpareBytes, line.capacity() * 2));
    }
    return sink_.json(line, false);
  }

  ElementSink& sink_;
  LineSplitter lines_;
};

class TextLinesParser final : public BodyParser {
 public:
  TextLinesParser(ElementSink& sink, const DecodeLimits& limits)
      : sink_(sink), lines_("\r\n", limits.element_bytes) {}

  Status write(std::string_view bytes) override {
    return lines_.write(bytes, [this](const std::string& line) { return take(line); });
  }

  Status finish() override { return lines_.rest().empty() ? Status() : take(lines_.rest()); }

 private:
  Status take(const std::string& line) {
    static const std::array<std::string, 1> kNames{"record"};
    const std::array<ElementSink::Cell, 1> cells{line};
    return sink_.row(kNames, cells);
  }

  ElementSink& sink_;
  LineSplitter lines_;
};

}  // namespace

std::unique_ptr<BodyParser> document_parser(ElementSink& sink, const DecodeLimits& limits) {
  return std::make_unique<DocumentParser>(sink, limits);
}

std::unique_ptr<BodyParser> json_lines_parser(ElementSink& sink, const DecodeLimits& limits) {
  return std::make_unique<JsonLinesParser>(sink, limits);
}

std::unique_ptr<BodyParser> text_lines_parser(ElementSink& sink, const DecodeLimits& limits) {
  return std::make_unique<TextLinesParser>(sink, limits);
}

}  // namespace tendril
