#include "http/http_cache.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

#include "core/whole_file.h"
#include "http/date_text.h"
#include "http/fingerprint.h"
#include "http/kept_response_file.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".response";
// A file that is older than this and not finished was left behind by a process that ended.
constexpr std::chrono::hours kUnfinishedMax{1};
// A date of change is only believed when the answer was made so much later: else the thing may
// change once more within the second that the date names.
// Source: RFC 9110 section 8.8.2.2.
constexpr std::chrono::seconds kQuietTime{60};

// Conditions that a request may carry by itself, and what makes an answer a part of the whole.
constexpr std::array kOwnConditions = {"If-None-Match",       "If-Modified-Since", "If-Match",
                                       "If-Unmodified-Since", "If-Range",          "Range"};
// Of one exchange or connection, not of the answer.
constexpr std::array kNotKept = {"Connection", "Keep-Alive",         "Transfer-Encoding",
                                 "Set-Cookie", "Proxy-Authenticate", "Trailer"};
// Of the body that a "not modified" does not have.
constexpr std::array kNotUpdated = {"Content-Length", "Content-Encoding", "Content-Range",
                                    "Content-Type"};

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

// The members of a list header, in lower case, of all fields of that name.
std::vector<std::string> list_of(const Headers& headers, std::string_view name) {
  std::vector<std::string> members;
  for (const auto& [field, value] : headers.fields()) {
    if (lower_case(field) != lower_case(name)) {
      continue;
    }
    std::string member;
    for (const char c : value + ",") {
      if (c == ',') {
        if (!member.empty()) {
          members.push_back(lower_case(std::exchange(member, {})));
        }
      } else if (c != ' ' && c != '\t') {
        member += c;
      }
    }
  }
  return members;
}

bool contains(const std::vector<std::string>& members, std::string_view member) {
  return std::find(members.begin(), members.end(), member) != members.end();
}

// Credentials and cookies tell accounts apart, which the account does already.
bool tells_accounts_apart(const std::string& header) {
  return header == "authorization" || header == "cookie";
}

std::string values_of(const std::vector<std::string>& vary, const Request& request) {
  std::string values;
  for (const std::string& name : vary) {
    if (!tells_accounts_apart(name)) {
      values += name + ": " + std::string(request.headers.find(name).value_or("")) + '\n';
    }
  }
  return fingerprint({values});
}

std::string key_of(const Request& request, const std::string& account) {
  return fingerprint({account, url_with_query(request)});
}

// The date of the last change where it can be trusted, else "".
std::string trusted_date(const Headers& headers) {
  const auto changed = headers.find("Last-Modified");
  const auto made = headers.find("Date");
  if (!changed || !made) {
    return "";
  }
  const auto changed_at = parse_date_text(*changed);
  const auto made_at = parse_date_text(*made);
  return changed_at && made_at && *made_at - *changed_at >= kQuietTime ? std::string(*changed) : "";
}

// Nullopt: it may not be kept.
std::optional<KeptFile> kept_file_of(const Request& request, const Response& response,
                                     std::size_t body_bytes_max) {
  KeptFile file;
  file.vary = list_of(response.headers, "Vary");
  file.response.etag = response.headers.find("ETag").value_or("");
  file.response.last_modified = trusted_date(response.headers);
  const bool has_validator = !file.response.etag.empty() || !file.response.last_modified.empty();
  if (response.status != 200 || !has_validator || response.body.size() > body_bytes_max ||
      contains(list_of(response.headers, "Cache-Control"), "no-store") ||
      contains(file.vary, "*") || response.headers.find("Content-Range")) {
    return std::nullopt;
  }
  file.vary_values = values_of(file.vary, request);
  file.response.headers = response.headers;
  for (const char* const name : kNotKept) {
    file.response.headers.erase(name);
  }
  file.response.body = response.body;
  return file;
}

}  // namespace

Result<std::unique_ptr<HttpCache>> HttpCache::open(HttpCacheOptions options) {
  std::unique_ptr<HttpCache> cache(new HttpCache(std::move(options)));
  TRY(cache->scan());
  return cache;
}

// Learns what is there, the latest use first, and clears what was left behind.
Status HttpCache::scan() {
  std::error_code fault;
  const bool is_new = fs::create_directories(options_.folder, fault);
  if (!fault && is_new) {
    fs::permissions(options_.folder, fs::perms::owner_all, fault);
  }
  struct Found {
    fs::file_time_type used_at;
    std::string key;
    std::size_t bytes;
  };
  std::vector<Found> found;
  const auto now = fs::file_time_type::clock::now();
  fs::directory_iterator files(options_.folder, fault);
  for (; !fault && files != fs::directory_iterator(); files.increment(fault)) {
    std::error_code gone;  // Another process may have removed it meanwhile.
    const auto used_at = files->last_write_time(gone);
    const std::size_t bytes = gone ? 0 : files->file_size(gone);
    const std::string name = files->path().filename().string();
    if (gone) {
      continue;
    }
    if (name.ends_with(kSuffix)) {
      found.push_back({used_at, name.substr(0, name.size() - kSuffix.size()), bytes});
    } else if (name.find(kSuffix) != std::string::npos && now - used_at > kUnfinishedMax) {
      fs::remove(files->path(), gone);
    }
  }
  if (fault) {
    return Error{ErrorCode::System, "the HTTP cache can not be used: " + options_.folder.string() +
                                        ": " + fault.message()};
  }
  std::sort(found.begin(), found.end(),
            [](const Found& a, const Found& b) { return a.used_at < b.used_at; });
  const std::lock_guard lock(mutex_);
  for (const Found& file : found) {
    note_use(file.key, file.bytes);
  }
  make_room();
  return {};
}

bool HttpCache::is_for(const Request& request) {
  const bool has_conditions =
      std::any_of(kOwnConditions.begin(), kOwnConditions.end(),
                  [&](const char* name) { return request.headers.find(name).has_value(); });
  return request.may_be_kept && request.method == "GET" && request.body.empty() &&
         !has_conditions && !contains(list_of(request.headers, "Cache-Control"), "no-store");
}

std::optional<KeptResponse> HttpCache::find(const Request& request, const std::string& account) {
  const std::string key = key_of(request, account);
  const fs::path path = file_of(key);
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    const std::lock_guard lock(mutex_);
    forget(key);
    return std::nullopt;
  }
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  std::optional<KeptFile> file = parse_kept_file(text);
  if (!file) {
    std::error_code ignored;  // Overwritten by the next answer in any case.
    fs::remove(path, ignored);
    const std::lock_guard lock(mutex_);
    forget(key);
    return std::nullopt;
  }
  if (values_of(file->vary, request) != file->vary_values) {
    return std::nullopt;
  }
  std::error_code ignored;  // Only the order in which entries go depends on it.
  fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);
  const std::lock_guard lock(mutex_);
  note_use(key, text.size());
  return std::move(file->response);
}

bool HttpCache::keep(const Request& request, const std::string& account, const Response& response) {
  const std::optional<KeptFile> file = kept_file_of(request, response, options_.body_bytes_max);
  if (!file) {
    return false;
  }
  const std::string key = key_of(request, account);
  const std::string text = to_file_text(*file);
  if (!write_whole_file(file_of(key), text, FileReaders::Owner).ok()) {
    return false;
  }
  const std::lock_guard lock(mutex_);
  note_use(key, text.size());
  make_room();
  return true;
}

std::size_t HttpCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

fs::path HttpCache::file_of(const std::string& key) const {
  return options_.folder / (key + std::string(kSuffix));
}

// REQUIRES: mutex_ is held, as for the next two.
void HttpCache::note_use(const std::string& key, std::size_t bytes) {
  forget(key);
  uses_.push_front(key);
  entries_[key] = {bytes, uses_.begin()};
  bytes_ += bytes;
}

void HttpCache::forget(const std::string& key) {
  if (const auto found = entries_.find(key); found != entries_.end()) {
    bytes_ -= found->second.bytes;
    uses_.erase(found->second.use);
    entries_.erase(found);
  }
}

void HttpCache::make_room() {
  while (bytes_ > options_.bytes_max && !uses_.empty()) {
    const std::string oldest = uses_.back();
    std::error_code ignored;  // Gone already is as good.
    fs::remove(file_of(oldest), ignored);
    forget(oldest);
  }
}

void ask_whether_modified(const KeptResponse& kept, Request& request) {
  if (!kept.etag.empty()) {
    request.headers.set("If-None-Match", kept.etag);
  }
  if (!kept.last_modified.empty()) {
    request.headers.set("If-Modified-Since", kept.last_modified);
  }
}

Response revived(KeptResponse kept, Response not_modified) {
  Headers updates = std::move(not_modified.headers);
  for (const auto& names : {std::vector<const char*>(kNotKept.begin(), kNotKept.end()),
                            std::vector<const char*>(kNotUpdated.begin(), kNotUpdated.end())}) {
    for (const char* const name : names) {
      updates.erase(name);
    }
  }
  for (const auto& [name, value] : updates.fields()) {
    kept.headers.erase(name);
  }
  for (const auto& [name, value] : updates.fields()) {
    kept.headers.add(name, value);
  }
  not_modified.status = 200;
  not_modified.headers = std::move(kept.headers);
  not_modified.body = std::move(kept.body);
  return not_modified;
}

}  // namespace tendril
