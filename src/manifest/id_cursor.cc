#include <algorithm>
#include <charconv>
#include <functional>
#include <utility>

#include "manifest/stream_cursor.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::string_view kStart = "start_id";
constexpr std::string_view kEnd = "end_id";

Result<std::int64_t> id_of(std::string_view text) {
  std::int64_t id = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), id);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) {
    return Error{ErrorCode::BadData, "no whole number: \"" + std::string(text) + "\""};
  }
  return id;
}

// Source: manifest component "IdCursor", an extension.
class IdCursor final : public StreamCursor {
 public:
  IdCursor(std::string field, std::int64_t start, IdPaging paging,
           const CursorExtensions& extensions)
      : start_(start) {
    options_.field = std::move(field);
    options_.overlap = extensions.overlap;
    options_.unit = Micros(1);
    options_.is_time = false;
    options_.id_paging = std::make_shared<const IdPaging>(std::move(paging));
  }

  Result<Window> span() const override { return Window{instant_from_micros(start_), kLast}; }
  Instant latest(const Window& span) const override { return span.end; }

  Result<Instant> parse(std::string_view text) const override {
    const std::int64_t id = TRY(id_of(text));
    return instant_from_micros(id);
  }

  Value format(Instant value) const override { return micros_of(value); }

  // Ids above the start, up to the end.
  Map window_view(const Window& window) const override {
    Map view{{std::string(kStart), micros_of(window.start)}};
    if (window.end != kLast) {
      view.append(std::string(kEnd), micros_of(window.end));
    }
    return view;
  }

  // It goes by its records.
  std::optional<Window> window_of(const Map&) const override { return std::nullopt; }

  // Says the end; the start moves on with each page, see IdRead.
  Status inject(const Map& window_view, RequestDraft& draft) const override {
    const Value* end = window_view.find(kEnd);
    const auto& option = options_.id_paging->end_option;
    return option && end != nullptr ? option->inject(*end, draft) : Status();
  }

 private:
  static constexpr Instant kLast = Instant::max();

  const std::int64_t start_;
};

Result<std::vector<std::int64_t>> page_sizes_of(const Node& node) {
  const Node* list = node.find("page_sizes");
  if (list == nullptr) {
    return std::vector<std::int64_t>{1000, 500, 250, 50, 10, 1};
  }
  std::vector<std::int64_t> sizes;
  for (const Node& item : list->items) {
    const std::int64_t* size = item.scalar.as_int();
    if (size == nullptr || *size < 1) {
      return item.error("a page size must be at least 1");
    }
    sizes.push_back(*size);
  }
  if (sizes.empty()) {
    return list->error("at least one page size is expected here");
  }
  std::sort(sizes.begin(), sizes.end(), std::greater<>());
  return sizes;
}

}  // namespace

Result<std::unique_ptr<const StreamCursor>> id_cursor(const Node& node,
                                                      const Environment& environment,
                                                      const CursorExtensions& extensions) {
  const Value& config = environment.config;
  const Clock& clock = environment.clock;
  std::string field = TRY(evaluate_text(node, "cursor_field", config, clock));
  const std::string start_text = TRY(evaluate_text(node, "start_id", config, clock));
  std::int64_t start = 0;
  if (!start_text.empty()) {
    const auto parsed = id_of(start_text);
    if (!parsed.ok()) {
      return node.find("start_id")->error(parsed.error().message);
    }
    start = *parsed;
  }
  const Node* option = TRY(node.required("id_option"));
  RequestOption id_option = TRY(RequestOption::compile(*option, config, clock));
  IdPaging paging{
      .id_option = std::move(id_option), .end_option = {}, .size_option = {}, .page_sizes = {}};
  paging.end_option = TRY(RequestOption::compile(node, "end_id_option", config, clock));
  paging.size_option = TRY(RequestOption::compile(node, "page_size_option", config, clock));
  paging.page_sizes = TRY(page_sizes_of(node));
  paging.range_size = TRY(node.integer_or("range_size", 0));
  const std::int64_t rejected = TRY(node.integer_or("max_rejected", paging.rejected_max));
  paging.rejected_max = static_cast<int>(std::clamp<std::int64_t>(rejected, 0, 1'000'000));
  if (field.empty()) {
    return node.error("cursor_field is missing or empty");
  }
  if (paging.range_size < 0 || (paging.range_size > 0 && !paging.end_option)) {
    return node.error("range_size must be positive, and needs end_id_option");
  }
  return std::make_unique<IdCursor>(std::move(field), start, std::move(paging), extensions);
}

}  // namespace tendril
