#include "sync/rejections.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace tendril {
namespace {

// Rows of further kinds are counted together.
constexpr std::size_t kKindsMax = 20;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The reason without what differs from row to row: its numbers.
std::string kind_text(std::string_view reason) {
  std::string text;
  for (const char c : reason) {
    if (!is_digit(c)) {
      text += c;
    } else if (!text.ends_with('#')) {
      text += '#';
    }
  }
  return text;
}

Error too_many(const std::string& limit, const RejectedRow& row) {
  return {.code = ErrorCode::BadData,
          .message = limit + (row.position.empty() ? "" : row.position + ": ") + row.reason};
}

}  // namespace

Status Rejections::add(const RejectedRow& row, RejectionCounts& uncovered) {
  const std::lock_guard lock(mutex_);
  const std::size_t kind = kind_of(row);
  ++kinds_[kind].rows;
  ++uncovered[kind];
  ++row_count_;
  const std::int64_t run_rows = run_ == nullptr ? 0 : ++run_->rows;
  if (on_error_ == OnRejected::Stop) {
    return too_many("a row was rejected, and on_error is stop: ", row);
  }
  if (row_count_ > rows_max_) {
    return too_many("more rows were rejected than the limit of " + std::to_string(rows_max_) +
                        " allows, the last at ",
                    row);
  }
  if (run_ != nullptr && run_rows > run_->rows_max) {
    return too_many("more rows were rejected than the limit of " + std::to_string(run_->rows_max) +
                        " for a run allows, the last at ",
                    row);
  }
  return {};
}

void Rejections::take_back(RejectionCounts& uncovered) {
  const std::lock_guard lock(mutex_);
  for (const auto& [kind, rows] : uncovered) {
    kinds_[kind].rows -= rows;
    row_count_ -= rows;
    if (run_ != nullptr) {
      run_->rows -= rows;
    }
  }
  uncovered.clear();
}

std::int64_t Rejections::row_count() const {
  const std::lock_guard lock(mutex_);
  return row_count_;
}

std::vector<RejectedKind> Rejections::kinds() const {
  const std::lock_guard lock(mutex_);
  std::vector<RejectedKind> kinds;
  std::ranges::copy_if(kinds_, std::back_inserter(kinds),
                       [](const RejectedKind& kind) { return kind.rows > 0; });
  return kinds;
}

std::size_t Rejections::kind_of(const RejectedRow& row) {
  std::string text = kind_text(row.reason);
  if (const auto found = index_.find(text); found != index_.end()) {
    return found->second;
  }
  if (kinds_.size() > kKindsMax) {
    return kKindsMax;
  }
  const bool last = kinds_.size() == kKindsMax;
  kinds_.push_back({.reason = last ? "other reasons" : row.reason, .position = row.position});
  if (!last) {
    index_.emplace(std::move(text), kinds_.size() - 1);
  }
  return kinds_.size() - 1;
}

}  // namespace tendril
