#include "bridges/partner/csv_reader.h"

#include <algorithm>
#include <cstring>

namespace tendril {
namespace {

constexpr std::size_t kFirstBytes = std::size_t{256} * 1024;

// What a row may have: texts of any size a table can hold, but not what a quote that is missing
// makes of a whole file of gigabytes.
constexpr std::size_t kRowBytesMax = std::size_t{512} * 1024 * 1024;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

CsvReader::CsvReader(ByteStream& bytes) : bytes_(bytes), buffer_(kFirstBytes) {}

// Moves the row to the front of the buffer, makes room and reads.
Result<bool> CsvReader::more_bytes() {
  if (row_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + row_, end_ - row_);
    end_ -= row_;
    next_ -= row_;
    row_ = 0;
  }
  if (end_ == buffer_.size()) {
    if (buffer_.size() >= kRowBytesMax) {
      return Error{ErrorCode::BadData, "it is longer than a row can be: a quote may be missing"};
    }
    buffer_.resize(2 * buffer_.size());
  }
  const std::size_t count = TRY(bytes_.read(buffer_.data() + end_, buffer_.size() - end_));
  end_ += count;
  return count > 0;
}

// `end` is where a field without quotes ends; that of others was noted at their quote.
void CsvReader::end_field(std::size_t end) {
  if (state_ == State::FieldStart || state_ == State::Plain) {
    field_.end = end - row_;
  }
  fields_.push_back(field_);
  field_ = {.first = next_ - row_};
  state_ = State::FieldStart;
}

// A character outside of quotes. Returns true when it ends the row.
bool CsvReader::scan_plain(char c) {
  const std::size_t at = next_++;
  if (c == '\n') {
    const bool returns = at > row_ + field_.first && buffer_[at - 1] == '\r';
    end_field(returns ? at - 1 : at);
    return true;
  }
  switch (state_) {
    case State::FieldStart:
    case State::Plain:
      if (c == ',') {
        end_field(at);
      } else if (state_ == State::FieldStart && c == '"') {
        state_ = State::Quoted;
        field_.first = next_ - row_;
      } else {
        state_ = State::Plain;
      }
      break;
    case State::QuoteInQuoted:
      if (c == ',') {
        end_field(at);
      } else if (c == '\r') {
        state_ = State::ReturnBehind;
      } else {
        misplaced_ = true;
      }
      break;
    default: misplaced_ = true; break;
  }
  return false;
}

// Looks at what is in the buffer. Returns true at the end of the row.
bool CsvReader::scan() {
  while (next_ < end_) {
    if (state_ == State::Quoted) {
      const auto* const quote =
          static_cast<const char*>(std::memchr(buffer_.data() + next_, '"', end_ - next_));
      if (quote == nullptr) {
        next_ = end_;
        return false;
      }
      next_ = static_cast<std::size_t>(quote - buffer_.data()) + 1;
      field_.end = next_ - 1 - row_;
      state_ = State::QuoteInQuoted;
      continue;
    }
    const char c = buffer_[next_];
    if (state_ == State::QuoteInQuoted && c == '"') {
      field_.doubled_quotes = true;
      state_ = State::Quoted;
      ++next_;
      continue;
    }
    if (scan_plain(c)) {
      return true;
    }
  }
  return false;
}

Result<bool> CsvReader::find_row_end() {
  row_ = next_;
  fields_.clear();
  field_ = {};
  state_ = State::FieldStart;
  while (!scan()) {
    const bool more = TRY(more_bytes());
    if (more) {
      continue;
    }
    if (next_ == row_) {
      return false;
    }
    if (state_ == State::Quoted) {
      return Error{ErrorCode::BadData, "a quote is not closed"};
    }
    end_field(end_);
    break;
  }
  if (misplaced_) {
    return Error{ErrorCode::BadData, "there is text behind a closing quote"};
  }
  return true;
}

std::string_view CsvReader::text_of(const Field& field) {
  char* const text = buffer_.data() + row_ + field.first;
  std::size_t size = field.end - field.first;
  if (field.doubled_quotes) {
    std::size_t kept = 0;
    for (std::size_t index = 0; index < size; ++index) {
      text[kept++] = text[index];
      index += text[index] == '"' ? 1 : 0;
    }
    size = kept;
  }
  return {text, size};
}

Status CsvReader::skip_byte_order_mark() {
  started_ = true;
  bool more = true;
  while (more && end_ < kByteOrderMark.size()) {
    more = TRY(more_bytes());
  }
  if (std::string_view(buffer_.data(), std::min(end_, kByteOrderMark.size())) == kByteOrderMark) {
    next_ = kByteOrderMark.size();
  }
  return {};
}

Result<bool> CsvReader::next(std::vector<std::string_view>& fields) {
  if (!started_) {
    TRY(skip_byte_order_mark());
  }
  fields.clear();
  const bool found = TRY(find_row_end());
  if (found) {
    for (const Field& field : fields_) {
      fields.push_back(text_of(field));
    }
  }
  return found;
}

}  // namespace tendril
