// Reads the elements of one list inside a JSON document that is too large to be held, one by one.
// Source: manifest component "JsonItemsDecoder".
#pragma once

#include <memory>
#include <string>

#include "manifest/body_parser.h"

namespace tendril {

// `path` leads to the list: the names of objects' members and "item" for the elements of lists,
// with dots between: "data.users". Takes UTF-8.
std::unique_ptr<BodyParser> json_items_parser(const std::string& path, ElementSink& sink,
                                              const DecodeLimits& limits);

}  // namespace tendril
