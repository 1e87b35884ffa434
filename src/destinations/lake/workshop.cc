#include "destinations/lake/workshop.h"

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "destinations/lake/output_file.h"

namespace tendril {

namespace fs = std::filesystem;

Workshop::Workshop(LakeStorage& storage, const Clock& clock, WorkshopOptions options,
                   std::string tag, std::int64_t epoch)
    : storage_(storage),
      clock_(clock),
      options_(std::move(options)),
      prefix_(fmt::format("{}-{:06}", tag, epoch)) {}

fs::path Workshop::next_path() {
  std::string name =
      fmt::format("{}-{:08}.{}", prefix_, ++files_made_, to_string(options_.rows.format));
  fs::path path = storage_.workspace() / name;
  fresh_.insert(std::move(name));
  return path;
}

LakeFile Workshop::enter(const fs::path& path, const std::string& folder, const LakeLayout& layout,
                         RowFileSums sums) {
  LakeLayout present = layout;
  std::erase_if(present.columns,
                [](const Column& column) { return column.type.kind == TypeKind::Unknown; });
  return {.path = folder + "/" + path.filename().string(),
          .rows = sums.rows,
          .bytes = sums.bytes,
          .crc32 = std::move(sums.crc32),
          .columns = std::make_shared<const LakeLayout>(std::move(present))};
}

Result<ReadableFile> Workshop::readable(const LakeFile& file) {
  if (is_fresh(file)) {
    return ReadableFile{storage_.workspace() / file.name(), file.columns.get()};
  }
  fs::path path = TRY(storage_.fetch(file));
  return ReadableFile{std::move(path), file.columns.get()};
}

Status Workshop::verify(const LakeFile& file) {
  const ReadableFile found = TRY(readable(file));
  const std::string sum = TRY(file_crc32(found.path));
  if (sum != file.crc32) {
    return Error{.code = ErrorCode::System,
                 .message = fmt::format("data file is damaged: {} (its CRC-32 is {}, not {})",
                                        storage_.describe(file.path), sum, file.crc32)};
  }
  return {};
}

Result<LakeQueries*> Workshop::queries() {
  if (queries_ == nullptr) {
    queries_ =
        TRY(LakeQueries::open(storage_.workspace() / (prefix_ + ".spill"), options_.query_memory));
  }
  return queries_.get();
}

Status Workshop::settle(const std::set<std::string>& kept) {
  for (const std::string& name : fresh_) {
    std::error_code error;
    if (!kept.contains(name) && !fs::remove(storage_.workspace() / name, error) && error) {
      return Error{.code = ErrorCode::System,
                   .message = fmt::format("can not remove {}: {}",
                                          (storage_.workspace() / name).string(), error.message())};
    }
  }
  fresh_.clear();
  storage_.drop_fetched();
  return {};
}

}  // namespace tendril
