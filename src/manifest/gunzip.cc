#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <zlib.h>

#include "core/check.h"
#include "manifest/inflation.h"

namespace tendril {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{128} * 1024;
constexpr int kGzipOnly = MAX_WBITS + 16;
constexpr int kGzipOrZlib = MAX_WBITS + 32;

bool begins_as_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

// The three levels that programs write; other bytes after "x" are text.
bool begins_as_zlib(std::string_view bytes) {
  return bytes.starts_with("x\x01") || bytes.starts_with("x\x9c") || bytes.starts_with("x\xda");
}

// zlib's stream, freed on whatever path.
class Inflater {
 public:
  Inflater() { CHECK(inflateInit2(&stream_, kGzipOrZlib) == Z_OK); }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  z_stream& stream() { return stream_; }
  void next_member() { CHECK(inflateReset2(&stream_, kGzipOnly) == Z_OK); }

 private:
  z_stream stream_{};
};

class GunzipParser final : public BodyParser {
 public:
  GunzipParser(std::unique_ptr<BodyParser> inner, const DecodeLimits& limits, bool zlib_too)
      : inner_(std::move(inner)), bytes_max_(limits.inflated_bytes), zlib_too_(zlib_too) {}

  Status write(std::string_view bytes) override {
    if (form_ == Form::Unknown) {
      head_.append(bytes);
      if (head_.size() < 2) {
        return {};
      }
      return begin();
    }
    return form_ == Form::Packed ? unpack(bytes) : inner_->write(bytes);
  }

  Status finish() override {
    if (form_ == Form::Unknown) {
      TRY(inner_->write(head_));
    } else if (form_ == Form::Packed && !between_members_) {
      return Error{ErrorCode::BadData,
                   fmt::format("gzip data ends too early, after {} unpacked bytes", unpacked_)};
    }
    return inner_->finish();
  }

 private:
  enum class Form { Unknown, Packed, Plain };

  Status begin() {
    const bool packed = begins_as_gzip(head_) || (zlib_too_ && begins_as_zlib(head_));
    form_ = packed ? Form::Packed : Form::Plain;
    const std::string head = std::exchange(head_, {});
    return packed ? unpack(head) : inner_->write(head);
  }

  Status unpack(std::string_view bytes) {
    z_stream& stream = inflater_.stream();
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    while (stream.avail_in > 0) {
      if (between_members_) {
        const bool more = TRY(next_member());
        if (!more) {
          continue;
        }
      }
      TRY(unpack_piece());
    }
    return {};
  }

  // Zeros may follow the last member, as padding. Returns false when one was taken.
  Result<bool> next_member() {
    z_stream& stream = inflater_.stream();
    if (*stream.next_in == 0) {
      ++stream.next_in;
      --stream.avail_in;
      return false;
    }
    inflater_.next_member();
    between_members_ = false;
    return true;
  }

  Status unpack_piece() {
    z_stream& stream = inflater_.stream();
    int code = Z_OK;
    do {
      stream.next_out = reinterpret_cast<Bytef*>(piece_.data());
      stream.avail_out = kPieceBytes;
      code = inflate(&stream, Z_NO_FLUSH);
      if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
        return Error{ErrorCode::BadData,
                     fmt::format("gzip data is broken after {} unpacked bytes: {}", unpacked_,
                                 stream.msg == nullptr ? "unknown form" : stream.msg)};
      }
      const std::size_t count = kPieceBytes - stream.avail_out;
      unpacked_ += count;
      if (unpacked_ > bytes_max_) {
        return Error{ErrorCode::BadData,
                     fmt::format("gzip data unpacks to more than {} bytes", bytes_max_)};
      }
      TRY(inner_->write(std::string_view(piece_.data(), count)));
    } while (code == Z_OK && stream.avail_out == 0);
    between_members_ = code == Z_STREAM_END;
    return {};
  }

  const std::unique_ptr<BodyParser> inner_;
  const std::uint64_t bytes_max_;
  const bool zlib_too_;
  Form form_ = Form::Unknown;
  std::string head_;  // The first bytes, until their form is known.
  Inflater inflater_;
  bool between_members_ = false;
  std::uint64_t unpacked_ = 0;
  std::array<char, kPieceBytes> piece_{};
};

}  // namespace

std::unique_ptr<BodyParser> gunzip_parser(std::unique_ptr<BodyParser> inner,
                                          const DecodeLimits& limits, bool zlib_too) {
  return std::make_unique<GunzipParser>(std::move(inner), limits, zlib_too);
}

}  // namespace tendril
