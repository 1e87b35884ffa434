#include "manifest/text_encoding.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <iconv.h>
#include <simdjson.h>

namespace tendril {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} * 1024;
constexpr std::string_view kMark = "\xEF\xBB\xBF";

// Where Python and the C library spell it differently.
constexpr std::pair<std::string_view, const char*> kSpellings[] = {
    {"latin-1", "ISO-8859-1"},  {"latin1", "ISO-8859-1"},  {"iso8859-1", "ISO-8859-1"},
    {"l1", "ISO-8859-1"},       {"us-ascii", "ASCII"},     {"ascii", "ASCII"},
    {"mac-roman", "MACINTOSH"}, {"utf-16-le", "UTF-16LE"}, {"utf-16-be", "UTF-16BE"},
    {"utf-32-le", "UTF-32LE"},  {"utf-32-be", "UTF-32BE"}, {"shift-jis", "SHIFT_JIS"},
    {"sjis", "SHIFT_JIS"},
};

std::string normalized(std::string_view encoding) {
  std::string name;
  for (const char c : encoding) {
    name +=
        c == '_' || c == ' ' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return name;
}

// How many bytes at the end of `text` begin a character that goes on in the next piece.
std::size_t open_bytes(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xC0U) == 0x80U) {
      continue;
    }
    const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

class Utf8Parser final : public BodyParser {
 public:
  Utf8Parser(std::unique_ptr<BodyParser> inner, bool drop_mark)
      : inner_(std::move(inner)), drop_mark_(drop_mark) {}

  Status write(std::string_view bytes) override {
    if (held_.empty() && !drop_mark_) {
      const std::size_t open = open_bytes(bytes);
      held_ = bytes.substr(bytes.size() - open);
      return pass(bytes.substr(0, bytes.size() - open));
    }
    held_.append(bytes);
    if (drop_mark_) {
      if (held_.size() < kMark.size()) {
        return {};
      }
      held_.erase(0, held_.starts_with(kMark) ? kMark.size() : 0);
      drop_mark_ = false;
    }
    const std::string all = std::exchange(held_, {});
    const std::size_t open = open_bytes(all);
    held_ = all.substr(all.size() - open);
    return pass(std::string_view(all).substr(0, all.size() - open));
  }

  Status finish() override {
    TRY(pass(held_));
    return inner_->finish();
  }

 private:
  Status pass(std::string_view text) {
    if (!simdjson::validate_utf8(text.data(), text.size())) {
      return Error{
          ErrorCode::BadData,
          fmt::format("text is not UTF-8, within {} bytes after byte {}", text.size(), passed_)};
    }
    passed_ += text.size();
    return inner_->write(text);
  }

  const std::unique_ptr<BodyParser> inner_;
  bool drop_mark_;    // Still to be looked for.
  std::string held_;  // The start of a character, or of the text.
  std::uint64_t passed_ = 0;
};

class Converter {
 public:
  explicit Converter(const char* encoding) : handle_(iconv_open("UTF-8", encoding)) {}
  ~Converter() {
    if (is_open()) {
      iconv_close(handle_);
    }
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  bool is_open() const { return handle_ != reinterpret_cast<iconv_t>(-1); }
  iconv_t handle() const { return handle_; }

 private:
  iconv_t handle_;
};

class RecodingParser final : public BodyParser {
 public:
  RecodingParser(std::unique_ptr<Converter> converter, std::string encoding,
                 std::unique_ptr<BodyParser> inner)
      : converter_(std::move(converter)),
        encoding_(std::move(encoding)),
        inner_(std::move(inner)) {}

  Status write(std::string_view bytes) override {
    std::string joined;
    if (!held_.empty()) {
      joined = std::exchange(held_, {}).append(bytes);
      bytes = joined;
    }
    char* in = const_cast<char*>(bytes.data());
    std::size_t left = bytes.size();
    while (left > 0) {
      char* out = piece_.data();
      std::size_t room = piece_.size();
      const std::size_t before = left;
      const std::size_t done = iconv(converter_->handle(), &in, &left, &out, &room);
      const int fault = done == static_cast<std::size_t>(-1) ? errno : 0;
      passed_ += before - left;
      TRY(inner_->write(std::string_view(piece_.data(), piece_.size() - room)));
      if (fault == EILSEQ) {
        return Error{ErrorCode::BadData,
                     fmt::format("text is not {} at byte {}", encoding_, passed_)};
      }
      if (fault == EINVAL) {  // The start of a character.
        held_.assign(in, left);
        return {};
      }
    }
    return {};
  }

  Status finish() override {
    if (!held_.empty()) {
      return Error{ErrorCode::BadData, "text ends inside a character of " + encoding_};
    }
    return inner_->finish();
  }

 private:
  const std::unique_ptr<Converter> converter_;
  const std::string encoding_;
  const std::unique_ptr<BodyParser> inner_;
  std::string held_;
  std::uint64_t passed_ = 0;
  std::array<char, kPieceBytes> piece_{};
};

}  // namespace

Result<std::unique_ptr<BodyParser>> recoding_parser(std::string_view encoding,
                                                    std::unique_ptr<BodyParser> inner) {
  std::string name = normalized(encoding);
  if (name.empty() || name == "utf-8" || name == "utf8" || name == "u8" || name == "utf-8-sig") {
    return std::make_unique<Utf8Parser>(std::move(inner), name == "utf-8-sig");
  }
  const auto spelled = std::find_if(std::begin(kSpellings), std::end(kSpellings),
                                    [&](const auto& each) { return each.first == name; });
  auto converter =
      std::make_unique<Converter>(spelled == std::end(kSpellings) ? name.c_str() : spelled->second);
  if (!converter->is_open()) {
    return Error{ErrorCode::InvalidConfig, "encoding is unknown: " + std::string(encoding)};
  }
  return std::make_unique<RecodingParser>(std::move(converter), std::move(name), std::move(inner));
}

}  // namespace tendril
