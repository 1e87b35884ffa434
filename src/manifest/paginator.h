// Paginator: how to ask for the next page of an answer. The next token is a pure function of the
// previous one and the page it brought, so a paginator is safe to share, and a checkpoint that
// holds a token can be gone on from in another process.
// Source: manifest components "DefaultPaginator" and "NoPagination".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "data/value.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/request_option.h"
#include "manifest/response_view.h"

namespace tendril {

// What a page turned out to be. The trees are there where needs() asks for them.
struct PageFacts {
  std::int64_t records = 0;  // Before any filter.
  const Value* response = nullptr;
  const Value* headers = nullptr;
  const Value* last_record = nullptr;  // Null when the page had none.
  const Value* stream_slice = nullptr;
};

// How the token of the next page comes about.
// Threads: safe to share.
class PaginationStrategy {
 public:
  virtual ~PaginationStrategy() = default;

  // Returns the token of the first request; null when that one carries none.
  virtual Value first() const { return {}; }

  // Returns the token of the page after the one that `token` brought; null after the last.
  virtual Result<Value> next(const Value& token, const PageFacts& page) const = 0;

  virtual std::optional<std::int64_t> page_size() const { return std::nullopt; }

  virtual PageNeeds needs() const { return {}; }
};

// Pages by record offset: 0, 100, 200 … until a short or empty page.
// Source: manifest component "OffsetIncrement".
Result<std::unique_ptr<PaginationStrategy>> offset_increment(const Node& node,
                                                             const Environment& environment);

// Pages by number: 1, 2, 3 … until a short or empty page.
// Source: manifest component "PageIncrement".
Result<std::unique_ptr<PaginationStrategy>> page_increment(const Node& node,
                                                           const Environment& environment);

// Pages by what the answer says comes next. `environment` must outlive it; `field_path` is
// where the records stand.
// Source: manifest component "CursorPagination".
Result<std::unique_ptr<PaginationStrategy>> cursor_pagination(
    const Node& node, const Environment& environment, const std::vector<std::string>& field_path);

// Threads: safe to share.
class Paginator {
 public:
  // No pagination.
  Paginator() = default;

  // `node` is null where the retriever has no paginator. `environment` must outlive the
  // result.
  // Errors: InvalidConfig and Unsupported with file, line and column.
  static Result<Paginator> compile(const Node* node, const Environment& environment,
                                   const std::vector<std::string>& field_path);

  Value first() const;
  // Errors: InvalidConfig from templates; BadData when the page leads to itself.
  Result<Value> next(const Value& token, const PageFacts& page) const;
  PageNeeds needs() const;

  // Puts token and page size where they belong; the former not when it is a path.
  Status inject(const Value& token, RequestDraft& draft) const;
  // The path or URL that stands for the page; nullopt when the token goes elsewhere.
  std::optional<std::string> path(const Value& token) const;

 private:
  std::unique_ptr<const PaginationStrategy> strategy_;  // Null without pagination.
  bool token_is_path_ = false;
  std::optional<RequestOption> token_option_;
  std::optional<RequestOption> size_option_;
};

}  // namespace tendril
