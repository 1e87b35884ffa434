// TLS: what is trusted, and that nothing leads out of it.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <gmock/gmock.h>

#include "http/transport.h"
#include "testing/http_imposter.h"
#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Key new_key() { return {EVP_EC_gen("P-256"), &EVP_PKEY_free}; }

// A certificate for 127.0.0.1 that signs itself.
Certificate new_certificate(EVP_PKEY* key) {
  Certificate certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_EXTENSION* const address =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
  X509_add_ext(certificate.get(), address, -1);
  X509_EXTENSION_free(address);
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

class CurlTls : public ::testing::Test {
 protected:
  CurlTls() {
    port_ = server_.bind_to_any_port("127.0.0.1");
    server_.Get("/items", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("[]", "application/json");
    });
    thread_ = std::jthread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) {
      std::this_thread::yield();
    }
    std::FILE* const file = std::fopen(bundle_.c_str(), "w");
    PEM_write_X509(file, certificate_.get());
    std::fclose(file);
  }

  ~CurlTls() override { server_.stop(); }

  std::string url(const std::string& host, const std::string& path) const {
    return "https://" + host + ":" + std::to_string(port_) + path;
  }

  Key key_ = new_key();
  Certificate certificate_ = new_certificate(key_.get());
  httplib::SSLServer server_{certificate_.get(), key_.get()};
  int port_ = 0;
  const TemporaryFolder folder_;
  const std::filesystem::path bundle_ = folder_ / "bundle.pem";
  std::jthread thread_;
};

TEST_F(CurlTls, RefusesAStranger) {
  const auto transport = std::move(curl_transport({}).value());

  EXPECT_THAT(transport->send({.url = url("127.0.0.1", "/items")}, {}),
              IsError(ErrorCode::Unavailable, HasSubstr("certificate")));
}

TEST_F(CurlTls, TrustsTheGivenBundle) {
  const auto transport = std::move(curl_transport({.ca_bundle = bundle_}).value());

  const auto response = transport->send({.url = url("127.0.0.1", "/items")}, {});

  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, "[]");
}

TEST_F(CurlTls, RefusesAnotherName) {
  const auto transport = std::move(curl_transport({.ca_bundle = bundle_}).value());

  EXPECT_THAT(transport->send({.url = url("localhost", "/items")}, {}),
              IsError(ErrorCode::Unavailable));
}

TEST_F(CurlTls, NamesABundleThatIsNotThere) {
  const auto transport = std::move(curl_transport({.ca_bundle = "/nowhere.pem"}).value());

  EXPECT_THAT(transport->send({.url = url("127.0.0.1", "/items")}, {}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("/nowhere.pem")));
}

TEST_F(CurlTls, IsNeverLeftByARedirect) {
  HttpImposter plain;
  server_.Get("/out", [&](const httplib::Request&, httplib::Response& response) {
    response.set_redirect(plain.url("/items"));
  });
  const auto transport = std::move(curl_transport({.ca_bundle = bundle_}).value());

  EXPECT_THAT(transport->send({.url = url("127.0.0.1", "/out")}, {}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("https to http")));
  EXPECT_EQ(plain.count(), 0);
}

}  // namespace
}  // namespace tendril
