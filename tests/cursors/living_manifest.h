// LivingManifest: manifests that read a LivingSource in every way in which cursors and pages can be
// combined.
#pragma once

#include <cstdint>
#include <string>

namespace tendril {

enum class Way {
  Windows,         // By time, in windows, pages by a token of (time, id).
  Whole,           // By time, in one window.
  ClientSide,      // The API can not filter; pages by offset in the order of ids.
  Feed,            // From the newest on, pages by offset.
  Reverse,         // load_mode: reverse
  ReverseInParts,  // NewestFirst with windows_per_run.
  Adaptive,        // Windows that are cut where the API is slow.
  Teams,           // Windows of two partitions.
  Ids,             // Above the last id.
  IdRanges,        // Above the last id, in ranges.
  Counting,        // From a number on.
  Full,            // No cursor; pages by a token.
};

constexpr Way kWays[] = {Way::Windows, Way::Whole,          Way::ClientSide, Way::Feed,
                         Way::Reverse, Way::ReverseInParts, Way::Adaptive,   Way::Teams,
                         Way::Ids,     Way::IdRanges,       Way::Counting,   Way::Full};

struct ManifestChoices {
  Way way = Way::Windows;
  bool keyed = true;
  std::int64_t overlap_seconds = 0;
  std::int64_t overlap_numbers = 0;
  int page_size = 3;
};

std::string name_of(Way way);

// One stream, "items".
std::string living_manifest(const ManifestChoices& choices);

}  // namespace tendril
