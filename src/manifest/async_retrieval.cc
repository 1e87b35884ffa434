#include "manifest/async_retrieval.h"

#include <utility>

#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr double kTimeoutMinutes = 60;

Result<Requester> requester_of(const Node& node, std::string_view key,
                               const Environment& environment) {
  const Node* requester = TRY(node.required(key));
  return Requester::compile(*requester, environment, {});
}

Result<std::optional<Requester>> optional_requester(const Node& node, std::string_view key,
                                                    const Environment& environment) {
  if (node.find(key) == nullptr) {
    return std::optional<Requester>();
  }
  Requester requester = TRY(requester_of(node, key, environment));
  return std::optional<Requester>(std::move(requester));
}

Result<std::map<std::string, JobStatus, std::less<>>> statuses_of(const Node& map) {
  std::map<std::string, JobStatus, std::less<>> statuses;
  for (const auto& [key, status] :
       {std::pair{"running", JobStatus::Running}, std::pair{"completed", JobStatus::Completed},
        std::pair{"failed", JobStatus::Failed}, std::pair{"timeout", JobStatus::TimedOut},
        std::pair{"skipped", JobStatus::Skipped}}) {
    const std::vector<std::string> words = TRY(map.texts(key));
    for (const std::string& word : words) {
      const auto [known, is_new] = statuses.emplace(word, status);
      if (!is_new && known->second != status) {
        return map.error("a status stands for two things: " + word);
      }
    }
  }
  return statuses;
}

Result<std::chrono::milliseconds> duration_of(const Node& node, std::string_view key, double unit,
                                              double otherwise, const Environment& environment) {
  const std::optional<double> number =
      TRY(evaluate_number(node, key, environment.config, environment.clock));
  const double milliseconds = number.value_or(otherwise) * unit;
  if (milliseconds < 0 || milliseconds > 1e12) {
    return node.find(key)->error("duration is out of range");
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds));
}

}  // namespace

Result<AsyncRetrieval> AsyncRetrieval::compile(const Node& node, const Environment& environment) {
  Requester creation = TRY(requester_of(node, "creation_requester", environment));
  Requester polling = TRY(requester_of(node, "polling_requester", environment));
  std::optional<Requester> target =
      TRY(optional_requester(node, "download_target_requester", environment));
  std::optional<Requester> abort = TRY(optional_requester(node, "abort_requester", environment));
  std::optional<Requester> erase = TRY(optional_requester(node, "delete_requester", environment));
  const Node* status_node = TRY(node.required("status_extractor"));
  RecordExtractor status_extractor = TRY(RecordExtractor::compile(*status_node, environment));
  std::optional<RecordExtractor> target_extractor;
  if (const Node* extractor = node.find("download_target_extractor")) {
    target_extractor = TRY(RecordExtractor::compile(*extractor, environment));
  }
  if (target && !target_extractor) {
    return node.error("download_target_requester needs a download_target_extractor");
  }
  Decoder decoder = TRY(Decoder::compile(node.find("decoder")));
  const Node* map = TRY(node.required("status_mapping"));
  auto statuses = TRY(statuses_of(*map));
  const auto timeout =
      TRY(duration_of(node, "polling_job_timeout", 60'000, kTimeoutMinutes, environment));
  const auto wait =
      TRY(duration_of(node, "failed_retry_wait_time_in_seconds", 1000, 0, environment));
  return AsyncRetrieval{std::move(creation),
                        std::move(polling),
                        std::move(target),
                        std::move(abort),
                        std::move(erase),
                        std::move(status_extractor),
                        std::move(target_extractor),
                        std::move(decoder),
                        std::move(statuses),
                        timeout,
                        wait};
}

}  // namespace tendril
