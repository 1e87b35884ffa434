#include "records.h"

#include <cstring>

#include <fmt/format.h>

namespace tendril::bench {
namespace {

constexpr std::string_view kIdStart = R"({"id":)";
constexpr std::int64_t kIdBase = 1'000'000'000;  // Ten digits, whatever the record.

std::string record(std::int64_t i) {
  std::string text = fmt::format(
      R"({{"id":{},"name":"Customer {:06}","email":"customer.{:06}@mail.example.com","active":{},)"
      R"("score":{}.{:02},"quantity":{},"created_at":"2024-{:02}-{:02}T08:{:02}:{:02}Z",)"
      R"("updated_at":"2024-{:02}-{:02}T19:{:02}:{:02}Z","city":"City of {:04}","note":")",
      kIdBase, i * 7919 % 1'000'000, i * 104'729 % 1'000'000, i % 3 == 0 ? "false" : "true ",
      10 + i % 90, i * 31 % 100, 100 + i * 17 % 900, 1 + i % 12, 1 + i % 28, i % 60, i * 7 % 60,
      1 + i * 5 % 12, 1 + i * 3 % 28, i * 11 % 60, i * 13 % 60, i * 37 % 10'000);
  constexpr std::string_view kWords =
      "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu ";
  const std::size_t end = kRecordBytes - 3;  // Quote, brace, and the comma between records.
  for (std::size_t at = static_cast<std::size_t>(i) * 13 % kWords.size(); text.size() < end; ++at) {
    text += kWords[at % kWords.size()];
  }
  return text + "\"}";
}

}  // namespace

PageMaker::PageMaker() {
  full_page_ = "[";
  for (std::int64_t i = 0; i < kRecordsPerPage; ++i) {
    full_page_ += record(i);
    full_page_ += ',';
  }
}

std::string PageMaker::page(std::int64_t first, std::int64_t count) const {
  if (count <= 0) {
    return "[]";
  }
  std::string text = full_page_.substr(0, 1 + static_cast<std::size_t>(count) * kRecordBytes);
  for (std::int64_t i = 0; i < count; ++i) {
    char* digits = text.data() + 1 + static_cast<std::size_t>(i) * kRecordBytes + kIdStart.size();
    const std::string id = std::to_string(kIdBase + first + i);
    std::memcpy(digits, id.data(), id.size());
  }
  text.back() = ']';
  return text;
}

}  // namespace tendril::bench
