#include "state/run_place.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace tendril {
namespace {

constexpr std::array<std::string_view, 7> kSecretWords = {
    "password", "passwd", "secret", "token", "credential", "signature", "accesskey"};
constexpr std::string_view kInPlaceOfASecret = "***";

bool is_secret_name(std::string_view name) {
  std::string letters;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return std::ranges::any_of(
      kSecretWords, [&](std::string_view word) { return letters.find(word) != std::string::npos; });
}

// "user:password@host" without the password.
std::string without_password(std::string_view authority) {
  const std::size_t at = authority.rfind('@');
  const std::size_t colon = authority.find(':');
  if (at == std::string_view::npos || colon >= at) {
    return std::string(authority);
  }
  return std::string(authority.substr(0, colon)) + std::string(authority.substr(at));
}

std::string without_secret_parameters(std::string_view query) {
  std::string result;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    const std::string_view name = pair.substr(0, pair.find('='));
    result += result.empty() ? "" : "&";
    result += pair.size() > name.size() && is_secret_name(name)
                  ? std::string(name) + "=" + std::string(kInPlaceOfASecret)
                  : std::string(pair);
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
  }
  return result;
}

}  // namespace

Result<std::filesystem::path> run_store_file(
    const std::function<std::optional<std::string>(const std::string& name)>& environment) {
  const auto absolute = [&](const std::string& name) {
    std::filesystem::path path = environment(name).value_or("");
    return path.is_absolute() ? path : std::filesystem::path();
  };
  if (const std::string home = environment("TENDRIL_HOME").value_or(""); !home.empty()) {
    return std::filesystem::absolute(home) / "runs.db";
  }
  if (const std::filesystem::path state = absolute("XDG_STATE_HOME"); !state.empty()) {
    return state / "tendril" / "runs.db";
  }
  if (const std::filesystem::path home = absolute("HOME"); !home.empty()) {
    return home / ".local" / "state" / "tendril" / "runs.db";
  }
  return Error{.code = ErrorCode::NotFound,
               .message = "no folder for records of runs: set TENDRIL_HOME or HOME"};
}

std::string without_secrets(std::string_view uri) {
  std::string result;
  const std::size_t question = uri.find('?');
  std::string_view path = uri.substr(0, question);
  if (const std::size_t slashes = path.find("://"); slashes != std::string_view::npos) {
    result = path.substr(0, slashes + 3);
    path.remove_prefix(slashes + 3);
    const std::size_t slash = path.find('/');
    result += without_password(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
  }
  result += path;
  if (question != std::string_view::npos) {
    result += "?" + without_secret_parameters(uri.substr(question + 1));
  }
  return result;
}

}  // namespace tendril
