// Signed JSON Web Tokens.
// Source: RFC 7515 (the form), RFC 7518 (HS, RS, PS, ES), RFC 8037 (EdDSA), RFC 8812 (ES256K).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.h"
#include "core/secret.h"

namespace tendril {

// Threads: safe to share.
class JwtSigner {
 public:
  // `key` is the shared secret of an HS algorithm, else a private key in PEM, which `passphrase`
  // opens when it is encrypted.
  // Errors: InvalidConfig when the algorithm is unknown, or the key can not be read or is of
  //   another kind than the algorithm.
  static Result<JwtSigner> create(std::string_view algorithm, const Secret& key,
                                  const Secret& passphrase);

  // Returns "header.payload.signature". Both parts are JSON objects; the header must name the
  // algorithm itself.
  // Errors: Internal when the library fails.
  Result<std::string> sign(std::string_view header_json, std::string_view payload_json) const;

 private:
  struct Key;
  explicit JwtSigner(std::shared_ptr<const Key> key) : key_(std::move(key)) {}

  std::shared_ptr<const Key> key_;  // Shared by copies.
};

// Base64 for URLs, without padding.
// Source: RFC 4648 section 5.
std::string base64url_encode(std::string_view bytes);

}  // namespace tendril
