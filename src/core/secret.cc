#include "core/secret.h"

#include <algorithm>
#include <mutex>

#include "core/encoding.h"

namespace tendril {
namespace {

constexpr std::size_t kShortestSecret = 4;

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
}

}  // namespace

void Redactor::add(const Secret& secret) {
  const std::string& text = secret.reveal();
  if (text.size() < kShortestSecret) {
    return;
  }
  const std::lock_guard lock(mutex_);
  for (std::string spelling : {text, url_encode(text), base64_encode(text)}) {
    if (std::find(spellings_.begin(), spellings_.end(), spelling) == spellings_.end()) {
      spellings_.push_back(std::move(spelling));
    }
  }
  std::stable_sort(spellings_.begin(), spellings_.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

std::string Redactor::redact(std::string_view text) const {
  std::string clean(text);
  const std::shared_lock lock(mutex_);
  for (const std::string& spelling : spellings_) {
    replace_all(clean, spelling, "***");
  }
  return clean;
}

}  // namespace tendril
