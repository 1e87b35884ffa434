#include "manifest/extension_rules.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tendril {
namespace {

using enum FieldKind;

constexpr FieldRule kNewestFirst[] = {
    required(
        {"cursor", Component, "DatetimeBasedCursor AdaptiveWindow Overlap", "DatetimeBasedCursor"}),
    {"windows_per_run", Integer},
};

constexpr FieldRule kOverlap[] = {
    required({"cursor", Component,
              "DatetimeBasedCursor IncrementingCountCursor IdCursor AdaptiveWindow NewestFirst",
              "DatetimeBasedCursor"}),
    {"overlap", Text},
    {"max_remembered", Integer},
};

constexpr FieldRule kAdaptiveWindow[] = {
    required({"cursor", Component, "DatetimeBasedCursor", "DatetimeBasedCursor"}),
    required({"min_step", Text}),
    {"max_tries", Integer},
};

constexpr FieldRule kIdCursor[] = {
    required({"cursor_field", Text}),
    required({"id_option", Component, "RequestOption", "RequestOption"}),
    {"start_id", Text},
    {"end_id_option", Component, "RequestOption", "RequestOption"},
    {"range_size", Integer},
    {"page_size_option", Component, "RequestOption", "RequestOption"},
    {"page_sizes", Integers},
    {"max_rejected", Integer},
};

constexpr FieldRule kBatchHydration[] = {
    required({"id_path", Texts}),
    required({"requester", Component, "HttpRequester", "HttpRequester"}),
    required({"record_selector", Component, "RecordSelector", "RecordSelector"}),
    {"detail_id_path", Texts},
    {"batch_size", Integer},
    {"into", Texts},
    {"on_error", Choice, "stop continue"},
};

constexpr ComponentRule kRules[] = {
    {"AdaptiveWindow", kAdaptiveWindow},
    {"BatchHydration", kBatchHydration},
    {"IdCursor", kIdCursor},
    {"NewestFirst", kNewestFirst},
    {"Overlap", kOverlap},
};

// Fields that we add to the language's own components.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kFields{{
    {"DeclarativeStream", "hydration"},
    {"DeclarativeStream", "load_mode"},
    {"DeclarativeStream", "on_error"},
}};

}  // namespace

std::span<const ComponentRule> extension_rules() { return kRules; }

bool is_extension(std::string_view component, std::string_view field) {
  const bool is_own =
      std::any_of(std::begin(kRules), std::end(kRules),
                  [&](const ComponentRule& rule) { return rule.name == component; });
  return is_own ||
         std::find(kFields.begin(), kFields.end(), std::pair(component, field)) != kFields.end();
}

}  // namespace tendril
