#include "destinations/lake/commit_log.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/fault_point.h"
#include "destinations/lake/lake_names.h"

namespace tendril {
namespace {

// A reader goes through this many manifests at most, and a writer writes its whole state that
// seldom.
constexpr std::int64_t kManifestsPerSnapshot = 32;

// How often a chain is read again when it grows or is shortened meanwhile.
constexpr int kTriesMax = 100;

constexpr std::string_view kPrefix = "manifest-";
constexpr std::string_view kSuffix = ".json";

std::string random_writer() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}", device(), device());
}

// Returns nullopt when it is no manifest's name.
std::optional<std::int64_t> number_of(std::string_view path) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  if (name.substr(0, kPrefix.size()) != kPrefix || name.size() < kPrefix.size() + kSuffix.size() ||
      name.substr(name.size() - kSuffix.size()) != kSuffix) {
    return std::nullopt;
  }
  name = name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size());
  std::int64_t number = 0;
  const auto parsed = std::from_chars(name.data(), name.data() + name.size(), number);
  return parsed.ec == std::errc() && parsed.ptr == name.data() + name.size() ? std::optional(number)
                                                                             : std::nullopt;
}

Result<std::vector<std::int64_t>> numbers_in(LakeStorage& storage, const std::string& folder) {
  std::vector<std::int64_t> numbers;
  const std::vector<std::string> paths = TRY(storage.list(folder));
  for (const std::string& path : paths) {
    if (const auto number = number_of(path)) {
      numbers.push_back(*number);
    }
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

}  // namespace

CommitLog::CommitLog(LakeStorage& storage, const Clock& clock, const std::string& connection)
    : storage_(storage),
      clock_(clock),
      connection_(connection),
      tag_(connection_tag(connection)),
      folder_("_tendril/connections/" + folder_name(connection)),
      writer_(random_writer()) {}

Result<std::unique_ptr<CommitLog>> CommitLog::load(LakeStorage& storage, const Clock& clock,
                                                   const std::string& connection) {
  std::unique_ptr<CommitLog> log(new CommitLog(storage, clock, connection));
  TRY(log->read_chain());
  return log;
}

std::string CommitLog::manifest_name(std::int64_t number) const {
  return fmt::format("{}/{}{:012}{}", folder_, kPrefix, number, kSuffix);
}

Status CommitLog::read_chain() {
  for (int tries = 0; tries < kTriesMax; ++tries) {
    const auto numbers = TRY(numbers_in(storage_, folder_));
    LakeState state;
    std::int64_t snapshot = 0;
    // The newest snapshot is not far from the end, and what is before it does not count.
    std::vector<std::string> texts;
    bool whole = true;
    for (auto number = numbers.rbegin(); number != numbers.rend() && snapshot == 0; ++number) {
      std::optional<std::string> text = TRY(storage_.read(manifest_name(*number)));
      if (!text) {
        whole = false;  // A writer has shortened the chain.
        break;
      }
      const auto found = is_snapshot(*text);
      if (!found.ok()) {
        return Error(found.error())
            .while_doing("reading " + storage_.describe(manifest_name(*number)));
      }
      snapshot = *found ? *number : 0;
      texts.push_back(*std::move(text));
    }
    if (!whole) {
      continue;
    }
    for (auto text = texts.rbegin(); text != texts.rend(); ++text) {
      const std::int64_t before = state.number;
      if (Status applied = apply_manifest(*text, state); !applied.ok()) {
        return Error(applied.error()).while_doing("reading " + storage_.describe(folder_));
      }
      if (before != 0 && state.number != before + 1) {
        return Error{.code = ErrorCode::System,
                     .message = fmt::format("manifest {} is missing: {}", before + 1,
                                            storage_.describe(manifest_name(before + 1)))};
      }
    }
    if (!texts.empty() && snapshot == 0) {
      continue;  // The first manifest is one: the chain was shortened between listing and reading.
    }
    state_ = std::move(state);
    snapshot_ = snapshot;
    return {};
  }
  return Error{.code = ErrorCode::System,
               .message = "manifests are incomplete: " + storage_.describe(folder_)};
}

Status CommitLog::claim() {
  for (int tries = 0; tries < kTriesMax; ++tries) {
    const bool added = TRY(add({}, state_.epoch + 1));
    if (added) {
      return {};
    }
    TRY(read_chain());  // Another run was quicker, and has to be followed.
  }
  return Error{.code = ErrorCode::Unavailable,
               .message = "other runs of the connection keep beginning: " + connection_};
}

Status CommitLog::commit(Manifest change) {
  const std::int64_t epoch = state_.epoch;
  const bool added = TRY(add(std::move(change), epoch));
  if (added) {
    fault_point(FaultPoint::CommitPointPassed);
    return {};
  }
  TRY(read_chain());
  return taken_over(epoch);
}

Status CommitLog::check_epoch() {
  const bool last = TRY(is_last(state_.number));
  if (last) {
    return {};
  }
  const std::int64_t epoch = state_.epoch;
  TRY(read_chain());
  return taken_over(epoch);
}

Error CommitLog::taken_over(std::int64_t epoch) const {
  return {
      .code = ErrorCode::Cancelled,
      .message = fmt::format("another run of connection {} has taken over: its epoch is {}, and "
                             "that of this run {}",
                             connection_, state_.epoch, epoch)};
}

// Returns false when the next number is taken.
Result<bool> CommitLog::add(Manifest change, std::int64_t epoch) {
  change.number = state_.number + 1;
  change.epoch = epoch;
  change.connection = connection_;
  change.writer = writer_;
  change.written_at = clock_.now();
  LakeState after = state_;
  after.number = change.number;
  after.epoch = epoch;
  after.writer = writer_;
  for (const LakeTable& table : change.tables) {
    after.tables[table.name] = table;
  }
  after.apply(change.checkpoint);
  const bool snapshot = snapshot_ == 0 || change.number - snapshot_ >= kManifestsPerSnapshot;
  const std::string name = manifest_name(change.number);
  const bool created = TRY(storage_.create(
      name, snapshot ? snapshot_text(change, after) : manifest_text(change, state_)));
  // An answer that was lost on its way may have had a second try; so a manifest that is there
  // already can be this one.
  bool ours = created;
  if (!created) {
    const std::optional<std::string> present = TRY(storage_.read(name));
    LakeState theirs;
    ours = present && apply_manifest(*present, theirs).ok() && theirs.writer == writer_;
  }
  if (!ours) {
    return false;
  }
  // A number can be free again when the chain went on without this run and was shortened. What is
  // made then lies before the last snapshot, where nobody looks.
  const bool last = TRY(is_last(change.number));
  if (!last) {
    TRY(storage_.remove({name}));
    return false;
  }
  state_ = std::move(after);
  if (snapshot) {
    snapshot_ = change.number;
  }
  return true;
}

Status CommitLog::tidy() {
  std::vector<std::string> old;
  std::vector<std::string> paths = TRY(storage_.list(folder_));
  for (std::string& path : paths) {
    const auto number = number_of(path);
    if (number ? *number < snapshot_ - kManifestsPerSnapshot : path.ends_with(kDraftSuffix)) {
      old.push_back(std::move(path));
    }
  }
  return storage_.remove(old);
}

Result<bool> CommitLog::is_last(std::int64_t number) const {
  const auto numbers = TRY(numbers_in(storage_, folder_));
  return !numbers.empty() && numbers.back() == number;
}

}  // namespace tendril
