#include "bridges/partner/cipher_stream.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "bridges/partner/batch_file.h"
#include "core/check.h"

namespace tendril {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} * 1024;

const unsigned char* unsigned_bytes(const char* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}

class DecryptedStream final : public ByteStream {
 public:
  DecryptedStream(std::unique_ptr<ByteStream> bytes, const Secret& key)
      : bytes_(std::move(bytes)), key_(key), context_(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free) {
    CHECK(context_ != nullptr);
  }

  Result<std::size_t> read(char* out, std::size_t size) override {
    while (taken_ == plain_size_ && !ended_) {
      TRY(refill());
    }
    const std::size_t count = std::min(size, plain_size_ - taken_);
    std::memcpy(out, plain_.data() + taken_, count);
    taken_ += count;
    return count;
  }

 private:
  Status start() {
    std::array<char, kBatchVectorBytes> vector{};
    std::size_t filled = 0;
    while (filled < vector.size()) {
      const std::size_t count = TRY(bytes_->read(vector.data() + filled, vector.size() - filled));
      if (count == 0) {
        return Error{ErrorCode::BadData, "it is too short to be encrypted"};
      }
      filled += count;
    }
    if (EVP_DecryptInit_ex(context_.get(), EVP_aes_256_cbc(), nullptr,
                           unsigned_bytes(key_.reveal().data()),
                           unsigned_bytes(vector.data())) != 1) {
      return Error{ErrorCode::Internal, "no decryption can be started"};
    }
    started_ = true;
    return {};
  }

  Status refill() {
    if (!started_) {
      TRY(start());
    }
    const std::size_t count = TRY(bytes_->read(cipher_.data(), cipher_.size()));
    auto* const plain = reinterpret_cast<unsigned char*>(plain_.data());
    int written = 0;
    taken_ = 0;
    if (count > 0) {
      if (EVP_DecryptUpdate(context_.get(), plain, &written, unsigned_bytes(cipher_.data()),
                            static_cast<int>(count)) != 1) {
        return wrong();
      }
    } else {
      ended_ = true;
      if (EVP_DecryptFinal_ex(context_.get(), plain, &written) != 1) {
        return wrong();
      }
    }
    plain_size_ = static_cast<std::size_t>(written);
    return {};
  }

  static Error wrong() {
    return {ErrorCode::BadData, "it can not be decrypted: it is damaged, or the key is another's"};
  }

  const std::unique_ptr<ByteStream> bytes_;
  const Secret key_;
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context_;
  std::vector<char> cipher_ = std::vector<char>(kPieceBytes);
  std::vector<char> plain_ = std::vector<char>(kPieceBytes + kBatchCipherBlockBytes);
  std::size_t plain_size_ = 0;
  std::size_t taken_ = 0;  // Of plain_.
  bool started_ = false;
  bool ended_ = false;
};

}  // namespace

Result<std::unique_ptr<ByteStream>> decrypted_stream(std::unique_ptr<ByteStream> bytes,
                                                     const Secret& key) {
  if (key.reveal().size() != kBatchKeyBytes) {
    return Error{ErrorCode::InvalidConfig, fmt::format("its key has {} bytes in the place of {}",
                                                       key.reveal().size(), kBatchKeyBytes)};
  }
  return std::make_unique<DecryptedStream>(std::move(bytes), key);
}

}  // namespace tendril
