#include "manifest/paginator.h"

#include <utility>

#include "manifest/template_field.h"

namespace tendril {
namespace {

Result<std::unique_ptr<PaginationStrategy>> compile_strategy(
    const Node& node, const Environment& environment, const std::vector<std::string>& field_path) {
  if (node.type() == "OffsetIncrement") {
    return offset_increment(node, environment);
  }
  if (node.type() == "PageIncrement") {
    return page_increment(node, environment);
  }
  if (node.type() == "CursorPagination") {
    return cursor_pagination(node, environment, field_path);
  }
  return node.error("pagination strategy is not supported: " + std::string(node.type()),
                    ErrorCode::Unsupported);
}

}  // namespace

Result<Paginator> Paginator::compile(const Node* node, const Environment& environment,
                                     const std::vector<std::string>& field_path) {
  Paginator paginator;
  if (node == nullptr || node->type() == "NoPagination") {
    return paginator;
  }
  if (node->type() != "DefaultPaginator") {
    return node->error("paginator is not supported: " + std::string(node->type()),
                       ErrorCode::Unsupported);
  }
  const Node* strategy = TRY(node->required("pagination_strategy"));
  paginator.strategy_ = TRY(compile_strategy(*strategy, environment, field_path));
  const Node* token = node->find("page_token_option");
  if (token != nullptr && token->type() == "RequestPath") {
    paginator.token_is_path_ = true;
  } else {
    paginator.token_option_ = TRY(
        RequestOption::compile(*node, "page_token_option", environment.config, environment.clock));
  }
  paginator.size_option_ =
      TRY(RequestOption::compile(*node, "page_size_option", environment.config, environment.clock));
  if (paginator.size_option_ && !paginator.strategy_->page_size()) {
    return node->error("page_size_option needs a page_size in the pagination strategy");
  }
  return paginator;
}

Value Paginator::first() const { return strategy_ == nullptr ? Value() : strategy_->first(); }

Result<Value> Paginator::next(const Value& token, const PageFacts& page) const {
  if (strategy_ == nullptr) {
    return Value();
  }
  Value next = TRY(strategy_->next(token, page));
  if (!is_truthy(next)) {
    return Value();
  }
  // The same token may well lead on (a scroll id), but not after an empty page.
  if (next == token && page.records == 0) {
    return Error{ErrorCode::BadData, "pagination does not advance: the next page is the same page"};
  }
  return next;
}

PageNeeds Paginator::needs() const {
  return strategy_ == nullptr ? PageNeeds() : strategy_->needs();
}

Status Paginator::inject(const Value& token, RequestDraft& draft) const {
  if (token_option_ && !token.is_null()) {
    TRY(token_option_->inject(token, draft));
  }
  if (size_option_) {
    TRY(size_option_->inject(*strategy_->page_size(), draft));
  }
  return {};
}

std::optional<std::string> Paginator::path(const Value& token) const {
  return token_is_path_ && is_truthy(token) ? std::optional(plain_text(token)) : std::nullopt;
}

}  // namespace tendril
