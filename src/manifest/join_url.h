// How a requester's base URL and path make one URL.
// Source: reference implementation of the manifest language, and urljoin of Python, which it uses.
#pragma once

#include <string>
#include <string_view>

namespace tendril {

// Returns `base` where `path` is empty, and `path` where that is a whole URL. Otherwise the path
// stands below the base, or below the origin when it begins with "/"; "." and ".." are resolved,
// and empty parts between the two ends of a joined path left out: "https://a/b" and "c//d/" make
// "https://a/b/c/d/". The query of `base` is lost when there is a path.
std::string join_url(std::string_view base, std::string_view path);

}  // namespace tendril
