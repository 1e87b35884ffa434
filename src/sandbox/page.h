// Page: which part of a list a request asks for, and how the next one is named.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sandbox/definition.h"
#include "sandbox/exchange.h"
#include "sandbox/parameters.h"

namespace tendril {

struct Page {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::int64_t number = 1;  // As the vendor counts.
};

// Refuses, by way of `parameters`, a size or position that the vendor would.
Page read_page(const Paging& paging, RequestParameters& parameters, std::uint64_t seed);

// Sets {page.number}, {page.size}, {page.count}, {page.offset}, {page.total}, {page.pages},
// {page.has_more}, {page.is_last}, {page.next_offset}, {page.next_number}, {page.next_cursor},
// {page.next_url} and {page.previous_url}; what is not there is null.
struct PageLinks {
  const Paging& paging;
  const ApiRequest& request;
  std::string path;  // Of the links.
  std::uint64_t seed;
};
void set_page_facts(Facts& facts, const Page& page, std::uint64_t total, const PageLinks& links);

// The value of a Link header, or "" when there is but one page.
// Source: RFC 8288.
std::string link_header(const Page& page, std::uint64_t total, const PageLinks& links);

}  // namespace tendril
