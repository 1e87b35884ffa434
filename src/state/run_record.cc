#include "state/run_record.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tendril {
namespace {

constexpr std::array<std::pair<RunState, std::string_view>, 8> kRunStates = {{
    {RunState::Queued, "queued"},
    {RunState::Running, "running"},
    {RunState::Cancelling, "cancelling"},
    {RunState::Succeeded, "succeeded"},
    {RunState::Failed, "failed"},
    {RunState::PartlyFailed, "partly failed"},
    {RunState::Cancelled, "cancelled"},
    {RunState::Lost, "lost"},
}};

constexpr std::array<std::pair<SliceStage, std::string_view>, 5> kSliceStages = {{
    {SliceStage::Reading, "reading"},
    {SliceStage::Read, "read"},
    {SliceStage::Committed, "committed"},
    {SliceStage::Failed, "failed"},
    {SliceStage::Stopped, "stopped"},
}};

template <class Names, class Value>
std::string_view name_of(const Names& names, Value value) {
  const auto found =
      std::ranges::find_if(names, [&](const auto& entry) { return entry.first == value; });
  return found == names.end() ? "unknown" : found->second;
}

template <class Names>
auto value_of(const Names& names, std::string_view text)
    -> std::optional<typename Names::value_type::first_type> {
  const auto found =
      std::ranges::find_if(names, [&](const auto& entry) { return entry.second == text; });
  if (found == names.end()) {
    return std::nullopt;
  }
  return found->first;
}

}  // namespace

std::string_view to_string(RunState state) { return name_of(kRunStates, state); }

std::optional<RunState> parse_run_state(std::string_view text) {
  return value_of(kRunStates, text);
}

bool is_final(RunState state) {
  return state != RunState::Queued && state != RunState::Running && state != RunState::Cancelling;
}

std::string_view to_string(SliceStage stage) { return name_of(kSliceStages, stage); }

std::optional<SliceStage> parse_slice_stage(std::string_view text) {
  return value_of(kSliceStages, text);
}

}  // namespace tendril
