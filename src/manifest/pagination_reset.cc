#include "manifest/pagination_reset.h"

#include <string>

namespace tendril {

Result<PaginationReset> PaginationReset::compile(const Node& retriever) {
  PaginationReset reset;
  const Node* node = retriever.find("pagination_reset");
  if (node == nullptr) {
    return reset;
  }
  const std::string action = TRY(node->text("action"));
  if (action != "RESET" && action != "SPLIT_USING_CURSOR") {
    return node->error("action of pagination_reset is unknown: " + action);
  }
  reset.splits_by_cursor_ = action == "SPLIT_USING_CURSOR";
  const Node* limits = node->find("limits");
  if (limits == nullptr || limits->find("number_of_records") == nullptr) {
    return reset;
  }
  const std::int64_t records = TRY(limits->integer_or("number_of_records", 0));
  if (records < 1) {
    return limits->error("number_of_records must be positive");
  }
  const Node* selector = retriever.find("record_selector");
  if (selector != nullptr && selector->find("record_filter") != nullptr) {
    return limits->error("limits can not be counted where the selector has a record_filter");
  }
  reset.records_max_ = records;
  return reset;
}

}  // namespace tendril
