// Text in other encodings than UTF-8, turned into it on the way to another parser.
#pragma once

#include <memory>
#include <string_view>

#include "core/result.h"
#include "manifest/body_parser.h"

namespace tendril {

// `encoding` is spelled as Python spells them: "utf-8", "latin-1", "cp1252", "utf-8-sig", "utf-16".
// UTF-8 is checked and goes through as it is; a mark at its start goes only with "utf-8-sig".
// Errors: InvalidConfig when there is no such encoding; those of the parser: BadData for bytes that
//   mean nothing in it.
Result<std::unique_ptr<BodyParser>> recoding_parser(std::string_view encoding,
                                                    std::unique_ptr<BodyParser> inner);

}  // namespace tendril
