#include "destinations/lake/s3_request.h"

#include <array>
#include <chrono>
#include <ctime>
#include <memory>
#include <string_view>
#include <utility>

#include <curl/curl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "core/check.h"
#include "core/encoding.h"

namespace tendril {
namespace {

constexpr long kConnectSeconds = 20;
constexpr long kRequestSeconds = 120;
constexpr std::size_t kAnswerBytesMax = 64 * 1024;

// What a store answers when two conditional writes of one name meet: the one that is told so may
// try again, and learns then who was first.
constexpr int kTriesMax = 5;

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string hmac(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(),
             &size) != nullptr);
  return {reinterpret_cast<const char*>(out.data()), size};
}

// Each part between the slashes is encoded by itself.
std::string encoded_path(std::string_view path) {
  std::string out;
  for (;;) {
    const std::size_t slash = path.find('/');
    out += "/" + url_encode(path.substr(0, slash));
    if (slash == std::string_view::npos) {
      return out;
    }
    path.remove_prefix(slash + 1);
  }
}

std::string stamp_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(now));
}

struct Answer {
  long status = 0;
  std::string body;
};

std::size_t take_answer(char* data, std::size_t size, std::size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  body.append(data, body.size() < kAnswerBytesMax ? size * count : 0);
  return size * count;
}

Result<Answer> put(const S3Object& object, const std::string& content) {
  const bool amazon = object.endpoint.empty();
  const std::string host =
      amazon ? fmt::format("s3.{}.amazonaws.com", object.region) : object.endpoint;
  const S3Signing signing{.method = "PUT",
                          .host = host,
                          .path = encoded_path(object.bucket + "/" + object.key),
                          .stamp = stamp_now(),
                          .digest = sha256_hex(content)};
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  CHECK(curl != nullptr);
  curl_slist* list = nullptr;
  for (const std::string& header :
       {"Authorization: " + s3_authorization(object, signing), "x-amz-date: " + signing.stamp,
        "x-amz-content-sha256: " + signing.digest, std::string("If-None-Match: *"),
        std::string("Content-Type: application/json"), std::string("Expect:"),
        object.session_token.empty() ? std::string("Accept:")
                                     : "x-amz-security-token: " + object.session_token}) {
    list = curl_slist_append(list, header.c_str());
  }
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(list, curl_slist_free_all);
  Answer answer;
  const std::string url = fmt::format("{}://{}{}", object.scheme, host, signing.path);
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, object.scheme.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, "PUT");
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, content.data());
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE,
                   static_cast<curl_off_t>(content.size()));
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, kRequestSeconds);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, take_answer);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
  if (const CURLcode code = curl_easy_perform(curl.get()); code != CURLE_OK) {
    return Error{.code = ErrorCode::Unavailable,
                 .message = fmt::format("writing s3://{}/{}: {}", object.bucket, object.key,
                                        curl_easy_strerror(code))};
  }
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

Error refused(const S3Object& object, const Answer& answer) {
  const auto code = [&] {
    switch (answer.status) {
      case 401: return ErrorCode::Unauthenticated;
      case 403: return ErrorCode::PermissionDenied;
      case 404: return ErrorCode::NotFound;
      case 501: return ErrorCode::Unsupported;
      default:
        return answer.status >= 500 || answer.status == 429 ? ErrorCode::Unavailable
                                                            : ErrorCode::System;
    }
  }();
  return {.code = code,
          .message = fmt::format("writing s3://{}/{}: status {}: {}", object.bucket, object.key,
                                 answer.status, answer.body.substr(0, 200))};
}

}  // namespace

std::string sha256_hex(const std::string& content) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  CHECK(EVP_Digest(content.data(), content.size(), out.data(), &size, EVP_sha256(), nullptr) == 1);
  return hex({reinterpret_cast<const char*>(out.data()), size});
}

std::string s3_authorization(const S3Object& object, const S3Signing& request) {
  const bool token = !object.session_token.empty();
  const std::string signed_headers =
      std::string("host;x-amz-content-sha256;x-amz-date") + (token ? ";x-amz-security-token" : "");
  const std::string canonical =
      fmt::format("{}\n{}\n\nhost:{}\nx-amz-content-sha256:{}\nx-amz-date:{}\n{}\n{}\n{}",
                  request.method, request.path, request.host, request.digest, request.stamp,
                  token ? "x-amz-security-token:" + object.session_token + "\n" : "",
                  signed_headers, request.digest);
  const std::string day = request.stamp.substr(0, 8);
  const std::string scope = fmt::format("{}/{}/s3/aws4_request", day, object.region);
  const std::string text =
      fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", request.stamp, scope, sha256_hex(canonical));
  std::string key = "AWS4" + object.secret_key;
  for (const std::string& part :
       {day, object.region, std::string("s3"), std::string("aws4_request")}) {
    key = hmac(key, part);
  }
  return fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}",
                     object.access_key, scope, signed_headers, hex(hmac(key, text)));
}

Result<bool> create_object(const S3Object& object, const std::string& content) {
  Answer answer;
  for (int tries = 0; tries < kTriesMax; ++tries) {
    answer = TRY(put(object, content));
    if (answer.status == 200) {
      return true;
    }
    if (answer.status == 412) {
      return false;
    }
    if (answer.status != 409) {
      break;
    }
  }
  return refused(object, answer);
}

}  // namespace tendril
