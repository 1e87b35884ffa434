#include "http/fingerprint.h"

#include <array>
#include <memory>

#include <openssl/evp.h>

#include "core/check.h"

namespace tendril {

std::string fingerprint(std::initializer_list<std::string_view> texts) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  CHECK(context != nullptr && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1);
  for (const std::string_view text : texts) {
    const std::string length = std::to_string(text.size()) + ":";
    CHECK(EVP_DigestUpdate(context.get(), length.data(), length.size()) == 1);
    CHECK(EVP_DigestUpdate(context.get(), text.data(), text.size()) == 1);
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  CHECK(EVP_DigestFinal_ex(context.get(), digest.data(), &size) == 1);
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += kDigits[digest[i] >> 4U];
    text += kDigits[digest[i] & 0xFU];
  }
  return text;
}

}  // namespace tendril
