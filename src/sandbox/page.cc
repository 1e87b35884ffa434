#include "sandbox/page.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/core.h>

#include "core/encoding.h"
#include "sandbox/hashing.h"

namespace tendril {
namespace {

std::int64_t to_number(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// A cursor names its offset and proves that this sandbox made it.
std::string cursor_text(std::uint64_t offset, std::uint64_t seed) {
  return base64_encode(fmt::format("{}:{:08x}", offset, mix(seed, offset) >> 32U));
}

std::optional<std::uint64_t> cursor_offset(const std::string& cursor, std::uint64_t seed) {
  const auto text = base64_decode(cursor);
  const auto offset = static_cast<std::uint64_t>(text ? to_number(*text) : 0);
  return text && cursor_text(offset, seed) == cursor ? std::optional(offset) : std::nullopt;
}

std::uint64_t page_count(const Page& page, std::uint64_t total) {
  return std::max<std::uint64_t>((total + page.size - 1) / page.size, 1);
}

// The URL of the page at `offset`: the request's own but for the position.
std::string page_url(const Page& page, std::uint64_t offset, const PageLinks& links) {
  if (!links.paging.position) {
    return links.request.base_url + links.path;
  }
  Pairs query = links.request.query;
  const auto pages_before = static_cast<std::int64_t>(offset / page.size);
  const std::string position = links.paging.style == PagingStyle::Page
                                   ? std::to_string(links.paging.first_page + pages_before)
                               : links.paging.style == PagingStyle::Cursor
                                   ? cursor_text(offset, links.seed)
                                   : std::to_string(offset);
  set_pair(query, links.paging.position->name, position);
  return fmt::format("{}{}?{}", links.request.base_url, links.path, query_text(query));
}

}  // namespace

Page read_page(const Paging& paging, RequestParameters& parameters, std::uint64_t seed) {
  std::int64_t size = paging.size_default;
  if (paging.size) {
    const auto text = parameters.read(*paging.size);
    const std::int64_t asked = text ? to_number(*text) : 0;
    if (asked > paging.size_max && paging.size_above != nullptr) {
      parameters.refuse(*paging.size, paging.size_above, "invalid", *text);
    } else if (asked < 1 && text && paging.size->invalid != nullptr) {
      parameters.refuse(*paging.size, paging.size->invalid, "invalid", *text);
    }
    size = asked < 1 ? paging.size_default : std::min(asked, paging.size_max);
  }
  Page page{.size = static_cast<std::uint64_t>(size), .number = paging.first_page};
  const auto position = paging.position ? parameters.read(*paging.position) : std::nullopt;
  if (!position || position->empty()) {
    return page;
  }
  if (paging.style == PagingStyle::Cursor) {
    const auto offset = cursor_offset(*position, seed);
    if (!offset && paging.position->invalid != nullptr) {
      parameters.refuse(*paging.position, paging.position->invalid, "invalid", *position);
    }
    page.offset = offset.value_or(0);
  } else if (paging.style == PagingStyle::Offset) {
    page.offset = static_cast<std::uint64_t>(std::max<std::int64_t>(to_number(*position), 0));
  } else {
    constexpr std::int64_t kPagesMax = std::int64_t{1} << 40;
    page.number = std::clamp(to_number(*position), paging.first_page, kPagesMax);
    page.offset = static_cast<std::uint64_t>(page.number - paging.first_page) * page.size;
  }
  return page;
}

void set_page_facts(Facts& facts, const Page& page, std::uint64_t total, const PageLinks& links) {
  const std::uint64_t rest = total - std::min(page.offset, total);
  const std::uint64_t next = page.offset + page.size;
  const bool more = rest > page.size;
  const auto number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  facts.set_number("page.number", page.number);
  facts.set_number("page.size", number(page.size));
  facts.set_number("page.count", number(std::min(rest, page.size)));
  facts.set_number("page.offset", number(page.offset));
  facts.set_number("page.total", number(total));
  facts.set_number("page.pages", number(page_count(page, total)));
  facts.set_flag("page.has_more", more);
  facts.set_flag("page.is_last", !more);
  using Text = std::optional<std::string>;
  facts.set_optional("page.next_cursor", more ? Text(cursor_text(next, links.seed)) : std::nullopt);
  facts.set_optional("page.next_url", more ? Text(page_url(page, next, links)) : std::nullopt);
  facts.set_optional(
      "page.previous_url",
      page.offset == 0
          ? std::nullopt
          : Text(page_url(page, page.offset - std::min(page.offset, page.size), links)));
  if (more) {
    facts.set_number("page.next_offset", number(next));
    facts.set_number("page.next_number", page.number + 1);
  }
}

std::string link_header(const Page& page, std::uint64_t total, const PageLinks& links) {
  const std::uint64_t pages = page_count(page, total);
  const std::uint64_t at = page.offset / page.size;  // From 0.
  const std::uint64_t last = pages - 1;
  std::string header;
  const auto add = [&](std::uint64_t target, std::string_view relation) {
    header += fmt::format("{}<{}>; rel=\"{}\"", header.empty() ? "" : ", ",
                          page_url(page, target * page.size, links), relation);
  };
  if (at > 0) {
    add(std::min(at - 1, last), "prev");
  }
  if (at < last) {
    add(at + 1, "next");
    add(last, "last");
  }
  if (at > 0) {
    add(0, "first");
  }
  return header;
}

}  // namespace tendril
