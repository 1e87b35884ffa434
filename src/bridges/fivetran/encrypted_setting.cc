#include "bridges/fivetran/encrypted_setting.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "core/encoding.h"

namespace tendril {
namespace {

constexpr std::string_view kPrefix = "fivetran_encrypted:";
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&::EVP_CIPHER_CTX_free)>;

Error wrong(std::string_view field, std::string_view problem) {
  return {.code = ErrorCode::InvalidConfig,
          .message = fmt::format("configuration field {} {}", field, problem)};
}

// Either alphabet of Base64, with or without padding.
std::optional<std::string> any_base64(std::string_view text) {
  std::string standard(text);
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  while (standard.size() % 4 != 0) {
    standard += '=';
  }
  return base64_decode(standard);
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

bool is_encrypted_setting(std::string_view value) { return value.starts_with(kPrefix); }

Result<Secret> decrypt_setting(std::string_view field, std::string_view value, const Secret& key) {
  const auto bytes = any_base64(value.substr(std::min(value.size(), kPrefix.size())));
  if (!is_encrypted_setting(value) || !bytes || bytes->size() < kNonceBytes + kTagBytes) {
    return wrong(field, "is not encrypted as it should be");
  }
  if (key.reveal().size() != kKeyBytes) {
    return wrong(field, "can not be decrypted: the key does not have 32 bytes");
  }
  const std::string_view nonce = std::string_view(*bytes).substr(0, kNonceBytes);
  std::string_view hidden = std::string_view(*bytes).substr(kNonceBytes);
  std::string tag(hidden.substr(hidden.size() - kTagBytes));
  hidden.remove_suffix(kTagBytes);
  std::string text(hidden.size(), '\0');
  auto* const out = reinterpret_cast<unsigned char*>(text.data());
  int size = 0;
  const Cipher cipher(::EVP_CIPHER_CTX_new(), &::EVP_CIPHER_CTX_free);
  const bool decrypted =
      ::EVP_DecryptInit_ex(cipher.get(), ::EVP_aes_256_gcm(), nullptr, bytes_of(key.reveal()),
                           bytes_of(nonce)) == 1 &&
      ::EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes_of(field),
                          static_cast<int>(field.size())) == 1 &&
      ::EVP_DecryptUpdate(cipher.get(), out, &size, bytes_of(hidden),
                          static_cast<int>(hidden.size())) == 1 &&
      ::EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      ::EVP_DecryptFinal_ex(cipher.get(), out + size, &size) == 1;
  if (!decrypted) {
    return wrong(field,
                 "can not be decrypted: it was encrypted with another key, or for another field");
  }
  return Secret(std::move(text));
}

Status decrypt_configuration(Value& configuration, const std::filesystem::path& key_file) {
  std::optional<Secret> key;
  for (auto& [name, value] : configuration.as_map()->members()) {
    const std::string* const text = value.as_string();
    if (text == nullptr || !is_encrypted_setting(*text)) {
      continue;
    }
    if (!key) {
      std::ifstream file(key_file, std::ios::binary);
      std::string written(std::istreambuf_iterator<char>(file), {});
      std::erase_if(written, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
      const auto bytes = any_base64(written);
      if (!file || !bytes) {
        return wrong(name, "is encrypted, and its key is not here: " + key_file.string());
      }
      key = Secret(*bytes);
    }
    const Secret decrypted = TRY(decrypt_setting(name, *text, *key));
    value = decrypted.reveal();
  }
  return {};
}

}  // namespace tendril
