#include <cmath>
#include <utility>

#include "manifest/paginator.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

// The page size, which may be a template of the configuration.
Result<std::optional<std::int64_t>> compile_page_size(const Node& node,
                                                      const Environment& environment) {
  const std::optional<double> size =
      TRY(evaluate_number(node, "page_size", environment.config, environment.clock));
  if (!size) {
    return std::optional<std::int64_t>();
  }
  if (*size < 1 || *size != std::floor(*size)) {
    return node.find("page_size")->error("page_size must be a positive integer");
  }
  return std::optional(static_cast<std::int64_t>(*size));
}

bool is_last(const std::optional<std::int64_t>& page_size, std::int64_t records) {
  return records == 0 || (page_size && records < *page_size);
}

// `first` for the token of a first request that carried none.
Result<std::int64_t> number_of(const Value& token, std::int64_t first) {
  if (token.is_null()) {
    return first;
  }
  const std::int64_t* number = token.as_int();
  if (number == nullptr) {
    return Error{ErrorCode::BadData, "page token is not an integer"};
  }
  return *number;
}

class OffsetIncrement final : public PaginationStrategy {
 public:
  OffsetIncrement(std::optional<std::int64_t> page_size, bool inject_on_first_request)
      : page_size_(page_size), inject_on_first_request_(inject_on_first_request) {}

  Value first() const override { return inject_on_first_request_ ? Value(0) : Value(); }

  Result<Value> next(const Value& token, const PageFacts& page) const override {
    if (is_last(page_size_, page.records)) {
      return Value();
    }
    const std::int64_t offset = TRY(number_of(token, 0));
    return Value(offset + page.records);
  }

  std::optional<std::int64_t> page_size() const override { return page_size_; }

 private:
  const std::optional<std::int64_t> page_size_;
  const bool inject_on_first_request_;
};

class PageIncrement final : public PaginationStrategy {
 public:
  PageIncrement(std::optional<std::int64_t> page_size, std::int64_t first_page,
                bool inject_on_first_request)
      : page_size_(page_size),
        first_page_(first_page),
        inject_on_first_request_(inject_on_first_request) {}

  Value first() const override { return inject_on_first_request_ ? Value(first_page_) : Value(); }

  Result<Value> next(const Value& token, const PageFacts& page) const override {
    if (is_last(page_size_, page.records)) {
      return Value();
    }
    const std::int64_t number = TRY(number_of(token, first_page_));
    return Value(number + 1);
  }

  std::optional<std::int64_t> page_size() const override { return page_size_; }

 private:
  const std::optional<std::int64_t> page_size_;
  const std::int64_t first_page_;
  const bool inject_on_first_request_;
};

class CursorPagination final : public PaginationStrategy {
 public:
  struct Parts {
    TemplateField cursor_value;
    std::optional<TemplateField> stop_condition;
    std::optional<std::int64_t> page_size;
    PageNeeds needs;
  };

  CursorPagination(Parts parts, const Environment& environment)
      : parts_(std::move(parts)), environment_(environment) {}

  Result<Value> next(const Value& token, const PageFacts& page) const override {
    const Value nothing;
    const Value records(page.records);
    const Value page_size = parts_.page_size ? Value(*parts_.page_size) : Value();
    Context context = context_with(environment_);
    set(context, Name::Response, page.response);
    set(context, Name::Headers, page.headers);
    set(context, Name::LastRecord, page.last_record == nullptr ? &nothing : page.last_record);
    set(context, Name::LastPageSize, &records);
    set(context, Name::PageSize, &page_size);
    set(context, Name::StreamSlice, page.stream_slice);
    set(context, Name::NextPageToken, &token);
    if (parts_.stop_condition) {
      const bool stops = TRY(parts_.stop_condition->truth(context));
      if (stops) {
        return Value();
      }
    }
    return parts_.cursor_value.evaluate(context);
  }

  std::optional<std::int64_t> page_size() const override { return parts_.page_size; }
  PageNeeds needs() const override { return parts_.needs; }

 private:
  const Parts parts_;
  const Environment& environment_;
};

}  // namespace

Result<std::unique_ptr<PaginationStrategy>> offset_increment(const Node& node,
                                                             const Environment& environment) {
  const auto page_size = TRY(compile_page_size(node, environment));
  const bool inject = TRY(node.flag_or("inject_on_first_request", false));
  return std::make_unique<OffsetIncrement>(page_size, inject);
}

Result<std::unique_ptr<PaginationStrategy>> page_increment(const Node& node,
                                                           const Environment& environment) {
  const auto page_size = TRY(compile_page_size(node, environment));
  const std::int64_t first_page = TRY(node.integer_or("start_from_page", 0));
  const bool inject = TRY(node.flag_or("inject_on_first_request", false));
  return std::make_unique<PageIncrement>(page_size, first_page, inject);
}

Result<std::unique_ptr<PaginationStrategy>> cursor_pagination(
    const Node& node, const Environment& environment, const std::vector<std::string>& field_path) {
  const Node* cursor_value = TRY(node.required("cursor_value"));
  TemplateField next = TRY(TemplateField::compile(node, *cursor_value));
  CursorPagination::Parts parts{std::move(next), std::nullopt, std::nullopt, PageNeeds()};
  parts.stop_condition = TRY(TemplateField::compile(node, "stop_condition"));
  parts.page_size = TRY(compile_page_size(node, environment));
  parts.needs.add(parts.cursor_value.source(), field_path);
  if (parts.stop_condition) {
    parts.needs.add(parts.stop_condition->source(), field_path);
  }
  return std::make_unique<CursorPagination>(std::move(parts), environment);
}

}  // namespace tendril
