// Plays the API that one public manifest reads, so that the demo can run it without network: a list
// of NPS answers, by page and by date. Prints its origin, and serves until standard input ends.
//
//   tendril_demo_imposter
#include <algorithm>
#include <cstdio>
#include <string>

#include <fmt/format.h>

#include "testing/http_imposter.h"

namespace {

constexpr int kRecords = 2'345;

int number_or(const std::string& text, int otherwise) {
  try {
    return text.empty() ? otherwise : std::stoi(text);
  } catch (const std::exception&) {
    return otherwise;
  }
}

std::string page(int first, int count) {
  std::string text = "[";
  for (int i = first; i < first + count; ++i) {
    text += fmt::format(
        R"({}{{"id":"nps-{}","date":"2024-{:02}-{:02}T12:00:00Z","score":{},"feedback":"Answer {}","city":"Lisbon"}})",
        i == first ? "" : ",", i, 1 + i % 12, 1 + i % 28, i % 11, i);
  }
  return text + "]";
}

}  // namespace

int main() {
  tendril::HttpImposter imposter;
  imposter.when("GET", "/v0/nps").answers([](const tendril::ReceivedRequest& asked) {
    if (asked.header("Authorization") != "Bearer demo-key") {
      return tendril::ScriptedAnswer(401, R"({"error":"Unauthorized"})");
    }
    const int size = std::clamp(number_or(asked.parameter("maxResults"), 10), 1, 100);
    const int first = std::max(number_or(asked.parameter("page"), 0), 0) * size;
    return tendril::ScriptedAnswer(200, page(first, std::clamp(kRecords - first, 0, size)));
  });
  std::printf("%s\n", imposter.origin().c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  return 0;
}
