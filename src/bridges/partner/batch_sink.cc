#include "bridges/partner/batch_sink.h"

#include <array>
#include <cerrno>
#include <climits>
#include <system_error>
#include <utility>

#include <arrow/result.h>
#include <arrow/util/compression.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fault_point.h"

namespace tendril {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} * 1024;
constexpr int kZstdLevel = 1;  // The files are read once, and soon.

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  // Fails only where the system has no randomness; then the text is empty, and no key.
  const bool made =
      RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) == 1;
  return made ? bytes : std::string();
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// The file itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(number_, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR) {
        return false;
      }
      bytes.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return true;
  }
  bool sync() const { return ::fsync(number_) == 0; }
  bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

class FileSink final : public BatchSink {
 public:
  FileSink(std::filesystem::path path, std::string key, int descriptor)
      : BatchSink(std::move(path), std::move(key)),
        file_(descriptor),
        cipher_(nullptr, &EVP_CIPHER_CTX_free) {}

  Status begin(const BatchFileParams& params) {
    if (params.encrypted) {
      const std::string vector = random_bytes(kBatchVectorBytes);
      cipher_.reset(EVP_CIPHER_CTX_new());
      if (key().empty() || vector.empty() || cipher_ == nullptr ||
          EVP_EncryptInit_ex(cipher_.get(), EVP_aes_256_cbc(), nullptr, bytes_of(key()),
                             bytes_of(vector)) != 1) {
        return fault("can not be encrypted");
      }
      TRY(store(vector));
    }
    if (params.compression == BatchCompression::Off) {
      return {};
    }
    auto codec = params.compression == BatchCompression::Zstd
                     ? arrow::util::Codec::Create(arrow::Compression::ZSTD, kZstdLevel)
                     : arrow::util::Codec::Create(arrow::Compression::GZIP);
    if (!codec.ok()) {
      return fault("can not be compressed: " + codec.status().message());
    }
    auto compressor = (*codec)->MakeCompressor();
    if (!compressor.ok()) {
      return fault("can not be compressed: " + compressor.status().message());
    }
    compressor_ = *std::move(compressor);
    return {};
  }

  Status write(std::string_view bytes) override {
    bytes_given_ += static_cast<std::int64_t>(bytes.size());
    if (compressor_ == nullptr) {
      return encrypt(bytes);
    }
    while (!bytes.empty()) {
      const auto step =
          compressor_->Compress(static_cast<std::int64_t>(bytes.size()), bytes_of(bytes),
                                static_cast<std::int64_t>(packed_.size()), room(packed_));
      if (!step.ok()) {
        return fault("can not be compressed: " + step.status().message());
      }
      bytes.remove_prefix(static_cast<std::size_t>(step->bytes_read));
      TRY(grow_where_stuck(step->bytes_read + step->bytes_written));
      TRY(encrypt({packed_.data(), static_cast<std::size_t>(step->bytes_written)}));
    }
    return {};
  }

  Status close() override {
    TRY(end_compression());
    if (cipher_ != nullptr) {
      int size = 0;
      if (EVP_EncryptFinal_ex(cipher_.get(), room(sealed_), &size) != 1) {
        return fault("can not be encrypted");
      }
      TRY(store({sealed_.data(), static_cast<std::size_t>(size)}));
    }
    fault_point(FaultPoint::FileWritten);
    if (!file_.sync() || !file_.close()) {
      return system_fault();
    }
    fault_point(FaultPoint::FileSynced);
    return {};
  }

 private:
  static unsigned char* room(std::string& buffer) {
    return reinterpret_cast<unsigned char*>(buffer.data());
  }

  Status end_compression() {
    for (bool more = compressor_ != nullptr; more;) {
      const auto step = compressor_->End(static_cast<std::int64_t>(packed_.size()), room(packed_));
      if (!step.ok()) {
        return fault("can not be compressed: " + step.status().message());
      }
      more = step->should_retry;
      TRY(encrypt({packed_.data(), static_cast<std::size_t>(step->bytes_written)}));
      TRY(more ? grow_where_stuck(step->bytes_written) : Status());
    }
    return {};
  }

  // A compressor that neither reads nor writes wants more room.
  Status grow_where_stuck(std::int64_t progress) {
    if (progress == 0) {
      packed_.resize(packed_.size() * 2);
    }
    return {};
  }

  Status encrypt(std::string_view bytes) {
    if (cipher_ == nullptr) {
      return store(bytes);
    }
    while (!bytes.empty()) {
      const std::string_view piece = bytes.substr(0, kPieceBytes);
      int size = 0;
      if (EVP_EncryptUpdate(cipher_.get(), room(sealed_), &size, bytes_of(piece),
                            static_cast<int>(piece.size())) != 1) {
        return fault("can not be encrypted");
      }
      TRY(store({sealed_.data(), static_cast<std::size_t>(size)}));
      bytes.remove_prefix(piece.size());
    }
    return {};
  }

  Status store(std::string_view bytes) { return file_.write(bytes) ? Status() : system_fault(); }

  Error fault(const std::string& what) const {
    return {.code = ErrorCode::System, .message = "batch file " + what + ": " + path().string()};
  }
  Error system_fault() const {
    return fault("can not be written (" + std::generic_category().message(errno) + ")");
  }

  Descriptor file_;
  CipherContext cipher_;
  std::shared_ptr<arrow::util::Compressor> compressor_;
  std::string packed_ = std::string(kPieceBytes, '\0');
  std::string sealed_ = std::string(kPieceBytes + kBatchCipherBlockBytes, '\0');
};

}  // namespace

Result<std::unique_ptr<BatchSink>> BatchSink::create(const std::filesystem::path& path,
                                                     const BatchFileParams& params) {
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) {
    return Error{.code = ErrorCode::System,
                 .message = "batch file can not be made (" +
                            std::generic_category().message(errno) + "): " + path.string()};
  }
  auto sink = std::make_unique<FileSink>(
      path, params.encrypted ? random_bytes(kBatchKeyBytes) : std::string(), descriptor);
  TRY(sink->begin(params));
  return sink;
}

}  // namespace tendril
