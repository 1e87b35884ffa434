#include "http/jwt.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "core/encoding.h"

namespace tendril {
namespace {

enum class Family { Hmac, Rsa, RsaPss, Ecdsa, EdDsa };

struct Algorithm {
  std::string_view name;
  Family family;
  const EVP_MD* (*digest)();  // Null: the algorithm has its own.
  std::string_view curve;     // As OpenSSL names it.
};

constexpr std::array kAlgorithms = {
    Algorithm{"HS256", Family::Hmac, EVP_sha256, ""},
    Algorithm{"HS384", Family::Hmac, EVP_sha384, ""},
    Algorithm{"HS512", Family::Hmac, EVP_sha512, ""},
    Algorithm{"RS256", Family::Rsa, EVP_sha256, ""},
    Algorithm{"RS384", Family::Rsa, EVP_sha384, ""},
    Algorithm{"RS512", Family::Rsa, EVP_sha512, ""},
    Algorithm{"PS256", Family::RsaPss, EVP_sha256, ""},
    Algorithm{"PS384", Family::RsaPss, EVP_sha384, ""},
    Algorithm{"PS512", Family::RsaPss, EVP_sha512, ""},
    Algorithm{"ES256", Family::Ecdsa, EVP_sha256, "prime256v1"},
    Algorithm{"ES256K", Family::Ecdsa, EVP_sha256, "secp256k1"},
    Algorithm{"ES384", Family::Ecdsa, EVP_sha384, "secp384r1"},
    Algorithm{"ES512", Family::Ecdsa, EVP_sha512, "secp521r1"},
    Algorithm{"EdDSA", Family::EdDsa, nullptr, ""},
};

template <class T, void (*kFree)(T*)>
struct Freer {
  void operator()(T* object) const { kFree(object); }
};
using PrivateKey = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY, EVP_PKEY_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX, EVP_MD_CTX_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Freer<ECDSA_SIG, ECDSA_SIG_free>>;
struct BioFreer {
  void operator()(BIO* bio) const { BIO_free(bio); }
};

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Error bad_key(std::string_view why) {
  ERR_clear_error();
  return Error{ErrorCode::InvalidConfig, "key of the token: " + std::string(why)};
}

Error failed() {
  ERR_clear_error();
  return Error{ErrorCode::Internal, "signing the token failed"};
}

// Gives the passphrase to OpenSSL, which would else ask at the terminal.
int give_passphrase(char* buffer, int size, int /*writing*/, void* user) {
  const std::string& passphrase = static_cast<const Secret*>(user)->reveal();
  if (passphrase.empty() || passphrase.size() > static_cast<std::size_t>(size)) {
    return -1;
  }
  std::copy(passphrase.begin(), passphrase.end(), buffer);
  return static_cast<int>(passphrase.size());
}

Result<PrivateKey> read_key(const Secret& pem, const Secret& passphrase) {
  const std::string& text = pem.reveal();
  const std::unique_ptr<BIO, BioFreer> bio(
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  Secret words = passphrase;
  PrivateKey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, give_passphrase, &words));
  if (key == nullptr) {
    return bad_key("it is no private key in PEM, or the passphrase does not open it");
  }
  return key;
}

bool is_of(EVP_PKEY* key, const Algorithm& algorithm) {
  switch (algorithm.family) {
    case Family::Hmac: return false;
    case Family::Rsa:
    case Family::RsaPss: return EVP_PKEY_is_a(key, "RSA") == 1;
    case Family::EdDsa: return EVP_PKEY_is_a(key, "ED25519") == 1 || EVP_PKEY_is_a(key, "ED448");
    case Family::Ecdsa: break;
  }
  std::array<char, 64> curve{};
  std::size_t length = 0;
  const bool is_named = EVP_PKEY_is_a(key, "EC") == 1 &&
                        EVP_PKEY_get_group_name(key, curve.data(), curve.size(), &length) == 1;
  return is_named && std::string_view(curve.data(), length) == algorithm.curve;
}

// The two numbers of a signature, side by side, instead of OpenSSL's DER.
// Source: RFC 7518 section 3.4.
Result<std::string> side_by_side(const std::string& der, EVP_PKEY* key) {
  const unsigned char* data = bytes_of(der);
  const EcSignature signature(d2i_ECDSA_SIG(nullptr, &data, static_cast<long>(der.size())));
  const int size = (EVP_PKEY_get_bits(key) + 7) / 8;
  std::vector<unsigned char> both(static_cast<std::size_t>(size) * 2);
  if (signature == nullptr ||
      BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), both.data(), size) != size ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), both.data() + size, size) != size) {
    return failed();
  }
  return std::string(both.begin(), both.end());
}

Result<std::string> sign_with_key(const Algorithm& algorithm, EVP_PKEY* key,
                                  std::string_view text) {
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;
  const EVP_MD* digest = algorithm.digest == nullptr ? nullptr : algorithm.digest();
  if (EVP_DigestSignInit(context.get(), &options, digest, nullptr, key) != 1) {
    return failed();
  }
  if (algorithm.family == Family::RsaPss &&
      (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) != 1 ||
       EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) != 1)) {
    return failed();
  }
  std::size_t size = 0;
  if (EVP_DigestSign(context.get(), nullptr, &size, bytes_of(text), text.size()) != 1) {
    return failed();
  }
  std::vector<unsigned char> signature(size);
  if (EVP_DigestSign(context.get(), signature.data(), &size, bytes_of(text), text.size()) != 1) {
    return failed();
  }
  std::string made(signature.begin(), signature.begin() + static_cast<std::ptrdiff_t>(size));
  return algorithm.family == Family::Ecdsa ? side_by_side(made, key) : Result<std::string>(made);
}

Result<std::string> sign_with_secret(const Algorithm& algorithm, const Secret& secret,
                                     std::string_view text) {
  const std::string& key = secret.reveal();
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  if (HMAC(algorithm.digest(), key.data(), static_cast<int>(key.size()), bytes_of(text),
           text.size(), mac.data(), &size) == nullptr) {
    return failed();
  }
  return std::string(mac.begin(), mac.begin() + size);
}

}  // namespace

struct JwtSigner::Key {
  const Algorithm& algorithm;
  Secret secret;           // Of HS algorithms.
  PrivateKey private_key;  // Of all others.
};

Result<JwtSigner> JwtSigner::create(std::string_view algorithm, const Secret& key,
                                    const Secret& passphrase) {
  const auto known = std::find_if(kAlgorithms.begin(), kAlgorithms.end(),
                                  [&](const Algorithm& each) { return each.name == algorithm; });
  if (known == kAlgorithms.end()) {
    return Error{ErrorCode::InvalidConfig,
                 "algorithm of the token is unknown: " + std::string(algorithm)};
  }
  if (key.empty()) {
    return bad_key("it is empty");
  }
  if (known->family == Family::Hmac) {
    return JwtSigner(std::make_shared<const Key>(Key{*known, key, nullptr}));
  }
  PrivateKey private_key = TRY(read_key(key, passphrase));
  if (!is_of(private_key.get(), *known)) {
    return bad_key("it is of another kind than " + std::string(algorithm));
  }
  return JwtSigner(std::make_shared<const Key>(Key{*known, Secret(), std::move(private_key)}));
}

Result<std::string> JwtSigner::sign(std::string_view header_json,
                                    std::string_view payload_json) const {
  std::string token = base64url_encode(header_json) + "." + base64url_encode(payload_json);
  const bool shared = key_->algorithm.family == Family::Hmac;
  const std::string signature =
      TRY(shared ? sign_with_secret(key_->algorithm, key_->secret, token)
                 : sign_with_key(key_->algorithm, key_->private_key.get(), token));
  token += "." + base64url_encode(signature);
  return token;
}

std::string base64url_encode(std::string_view bytes) {
  std::string text = base64_encode(bytes);
  text.erase(std::min(text.find('='), text.size()));
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

}  // namespace tendril
