// The filters that encode and hash.
#include <algorithm>
#include <array>
#include <memory>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "core/encoding.h"
#include "core/utf8.h"
#include "expr/function.h"
#include "expr/json_dump.h"
#include "expr/member.h"
#include "expr/quote_plus.h"
#include "expr/term_text.h"

namespace tendril {
namespace {

using Kind = Term::Kind;

std::string hex(std::span<const unsigned char> bytes) {
  std::string out;
  for (const unsigned char byte : bytes) {
    fmt::format_to(std::back_inserter(out), "{:02x}", byte);
  }
  return out;
}

// The name that OpenSSL gives to a hash of Python's hashlib; nullptr for an unknown one.
const char* digest_name(std::string_view name) {
  static constexpr std::pair<std::string_view, const char*> kNames[] = {
      {"md5", "MD5"},           {"sha1", "SHA1"},          {"sha224", "SHA224"},
      {"sha256", "SHA256"},     {"sha384", "SHA384"},      {"sha512", "SHA512"},
      {"sha3_224", "SHA3-224"}, {"sha3_256", "SHA3-256"},  {"sha3_384", "SHA3-384"},
      {"sha3_512", "SHA3-512"}, {"blake2b", "BLAKE2B512"}, {"blake2s", "BLAKE2S256"},
  };
  const auto* found = std::find_if(std::begin(kNames), std::end(kNames),
                                   [name](const auto& entry) { return entry.first == name; });
  return found == std::end(kNames) ? nullptr : found->second;
}

Term hash(const FunctionCall& call) {
  const char* const name = digest_name(call.has(1) ? call.text(1) : "md5");
  const EVP_MD* const digest = name == nullptr ? nullptr : EVP_get_digestbyname(name);
  if (digest == nullptr) {
    return call.fail("hash is unknown");
  }
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  const std::string_view text = call.text(0);
  const std::string_view salt =
      call.has(2) && !call[2].is(Kind::None) ? call.text(2) : std::string_view();
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  const bool done = EVP_DigestInit_ex(context.get(), digest, nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), text.data(), text.size()) == 1 &&
                    EVP_DigestUpdate(context.get(), salt.data(), salt.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), bytes.data(), &size) == 1;
  return done ? call.heap().text(hex({bytes.data(), size})) : call.fail("hash cannot be computed");
}

Term hmac(const FunctionCall& call) {
  if (call.has(2) && call.text(2) != "sha256") {
    return call.fail("hmac knows the hash sha256 only");
  }
  const std::string_view text = call.text(0);
  const std::string_view key = call.text(1);
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  const auto* const data = reinterpret_cast<const unsigned char*>(text.data());
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data, text.size(), bytes.data(),
           &size) == nullptr) {
    return call.fail("hash cannot be computed");
  }
  return call.heap().text(hex({bytes.data(), size}));
}

Term base64encode(const FunctionCall& call) {
  if (!call[0].is(Kind::Text)) {
    return call.wrong_type(0, "a text");
  }
  return call.heap().text(base64_encode(call.text(0)));
}

// As in the reference, characters outside of the alphabet do not count, but the padding does.
Term base64decode(const FunctionCall& call) {
  if (!call[0].is(Kind::Text)) {
    return call.wrong_type(0, "a text");
  }
  std::string digits;
  for (const char c : call[0].text()) {
    const char lower = static_cast<char>(c | 0x20);
    if ((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
        c == '=') {
      digits.push_back(c);
    }
  }
  const auto bytes = digits.size() % 4 == 0 ? base64_decode(digits) : std::nullopt;
  if (!bytes || !is_utf8(*bytes)) {
    return call.fail("text is not Base64 of a text");
  }
  return call.heap().text(*bytes);
}

Term tojson(const FunctionCall& call) {
  JsonDumpOptions options{.sort_keys = true, .escape_html = true};
  if (call.has(1) && !call[1].is(Kind::None)) {
    options.indent = static_cast<int>(std::clamp<std::int64_t>(call.integer(1, 0), 0, 100));
  }
  std::string out;
  append_json_dump(call.evaluation, out, call[0], options);
  return call.heap().text(out);
}

Term urlencode(const FunctionCall& call) {
  if (call[0].is(Kind::Text) || (!call[0].is(Kind::Map) && !call[0].is_sequence())) {
    return call.heap().text(quote_path(call.text(0)));
  }
  std::string out;
  for (std::size_t i = 0; i < call[0].size() && call.evaluation.ok(); ++i) {
    const bool map = call[0].is(Kind::Map);
    const Term pair = map ? Term() : call[0].item(i);
    if (!map && (!pair.is_sequence() || pair.size() != 2)) {
      return call.fail("urlencode wants pairs of names and values");
    }
    out.append(i == 0 ? "" : "&");
    out.append(quote_plus(text_of(call.evaluation, map ? call[0].key(i) : pair.item(0))));
    out.append("=");
    out.append(quote_plus(text_of(call.evaluation, map ? call[0].member(i) : pair.item(1))));
  }
  return call.heap().text(out);
}

constexpr FunctionSpec kSpecs[] = {
    {"hash", "value hash_type= salt=", hash, "Hashes a text; by MD5 unless told.",
     "{{ 'abc' | hash('sha1') }}", R"("a9993e364706816aba3e25717850c26c9cd0d89d")"},
    {"hmac", "value key hash_type=", hmac, "Signs a text with a key: HMAC with SHA-256.",
     "{{ ('abc' | hmac('key'))[:12] }}", R"("9c196e32dc01")"},
    {"base64encode", "value", base64encode, "Encodes a text in Base64.",
     "{{ 'a:b' | base64encode }}", R"("YTpi")"},
    {"base64binascii_decode", "value", base64encode,
     "Encodes a text in Base64, as the function of this name does in the reference.",
     "{{ 'a:b' | base64binascii_decode }}", R"("YTpi")"},
    {"base64decode", "value", base64decode, "Decodes Base64.", "{{ 'YTpi' | base64decode }}",
     R"("a:b")"},
    {"tojson", "value indent=", tojson, "Writes JSON that is safe in HTML.",
     "[{{ {'b': '<', 'a': 1} | tojson }}", R"("[{\"a\": 1, \"b\": \"\\u003c\"}")"},
    {"urlencode", "value", urlencode,
     "Escapes a text for the path of a URL, a map or pairs for its query.",
     "{{ {'q': 'a b', 'n': 1} | urlencode }}", R"("q=a+b&n=1")"},
};

}  // namespace

std::span<const FunctionSpec> encoding_filters() { return kSpecs; }

}  // namespace tendril
