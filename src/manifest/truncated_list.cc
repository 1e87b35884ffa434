#include "manifest/truncated_list.h"

#include <string>
#include <utility>

#include "manifest/declarative_stream.h"
#include "manifest/stream_slice.h"
#include "manifest/template_field.h"
#include "manifest/whole_read.h"

namespace tendril {
namespace {

constexpr const char* kIndicator = "truncation_indicator_path";
constexpr const char* kRetriever = "truncated_list_retriever";
constexpr const char* kTotal = "total_count";     // Beside the indicator.
constexpr const char* kParent = "parent_record";  // In the slice that the requests are made for.

std::string dotted(const TreePath& path) {
  std::string text;
  for (const std::string& step : path) {
    text += (text.empty() ? "" : ".") + step;
  }
  return text;
}

// An empty list or object asks for nothing.
bool is_given(const Node* node) {
  return node != nullptr && (!node->items.empty() || !node->members.empty());
}

}  // namespace

TruncatedList::TruncatedList(const Environment& environment) : environment_(environment) {}

TruncatedList::~TruncatedList() = default;

Result<std::shared_ptr<const TruncatedList>> TruncatedList::compile(
    const Node& expander, const TreePath& list, const Environment& environment) {
  const Node* indicator = expander.find(kIndicator);
  const Node* retriever = expander.find(kRetriever);
  if (!is_given(indicator)) {
    return is_given(retriever) ? retriever->error(std::string(kIndicator) + " is needed beside it")
                               : Result<std::shared_ptr<const TruncatedList>>(nullptr);
  }
  const std::shared_ptr<TruncatedList> compiled(new TruncatedList(environment));
  Context context = context_with(environment);
  compiled->list_ = list;
  compiled->indicator_ = TRY(evaluate_path(expander, *indicator, context));
  if (has_pattern(compiled->indicator_)) {
    return indicator->error("path must lead to one field, without patterns");
  }
  compiled->total_ = compiled->indicator_;
  compiled->total_.back() = kTotal;
  if (is_given(retriever)) {
    TRY(compiled->compile_retriever_of(expander));
  }
  return std::shared_ptr<const TruncatedList>(compiled);
}

Status TruncatedList::compile_retriever_of(const Node& expander) {
  const Node& retriever = *expander.find(kRetriever);
  if (has_pattern(list_)) {
    return expander.find("expand_records_from_field")
        ->error("path must lead to one list, without patterns, where a retriever gets it whole");
  }
  for (const char* field : {"partition_router", "pagination_reset"}) {
    if (const Node* given = retriever.find(field); is_given(given)) {
      return given->error(std::string(field) + " can not be used in a " + kRetriever);
    }
  }
  auto stream = TRY(compile_retriever(retriever, "whole lists", environment_));
  stream->takes_any_value = true;
  retriever_ = std::move(stream);
  return {};
}

bool TruncatedList::is_cut_short(const Value& record) const {
  const Value* said = value_at(record, indicator_);
  return said != nullptr && is_truthy(*said);
}

const std::int64_t* TruncatedList::total_of(const Value& record) const {
  const Value* total = value_at(record, total_);
  return total == nullptr ? nullptr : total->as_int();
}

Result<bool> TruncatedList::read(const Value& record, const TakeRecord& take,
                                 const std::stop_token& stop) const {
  if (retriever_ == nullptr || !is_cut_short(record)) {
    return false;
  }
  std::int64_t fetched = 0;
  const TakeRecord count = [&](Value element) -> Status {
    ++fetched;
    return take(std::move(element));
  };
  const StreamSlice slice{.partition = Map{{kParent, record}}, .extra_fields = {}, .window = {}};
  Status done = read_slice(*retriever_, environment_, slice, count, stop);
  if (!done.ok()) {
    return std::move(done).error().while_doing("reading the whole list at " + dotted(list_));
  }
  const std::int64_t* total = total_of(record);
  if (total != nullptr && fetched < *total && !warned_of_shortage_.exchange(true)) {
    environment_.log.warning(
        "the retriever of a list that is cut short gives less than the list should have; further "
        "ones are not reported",
        {{"list", dotted(list_)},
         {"fetched", fetched},
         {"total", *total},
         {"taken", fetched > 0 ? "those fetched" : "those in the record"}});
  }
  return fetched > 0;
}

void TruncatedList::warn_of_rest(const Value& record, std::int64_t embedded) const {
  if (retriever_ != nullptr || !is_cut_short(record) || warned_of_rest_.exchange(true)) {
    return;
  }
  const std::int64_t* total = total_of(record);
  environment_.log.warning(
      "a list is cut short and its rest is not read: there is no truncated_list_retriever; further "
      "ones are not reported",
      {{"list", dotted(list_)},
       {"indicator", dotted(indicator_)},
       {"taken", embedded},
       {"total", total == nullptr ? std::string("unknown") : std::to_string(*total)}});
}

}  // namespace tendril
