// Unpacks gzip and zip archives on the way to another parser.
// Source: RFC 1950 to 1952; APPNOTE.TXT of PKWARE.
#pragma once

#include <functional>
#include <memory>

#include "manifest/body_parser.h"

namespace tendril {

// Bodies that do not begin as gzip go through as they are. With `zlib_too` those of RFC 1950 are
// unpacked too. Several members follow each other as one.
std::unique_ptr<BodyParser> gunzip_parser(std::unique_ptr<BodyParser> inner,
                                          const DecodeLimits& limits, bool zlib_too = false);

// Reads the whole archive first, for its table of contents stands at its end; then each file of it
// goes to a parser of its own.
std::unique_ptr<BodyParser> unzip_parser(std::function<std::unique_ptr<BodyParser>()> make_inner,
                                         const DecodeLimits& limits);

}  // namespace tendril
