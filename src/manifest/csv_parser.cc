#include "manifest/csv_parser.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "core/utf8.h"

namespace tendril {
namespace {

// The cells of one row, one behind another.
class Row {
 public:
  void add(std::string_view text) { text_.append(text); }
  void add(char c) { text_.push_back(c); }
  void end_cell() { ends_.push_back(text_.size()); }
  void clear() {
    text_.clear();
    ends_.clear();
  }

  std::size_t bytes() const { return text_.size(); }
  std::size_t size() const { return ends_.size(); }
  std::string_view cell(std::size_t index) const {
    const std::size_t start = index == 0 ? 0 : ends_[index - 1];
    return std::string_view(text_).substr(start, ends_[index] - start);
  }

 private:
  std::string text_;
  std::vector<std::size_t> ends_;
};

class CsvParser final : public BodyParser {
 public:
  CsvParser(CsvOptions options, ElementSink& sink, const DecodeLimits& limits)
      : options_(std::move(options)),
        nulls_(options_.nulls.begin(), options_.nulls.end()),
        sink_(sink),
        row_bytes_max_(limits.element_bytes) {
    for (const char c : {options_.delimiter.front(), '"', '\r', '\n', '\0'}) {
      is_special_[static_cast<unsigned char>(c)] = true;
    }
  }

  Status write(std::string_view bytes) override {
    while (!bytes.empty()) {
      TRY(step(bytes));
      if (row_.bytes() > row_bytes_max_) {
        return Error{ErrorCode::BadData,
                     fmt::format("row {} is longer than {} bytes", rows_ + 1, row_bytes_max_)};
      }
    }
    return {};
  }

  Status finish() override {
    TRY(take_partial_delimiter());
    // A quote that is never closed ends with the text.
    return state_ == State::RowStart ? Status() : end_row();
  }

 private:
  enum class State : std::uint8_t { RowStart, CellStart, Plain, Quoted, QuoteInQuoted };

  // Takes one character with a meaning, or many without.
  Status step(std::string_view& bytes) {
    const char c = bytes.front();
    if (std::exchange(after_return_, false) && c == '\n') {
      bytes.remove_prefix(1);
      return {};
    }
    if (!partial_.empty() || (c == options_.delimiter.front() && options_.delimiter.size() > 1 &&
                              state_ != State::Quoted)) {
      return long_delimiter(bytes);
    }
    if (!is_special_[static_cast<unsigned char>(c)]) {
      const std::size_t count = plain_bytes(bytes);
      row_.add(bytes.substr(0, count));
      bytes.remove_prefix(count);
      state_ = state_ == State::Quoted ? State::Quoted : State::Plain;
      return {};
    }
    bytes.remove_prefix(1);
    return special(c);
  }

  std::size_t plain_bytes(std::string_view bytes) const {
    std::size_t count = 1;
    while (count < bytes.size() && !is_special_[static_cast<unsigned char>(bytes[count])]) {
      ++count;
    }
    return count;
  }

  // A delimiter of several bytes may be cut by the end of a piece.
  Status long_delimiter(std::string_view& bytes) {
    partial_.push_back(bytes.front());
    bytes.remove_prefix(1);
    if (partial_ == options_.delimiter) {
      partial_.clear();
      return special(options_.delimiter.front());
    }
    return options_.delimiter.starts_with(partial_) ? Status() : take_partial_delimiter();
  }

  Status take_partial_delimiter() {
    if (!partial_.empty()) {
      row_.add(std::exchange(partial_, {}));
      state_ = State::Plain;
    }
    return {};
  }

  Status special(char c) {
    if (c == '\0') {
      if (!options_.as_data_frame) {
        add_plain(c);
      }
      return {};
    }
    const bool is_line_end = c == '\r' || c == '\n';
    after_return_ = c == '\r';
    switch (state_) {
      case State::Quoted:
        if (c == '"') {
          state_ = State::QuoteInQuoted;
        } else {
          row_.add(is_line_end ? '\n' : c);
        }
        return {};
      case State::RowStart:
        if (is_line_end) {  // A blank line is no row.
          return {};
        }
        [[fallthrough]];
      case State::CellStart:
        if (c == '"') {
          state_ = State::Quoted;
          return {};
        }
        break;
      case State::QuoteInQuoted:
        if (c == '"') {
          row_.add(c);
          state_ = State::Quoted;
          return {};
        }
        break;
      case State::Plain:
        if (c == '"') {
          row_.add(c);
          return {};
        }
        break;
    }
    if (is_line_end) {
      return end_row();
    }
    row_.end_cell();
    state_ = State::CellStart;
    return {};
  }

  void add_plain(char c) {
    row_.add(c);
    state_ = state_ == State::Quoted ? State::Quoted : State::Plain;
  }

  Status end_row() {
    row_.end_cell();
    state_ = State::RowStart;
    if (names_.empty()) {
      take_names();
      row_.clear();
      return {};
    }
    ++rows_;
    if (options_.as_data_frame && row_.size() > names_.size()) {
      return Error{ErrorCode::BadData, fmt::format("row {} has {} cells for {} columns", rows_,
                                                   row_.size(), names_.size())};
    }
    cells_.clear();
    for (std::size_t i = 0; i < row_.size(); ++i) {
      const std::string_view cell = row_.cell(i);
      const bool is_null = !nulls_.empty() && nulls_.contains(std::string(cell));
      cells_.push_back(is_null ? std::nullopt : ElementSink::Cell(cell));
    }
    cells_.resize(std::max(cells_.size(), names_.size()));
    const Status taken = sink_.row(names_, cells_);
    row_.clear();
    return taken;
  }

  void take_names() {
    std::unordered_map<std::string, int> seen;
    for (std::size_t i = 0; i < row_.size(); ++i) {
      std::string name(row_.cell(i));
      if (options_.as_data_frame && name.empty()) {
        name = fmt::format("Unnamed: {}", i);
      }
      const int count = seen[name]++;
      if (options_.as_data_frame && count > 0) {
        name += fmt::format(".{}", count);
      }
      names_.push_back(std::move(name));
    }
  }

  const CsvOptions options_;
  const std::unordered_set<std::string> nulls_;
  ElementSink& sink_;
  const std::size_t row_bytes_max_;
  std::array<bool, 256> is_special_{};
  State state_ = State::RowStart;
  bool after_return_ = false;  // A "\n" now is the second half of a line's end.
  std::string partial_;        // Of a delimiter of several bytes.
  Row row_;
  std::vector<std::string> names_;
  std::vector<ElementSink::Cell> cells_;
  std::int64_t rows_ = 0;  // Without the one of the names.
};

std::optional<char> simple_escape(char c) {
  constexpr std::string_view kNames = "abfnrtv\\'\"";
  constexpr std::string_view kCharacters = "\a\b\f\n\r\t\v\\'\"";
  const std::size_t at = kNames.find(c);
  return at == std::string_view::npos ? std::nullopt : std::optional(kCharacters[at]);
}

}  // namespace

std::unique_ptr<BodyParser> csv_parser(CsvOptions options, ElementSink& sink,
                                       const DecodeLimits& limits) {
  return std::make_unique<CsvParser>(std::move(options), sink, limits);
}

Result<std::string> csv_delimiter(std::string_view written) {
  std::string delimiter(written);
  if (written.size() > 1 && written.front() == '\\') {
    if (written.size() == 4 && written[1] == 'x') {
      const std::string digits(written.substr(2));
      char* end = nullptr;
      const long code = std::strtol(digits.c_str(), &end, 16);
      delimiter = *end == '\0' && code > 0 && code < 0x80 ? std::string(1, static_cast<char>(code))
                                                          : delimiter;
    } else if (const auto c = simple_escape(written[1]); c && written.size() == 2) {
      delimiter = std::string(1, *c);
    }
  }
  if (delimiter.empty() || count_characters(delimiter) != 1 || delimiter == "\n" ||
      delimiter == "\r" || delimiter == "\"") {
    return Error{ErrorCode::InvalidConfig,
                 "delimiter must be one character: \"" + std::string(written) + "\""};
  }
  return delimiter;
}

std::vector<std::string> data_frame_nulls() {
  return {"",     "#N/A",   "#N/A N/A", "#NA",  "-1.#IND", "-1.#QNAN", "-NaN",
          "-nan", "1.#IND", "1.#QNAN",  "<NA>", "N/A",     "NA",       "NULL",
          "NaN",  "None",   "n/a",      "nan",  "null"};
}

}  // namespace tendril
