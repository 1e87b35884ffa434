#include "sync/spill_file.h"

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/dictionary.h>
#include <arrow/ipc/options.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>
#include <fcntl.h>
#include <unistd.h>

namespace tendril {
namespace {

Error system_error(std::string action, int number) {
  return {.code = ErrorCode::System,
          .message = std::move(action) + ": " + std::generic_category().message(number)};
}

Error arrow_error(std::string action, const arrow::Status& status) {
  return {.code = status.IsOutOfMemory() ? ErrorCode::System : ErrorCode::Internal,
          .message = std::move(action) + ": " + status.message()};
}

}  // namespace

Result<std::unique_ptr<SpillFile>> SpillFile::make() {
  std::error_code failure;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(failure);
  if (failure) {
    return system_error("finding the directory for temporary files", failure.value());
  }
  std::string path = (folder / "tendril-XXXXXX").string();
  const int descriptor = ::mkostemp(path.data(), O_CLOEXEC);
  if (descriptor < 0) {
    return system_error("making a temporary file in " + folder.string(), errno);
  }
  auto file = std::unique_ptr<SpillFile>(new SpillFile(descriptor));
  if (::unlink(path.c_str()) != 0) {
    return system_error("unlinking the temporary file " + path, errno);
  }
  return file;
}

SpillFile::~SpillFile() { ::close(descriptor_); }

Result<SpillFile::Extent> SpillFile::append(const arrow::RecordBatch& rows) {
  const auto message =
      arrow::ipc::SerializeRecordBatch(rows, arrow::ipc::IpcWriteOptions::Defaults());
  if (!message.ok()) {
    return arrow_error("writing rows to a temporary file", message.status());
  }
  const arrow::Buffer& bytes = **message;
  const Extent extent{.offset_bytes = end_bytes_, .length_bytes = bytes.size()};
  for (std::int64_t done = 0; done < bytes.size();) {
    const ssize_t written =
        ::pwrite(descriptor_, bytes.data() + done, static_cast<std::size_t>(bytes.size() - done),
                 extent.offset_bytes + done);
    if (written < 0 && errno != EINTR) {
      return system_error("writing rows to a temporary file", errno);
    }
    done += written > 0 ? written : 0;
  }
  end_bytes_ += extent.length_bytes;
  return extent;
}

Result<std::shared_ptr<arrow::RecordBatch>> SpillFile::read(
    Extent extent, const std::shared_ptr<arrow::Schema>& schema) const {
  auto memory = arrow::AllocateBuffer(extent.length_bytes);
  if (!memory.ok()) {
    return arrow_error("reading rows from a temporary file", memory.status());
  }
  const std::shared_ptr<arrow::Buffer> bytes = std::move(*memory);
  for (std::int64_t done = 0; done < extent.length_bytes;) {
    const ssize_t got =
        ::pread(descriptor_, bytes->mutable_data() + done,
                static_cast<std::size_t>(extent.length_bytes - done), extent.offset_bytes + done);
    if (got == 0 || (got < 0 && errno != EINTR)) {
      return system_error("reading rows from a temporary file", got == 0 ? EIO : errno);
    }
    done += got > 0 ? got : 0;
  }
  arrow::io::BufferReader input(bytes);
  const arrow::ipc::DictionaryMemo dictionaries;
  auto rows = arrow::ipc::ReadRecordBatch(schema, &dictionaries,
                                          arrow::ipc::IpcReadOptions::Defaults(), &input);
  if (!rows.ok()) {
    return arrow_error("reading rows from a temporary file", rows.status());
  }
  return std::move(*rows);
}

}  // namespace tendril
