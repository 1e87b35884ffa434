#include "bridges/partner/inflated_stream.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <zlib.h>
#include <zstd.h>

#include "core/check.h"

namespace tendril {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} * 1024;

// What the decompressor may take for its window, whatever the bytes ask for.
constexpr int kZstdWindowLogMax = 27;

// Compressed bytes, a piece at a time.
class Pieces {
 public:
  explicit Pieces(std::unique_ptr<ByteStream> bytes) : bytes_(std::move(bytes)) {}

  // Makes sure that there are bytes unless all were taken.
  Status fill() {
    if (first_ == end_ && !ended_) {
      end_ = TRY(bytes_->read(piece_.data(), piece_.size()));
      first_ = 0;
      ended_ = end_ == 0;
    }
    return {};
  }

  bool empty() const { return first_ == end_; }
  char* data() { return piece_.data() + first_; }
  std::size_t size() const { return end_ - first_; }
  void take(std::size_t count) { first_ += count; }

 private:
  const std::unique_ptr<ByteStream> bytes_;
  std::vector<char> piece_ = std::vector<char>(kPieceBytes);
  std::size_t first_ = 0;
  std::size_t end_ = 0;
  bool ended_ = false;
};

Error cut_off(const char* how) {
  return {ErrorCode::BadData, std::string("it is cut off in the middle of its ") + how + " text"};
}

class ZstdStream final : public ByteStream {
 public:
  explicit ZstdStream(std::unique_ptr<ByteStream> bytes)
      : pieces_(std::move(bytes)), context_(ZSTD_createDCtx(), &ZSTD_freeDCtx) {
    CHECK(context_ != nullptr);
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kZstdWindowLogMax);
  }

  Result<std::size_t> read(char* out, std::size_t size) override {
    ZSTD_outBuffer plain{out, size, 0};
    while (plain.pos == 0) {
      TRY(pieces_.fill());
      if (pieces_.empty() && !inside_) {
        return std::size_t{0};
      }
      const std::size_t before = pieces_.size();
      ZSTD_inBuffer packed{pieces_.data(), before, 0};
      const std::size_t left = ZSTD_decompressStream(context_.get(), &plain, &packed);
      if (ZSTD_isError(left) != 0) {
        return Error{ErrorCode::BadData,
                     std::string("it is no zstd text, or damaged: ") + ZSTD_getErrorName(left)};
      }
      pieces_.take(packed.pos);
      inside_ = left != 0;
      if (before == 0 && plain.pos == 0) {
        return cut_off("zstd");
      }
    }
    return plain.pos;
  }

 private:
  Pieces pieces_;
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context_;
  bool inside_ = true;  // Of a frame; an empty file is none.
};

class GzipStream final : public ByteStream {
 public:
  explicit GzipStream(std::unique_ptr<ByteStream> bytes) : pieces_(std::move(bytes)) {
    constexpr int kGzipOnly = 16;
    CHECK(inflateInit2(&state_, kGzipOnly + MAX_WBITS) == Z_OK);
  }
  ~GzipStream() override { inflateEnd(&state_); }
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  Result<std::size_t> read(char* out, std::size_t size) override {
    state_.next_out = reinterpret_cast<Bytef*>(out);
    state_.avail_out = static_cast<uInt>(std::min(size, kPieceBytes));
    const uInt room = state_.avail_out;
    while (state_.avail_out == room) {
      TRY(pieces_.fill());
      if (pieces_.empty()) {
        return inside_ ? Result<std::size_t>(cut_off("gzip")) : Result<std::size_t>(0);
      }
      if (!inside_) {
        inflateReset(&state_);
        inside_ = true;
      }
      state_.next_in = reinterpret_cast<Bytef*>(pieces_.data());
      state_.avail_in = static_cast<uInt>(pieces_.size());
      const int outcome = inflate(&state_, Z_NO_FLUSH);
      pieces_.take(pieces_.size() - state_.avail_in);
      if (outcome == Z_STREAM_END) {
        inside_ = false;
      } else if (outcome != Z_OK && outcome != Z_BUF_ERROR) {
        return Error{ErrorCode::BadData, "it is no gzip text, or damaged"};
      }
    }
    return std::size_t{room - state_.avail_out};
  }

 private:
  Pieces pieces_;
  z_stream state_ = {};
  bool inside_ = true;  // Of a member; an empty file is none.
};

}  // namespace

std::unique_ptr<ByteStream> zstd_stream(std::unique_ptr<ByteStream> bytes) {
  return std::make_unique<ZstdStream>(std::move(bytes));
}

std::unique_ptr<ByteStream> gzip_stream(std::unique_ptr<ByteStream> bytes) {
  return std::make_unique<GzipStream>(std::move(bytes));
}

}  // namespace tendril
