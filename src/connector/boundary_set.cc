#include "connector/boundary_set.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

namespace tendril {
namespace {

// Source: the finaliser of splitmix64 by S. Vigna.
std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31U);
}

// Eight bytes at a time, the least significant first whatever the machine does.
std::uint64_t hash_of(std::string_view text, std::uint64_t seed) {
  std::uint64_t hash = mixed(seed ^ text.size());
  for (std::size_t at = 0; at < text.size(); at += 8) {
    std::uint64_t word = 0;
    const std::size_t end = std::min(at + 8, text.size());
    for (std::size_t i = at; i < end; ++i) {
      word |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * (i - at));
    }
    hash = mixed((hash + 0x9e3779b97f4a7c15ULL) ^ mixed(word + seed));
  }
  return hash;
}

constexpr std::uint64_t kKeySeed = 0x6b65790000000001ULL;
constexpr std::uint64_t kVersionSeed = 0x7665727300000002ULL;
constexpr char kSeparator = ':';

template <typename Integer>
void append(std::string& text, Integer value, int base) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, base);
  text += text.empty() ? "" : ":";
  text.append(digits.data(), end.ptr);
}

// Reads a number and the separator after it off the front of `text`.
template <typename Integer>
bool take(std::string_view& text, Integer& value, int base) {
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (end.ec != std::errc()) {
    return false;
  }
  text.remove_prefix(static_cast<std::size_t>(end.ptr - text.data()));
  const bool separated = text.empty() || text.front() == kSeparator;
  text.remove_prefix(text.empty() || !separated ? 0 : 1);
  return separated;
}

}  // namespace

Fingerprint keyed_fingerprint(std::string_view key, std::string_view record) {
  return {hash_of(key, kKeySeed), hash_of(record, kVersionSeed)};
}

Fingerprint whole_fingerprint(std::string_view record) { return keyed_fingerprint(record, record); }

BoundarySet::Id BoundarySet::id_of(const Fingerprint& record) const {
  return {record.key, identity_ == Identity::Key ? 0 : record.version};
}

bool BoundarySet::admit(std::int64_t value, const Fingerprint& record) {
  const auto [place, is_new] = entries_.try_emplace(id_of(record), Entry{value, record.version});
  Entry& entry = place->second;
  bool admitted = is_new;
  if (identity_ == Identity::Content) {
    admitted = entry.seen >= entry.known;
    ++entry.seen;
  } else {
    admitted = is_new || entry.version != record.version;
    entry = {value, record.version, admitted ? 0 : entry.known, 1};
  }
  if (is_new && entries_.size() > 2 * entries_max_ + known_) {
    make_room();
  }
  return admitted;
}

void BoundarySet::raise_floor(std::int64_t floor) { floor_ = std::max(floor_, floor); }

// What earlier runs read and this one has not yet is needed to its end. Of an entry that goes, the
// next record counts as new: so one may come twice, but none is taken for another.
void BoundarySet::make_room() {
  std::erase_if(entries_, [&](const auto& entry) {
    return entry.second.seen > 0 && entry.second.value < floor_;
  });
  std::vector<std::pair<std::int64_t, Id>> seen;
  for (const auto& [id, entry] : entries_) {
    if (entry.seen > 0) {
      seen.emplace_back(entry.value, id);
    }
  }
  if (seen.size() <= entries_max_) {
    return;
  }
  has_forgotten_ = true;
  const auto first_kept = seen.end() - static_cast<std::ptrdiff_t>(entries_max_);
  std::nth_element(seen.begin(), first_kept, seen.end());
  std::for_each(seen.begin(), first_kept, [&](const auto& each) { entries_.erase(each.second); });
}

// "value:key:version:known:seen", the hashes in hexadecimal.
Value BoundarySet::written(bool only_seen) const {
  List list;
  for (const auto& [id, entry] : entries_) {
    if (only_seen && (entry.seen == 0 || entry.value < floor_)) {
      continue;
    }
    std::string text;
    append(text, entry.value, 10);
    append(text, id.first, 16);
    append(text, entry.version, 16);
    append(text, entry.known, 10);
    append(text, entry.seen, 10);
    list.emplace_back(std::move(text));
  }
  return list;
}

Value BoundarySet::progress() const { return written(false); }
Value BoundarySet::seen() const { return written(true); }
Value BoundarySet::state() const { return written(false); }

Result<BoundarySet::Parsed> BoundarySet::parsed(const Value& text) {
  const std::string* written = text.as_string();
  std::string_view rest = written == nullptr ? std::string_view() : *written;
  Parsed result;
  if (!take(rest, result.entry.value, 10) || !take(rest, result.record.key, 16) ||
      !take(rest, result.record.version, 16) || !take(rest, result.entry.known, 10) ||
      !take(rest, result.entry.seen, 10) || !rest.empty()) {
    return Error{ErrorCode::BadData, "a record that was read before can not be understood: \"" +
                                         (written == nullptr ? "" : *written) + "\""};
  }
  result.entry.version = result.record.version;
  return result;
}

Status BoundarySet::take_over(const Value& entries) {
  const List* list = entries.as_list();
  for (const Value& text : list == nullptr ? List() : *list) {
    const Parsed each = TRY(parsed(text));
    entries_.insert_or_assign(id_of(each.record), each.entry);
  }
  known_ = std::max(known_, entries_.size());
  return {};
}

Status BoundarySet::absorb(const Value& entries) {
  const List* list = entries.as_list();
  for (const Value& text : list == nullptr ? List() : *list) {
    const Parsed each = TRY(parsed(text));
    const auto [place, is_new] = entries_.try_emplace(id_of(each.record), each.entry);
    Entry& entry = place->second;
    if (is_new) {
      continue;
    }
    if (identity_ == Identity::Content) {
      entry.seen = std::max(entry.seen, each.entry.seen);
    } else if (entry.seen == 0 || entry.value <= each.entry.value) {
      entry = each.entry;
    }
  }
  return {};
}

void BoundarySet::settle(std::int64_t floor) {
  std::erase_if(entries_, [&](const auto& entry) { return entry.second.value < floor; });
  for (auto& [id, entry] : entries_) {
    entry.known = std::max(entry.known, entry.seen);
    entry.seen = 0;
  }
  keep_greatest();
}

void BoundarySet::keep_greatest() {
  if (entries_.size() <= entries_max_) {
    return;
  }
  has_forgotten_ = true;
  std::vector<std::pair<std::int64_t, Id>> order;
  for (const auto& [id, entry] : entries_) {
    order.emplace_back(entry.value, id);
  }
  const auto first_kept = order.end() - static_cast<std::ptrdiff_t>(entries_max_);
  std::nth_element(order.begin(), first_kept, order.end());
  std::for_each(order.begin(), first_kept, [&](const auto& each) { entries_.erase(each.second); });
}

}  // namespace tendril
