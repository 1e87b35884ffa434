#include "http/jwt.h"

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/encoding.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct KeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using TestKey = std::unique_ptr<EVP_PKEY, KeyFree>;

TestKey rsa_key() { return TestKey(EVP_RSA_gen(2048)); }
TestKey ec_key(const char* curve) { return TestKey(EVP_EC_gen(curve)); }
TestKey ed_key() { return TestKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); }

std::string pem_of(const TestKey& key, const char* passphrase = nullptr) {
  BIO* bio = BIO_new(BIO_s_mem());
  const EVP_CIPHER* cipher = passphrase == nullptr ? nullptr : EVP_aes_128_cbc();
  PEM_write_bio_PKCS8PrivateKey(
      bio, key.get(), cipher, passphrase,
      passphrase == nullptr ? 0 : static_cast<int>(std::strlen(passphrase)), nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string pem(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return pem;
}

std::string decoded(std::string text) {
  for (char& c : text) {
    c = c == '-' ? '+' : c == '_' ? '/' : c;
  }
  text.append((4 - text.size() % 4) % 4, '=');
  return base64_decode(text).value();
}

// The signature as OpenSSL reads it: DER instead of two numbers side by side.
std::string der_of(const std::string& both) {
  const auto* data = reinterpret_cast<const unsigned char*>(both.data());
  const int half = static_cast<int>(both.size() / 2);
  ECDSA_SIG* signature = ECDSA_SIG_new();
  ECDSA_SIG_set0(signature, BN_bin2bn(data, half, nullptr), BN_bin2bn(data + half, half, nullptr));
  unsigned char* out = nullptr;
  const int size = i2d_ECDSA_SIG(signature, &out);
  std::string der(reinterpret_cast<char*>(out), static_cast<std::size_t>(size));
  OPENSSL_free(out);
  ECDSA_SIG_free(signature);
  return der;
}

bool is_valid(const std::string& token, const TestKey& key, const std::string& algorithm) {
  const std::size_t dot = token.rfind('.');
  const std::string text = token.substr(0, dot);
  std::string signature = decoded(token.substr(dot + 1));
  if (algorithm.starts_with("ES")) {
    signature = der_of(signature);
  }
  const EVP_MD* digest = algorithm == "EdDSA"                         ? nullptr
                         : algorithm.find("256") != std::string::npos ? EVP_sha256()
                         : algorithm.find("384") != std::string::npos ? EVP_sha384()
                                                                      : EVP_sha512();
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* options = nullptr;
  EVP_DigestVerifyInit(context, &options, digest, nullptr, key.get());
  if (algorithm.starts_with("PS")) {
    EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST);
  }
  const int valid = EVP_DigestVerify(
      context, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
      reinterpret_cast<const unsigned char*>(text.data()), text.size());
  EVP_MD_CTX_free(context);
  return valid == 1;
}

std::string signed_by(const std::string& algorithm, const std::string& key,
                      const std::string& passphrase = "") {
  const auto signer = JwtSigner::create(algorithm, Secret(key), Secret(passphrase));
  EXPECT_THAT(signer, IsOk());
  return signer.ok() ? signer->sign(R"({"alg":")" + algorithm + R"("})", R"({"iss":"me"})").value()
                     : "..";
}

// Source: the example of RFC 7515, appendix A.1.
TEST(Jwt, SignsTheVectorOfTheStandard) {
  std::string key = decoded(
      "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  const auto signer = JwtSigner::create("HS256", Secret(std::move(key)), Secret());

  const auto token = signer->sign("{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}",
                                  "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n "
                                  "\"http://example.com/is_root\":true}");

  EXPECT_EQ(token.value(),
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
            ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290"
            "Ijp0cnVlfQ"
            ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
}

TEST(Jwt, SignsWithEveryKindOfKey) {
  const TestKey rsa = rsa_key();
  for (const char* algorithm : {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}) {
    EXPECT_TRUE(is_valid(signed_by(algorithm, pem_of(rsa)), rsa, algorithm)) << algorithm;
  }
  const std::vector<std::pair<std::string, const char*>> curves = {
      {"ES256", "P-256"}, {"ES384", "P-384"}, {"ES512", "P-521"}, {"ES256K", "secp256k1"}};
  for (const auto& [algorithm, curve] : curves) {
    const TestKey key = ec_key(curve);
    EXPECT_TRUE(is_valid(signed_by(algorithm, pem_of(key)), key, algorithm)) << algorithm;
  }
  const TestKey ed = ed_key();
  EXPECT_TRUE(is_valid(signed_by("EdDSA", pem_of(ed)), ed, "EdDSA"));
}

TEST(Jwt, OpensAKeyWithItsPassphrase) {
  const TestKey key = ec_key("P-256");
  const std::string pem = pem_of(key, "open sesame");

  EXPECT_TRUE(is_valid(signed_by("ES256", pem, "open sesame"), key, "ES256"));
  EXPECT_THAT(JwtSigner::create("ES256", Secret(pem), Secret("wrong")),
              IsError(ErrorCode::InvalidConfig, HasSubstr("passphrase")));
  EXPECT_THAT(JwtSigner::create("ES256", Secret(pem), Secret()),
              IsError(ErrorCode::InvalidConfig, HasSubstr("passphrase")));
}

TEST(Jwt, RefusesKeysThatDoNotFit) {
  const std::string pem = pem_of(ec_key("P-256"));

  EXPECT_THAT(JwtSigner::create("RS256", Secret(pem), Secret()),
              IsError(ErrorCode::InvalidConfig, HasSubstr("another kind than RS256")));
  EXPECT_THAT(JwtSigner::create("ES384", Secret(pem), Secret()),
              IsError(ErrorCode::InvalidConfig, HasSubstr("another kind")));
  EXPECT_THAT(JwtSigner::create("RS256", Secret("no key at all"), Secret()),
              IsError(ErrorCode::InvalidConfig, Not(HasSubstr("at all"))));
  EXPECT_THAT(JwtSigner::create("HS1", Secret("x"), Secret()),
              IsError(ErrorCode::InvalidConfig, HasSubstr("HS1")));
  EXPECT_THAT(JwtSigner::create("HS256", Secret(), Secret()),
              IsError(ErrorCode::InvalidConfig, HasSubstr("empty")));
}

}  // namespace
}  // namespace tendril
