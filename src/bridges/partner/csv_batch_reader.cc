#include "bridges/partner/csv_batch_reader.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "bridges/partner/csv_reader.h"
#include "bridges/partner/row_collector.h"

namespace tendril {
namespace {

class CsvBatchReader final : public BatchFileReader {
 public:
  CsvBatchReader(BatchFileSource source, std::unique_ptr<ByteStream> bytes)
      : source_(std::move(source)), bytes_(std::move(bytes)), csv_(*bytes_) {}

  Status read_header(const std::vector<Column>& wanted) {
    std::vector<std::string_view> fields;
    auto found = csv_.next(fields);
    if (!found.ok()) {
      return located(found.error(), "header");
    }
    for (const std::string_view field : fields) {
      if (std::find(names_.begin(), names_.end(), field) != names_.end()) {
        return Error{ErrorCode::BadData,
                     fmt::format("batch file {} has two columns {}", source_.path, field)};
      }
      names_.emplace_back(field);
    }
    if (names_.empty()) {
      return Error{ErrorCode::BadData, "batch file has no header: " + source_.path};
    }
    rows_ = std::make_unique<RowCollector>(source_, wanted, names_);
    return {};
  }

  const std::vector<std::string>& names() const override { return names_; }

  Result<std::optional<BatchFileRows>> next() override {
    while (!ended_ && !rows_->full()) {
      auto found = csv_.next(fields_);
      if (!found.ok()) {
        return located(found.error(), fmt::format("row {}", rows_->rows_ended() + 1));
      }
      ended_ = !*found;
      if (!ended_ && !is_blank()) {
        TRY(add_row());
      }
    }
    if (rows_->empty()) {
      return std::optional<BatchFileRows>();
    }
    auto taken = TRY(rows_->take());
    return std::optional(std::move(taken));
  }

 private:
  // A line without a character; of a table with one column it is a row with an empty text.
  bool is_blank() const { return names_.size() > 1 && fields_.size() == 1 && fields_[0].empty(); }

  Status add_row() {
    if (fields_.size() != names_.size()) {
      return Error{ErrorCode::BadData, fmt::format("{} has {} fields in the place of {}",
                                                   rows_->where(), fields_.size(), names_.size())};
    }
    for (std::size_t column = 0; column < fields_.size(); ++column) {
      if (const int place = rows_->place_of(column); place >= 0) {
        TRY(rows_->add_text(place, fields_[column]));
      }
    }
    rows_->end_row();
    return {};
  }

  // What is wrong with the bytes names the file already.
  Error located(const Error& error, std::string_view place) const {
    const bool named = error.message.find(source_.path) != std::string::npos;
    return named ? error
                 : Error(error).while_doing(fmt::format("batch file {}, {}", source_.path, place));
  }

  const BatchFileSource source_;
  const std::unique_ptr<ByteStream> bytes_;
  CsvReader csv_;
  std::vector<std::string> names_;
  std::unique_ptr<RowCollector> rows_;
  std::vector<std::string_view> fields_;
  bool ended_ = false;
};

}  // namespace

Result<std::unique_ptr<BatchFileReader>> csv_batch_reader(const BatchFileSource& source,
                                                          std::vector<Column> wanted,
                                                          std::unique_ptr<ByteStream> bytes) {
  auto reader = std::make_unique<CsvBatchReader>(source, std::move(bytes));
  TRY(reader->read_header(wanted));
  return reader;
}

}  // namespace tendril
