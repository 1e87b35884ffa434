// Pieces of JSON where they stand in a page: names, texts, and whole values as their text. What the
// walks over records have in common.
#pragma once

#include <string_view>

#include <simdjson.h>

namespace tendril {

// A field's name. Names without escapes are read where they stand.
simdjson::error_code json_name(simdjson::ondemand::field& field, std::string_view& name);

// The content of a string. A text without escapes is taken from where it stands in the page: that
// saves one copy, and finding no backslash is quicker than looking at every byte. The first pass
// over the page has checked quotes, control characters and UTF-8 already.
simdjson::error_code json_text(simdjson::ondemand::value& value, std::string_view& text);

// The text of a whole object or list, walked through so that it is known to be JSON.
simdjson::error_code checked_json(simdjson::ondemand::object& object, std::string_view& text);
simdjson::error_code checked_json(simdjson::ondemand::array& array, std::string_view& text);

// Walks through a value and checks that it is JSON. It is used up.
simdjson::error_code check_json(simdjson::ondemand::value value);

}  // namespace tendril
