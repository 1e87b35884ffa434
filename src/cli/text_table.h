// TextTable: rows of text with aligned columns, for a terminal or a log.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tendril {

struct TextColumn {
  std::string title;
  bool right_aligned = false;
};

class TextTable {
 public:
  explicit TextTable(std::vector<TextColumn> columns) : columns_(std::move(columns)) {}

  // REQUIRES: one cell for each column.
  void add(std::vector<std::string> cells);

  // Returns the title line, a rule, and the rows, each with a line end and no blanks before it.
  std::string text() const;

 private:
  std::vector<TextColumn> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// The number of columns that UTF-8 text takes on a terminal, every character counting as one.
std::size_t display_width(std::string_view text);

// Returns the first `width` columns of `text`.
std::string_view display_prefix(std::string_view text, std::size_t width);

// Returns `text` with blanks before or behind it, `width` columns wide at least.
std::string padded(std::string_view text, std::size_t width, bool right_aligned = false);

}  // namespace tendril
