#include "manifest/json_page.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <simdjson.h>

#include "connector/document.h"
#include "data/json.h"
#include "data/json_tree.h"
#include "manifest/json_document.h"
#include "manifest/json_row.h"

namespace tendril {
namespace {

namespace sj = simdjson::ondemand;

constexpr std::string_view kEveryMember = "*";
constexpr std::size_t kRejectedBytesMax = std::size_t{64} * 1024;

// The object or scalar that `text` begins with. REQUIRES: the text is known to be JSON.
std::string_view first_value(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      i += c == '\\' ? 1 : 0;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return text.substr(0, i + 1);
    } else if (depth == 0 && c == ',') {
      return trimmed_token(text.substr(0, i));
    }
  }
  return trimmed_token(text);
}

bool is_blank(const std::string& body) {
  return body.find_first_not_of(" \t\r\n") == std::string::npos;
}

// What is done with each record: exactly one of `rows` and `take` is set.
struct Visit {
  BatchBuilder* rows = nullptr;
  const FieldTap* tap = nullptr;
  const RecordRejector* reject = nullptr;
  const std::function<Status(Value, std::int64_t)>* take = nullptr;
  bool documents = false;  // `rows` takes records as they are.
  std::int64_t records = 0;
  const char* last_record = nullptr;
  PageWalk* walk = nullptr;
  Status status = {};  // What a callback answered; not ok ends the walk.
};

simdjson::error_code refuse(sj::value value, std::int64_t index, Visit& visit) {
  Value tree;
  if (const auto fault = json_tree(value, tree)) {
    return fault;
  }
  std::string json = to_json(tree);
  json.resize(std::min(json.size(), kRejectedBytesMax));
  visit.status = (*visit.reject)(index, json, "record is no object");
  return simdjson::SUCCESS;
}

simdjson::error_code visit_record(sj::value value, Visit& visit) {
  const std::int64_t index = visit.records++;
  visit.last_record = value.raw_json_token().data();
  sj::json_type type{};
  if (const auto fault = value.type().get(type)) {
    return fault;
  }
  if (visit.take != nullptr && type == sj::json_type::object) {
    Value tree;
    const auto fault = json_tree(value, tree);
    if (fault == simdjson::SUCCESS) {
      visit.status = (*visit.take)(std::move(tree), index);
    }
    return fault;
  }
  if (type != sj::json_type::object) {
    return refuse(value, index, visit);
  }
  sj::object object;
  if (const auto fault = value.get_object().get(object)) {
    return fault;
  }
  const auto fault = visit.documents
                         ? json_document(object, *visit.rows, visit.tap, *visit.walk)
                         : json_row(object, *visit.rows, visit.tap, visit.walk->escapes);
  if (fault) {
    visit.rows->abandon_row();
  }
  return fault;
}

// Calls `step` with each element and its number.
template <class Step>
simdjson::error_code for_each_element(sj::value& value, Step&& step) {
  sj::array array;
  if (const auto fault = value.get_array().get(array)) {
    return fault;
  }
  std::size_t index = 0;
  for (auto element : array) {
    sj::value item;
    if (const auto fault = element.get(item)) {
      return fault;
    }
    if (const auto fault = step(item, index++)) {
      return fault;
    }
  }
  return simdjson::SUCCESS;
}

// Calls `step` with each member and its name.
template <class Step>
simdjson::error_code for_each_member(sj::value& value, Step&& step) {
  sj::object object;
  if (const auto fault = value.get_object().get(object)) {
    return fault;
  }
  for (auto member : object) {
    sj::field field;
    std::string_view name;
    if (const auto fault = std::move(member).get(field)) {
      return fault;
    }
    if (const auto fault = field.unescaped_key().get(name)) {
      return fault;
    }
    if (const auto fault = step(field.value(), name)) {
      return fault;
    }
  }
  return simdjson::SUCCESS;
}

}  // namespace

struct JsonPageReader::Parser {
  // A callback ended the walk; the fault is in Visit::status.
  static constexpr auto kEnded = simdjson::NUM_ERROR_CODES;

  std::vector<std::string> path;
  Form form = Form::Page;
  sj::parser parser;

  simdjson::error_code open(std::string& body, sj::document& document) {
    if (body.capacity() - body.size() < simdjson::SIMDJSON_PADDING) {
      body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
    }
    return parser.iterate(body.data(), body.size(), body.capacity()).get(document);
  }

  bool leads_to(std::size_t depth, std::string_view name) const {
    return path[depth] == kEveryMember || path[depth] == name;
  }

  simdjson::error_code walk_records(sj::value value, std::size_t depth, Visit& visit) {
    sj::json_type type{};
    if (const auto fault = value.type().get(type)) {
      return fault;
    }
    if (depth == path.size()) {
      if (type == sj::json_type::null) {
        return take_null(value);
      }
      if (type != sj::json_type::array) {
        return is_empty_object(value) && !leads_to_many() ? simdjson::SUCCESS
                                                          : visited(value, visit);
      }
      return for_each_element(value,
                              [&](sj::value item, std::size_t) { return visited(item, visit); });
    }
    if (type == sj::json_type::array) {
      return for_each_element(value, [&](sj::value item, std::size_t index) {
        return leads_to(depth, std::to_string(index)) ? walk_records(item, depth + 1, visit)
                                                      : simdjson::SUCCESS;
      });
    }
    if (type == sj::json_type::object) {
      return for_each_member(value, [&](sj::value item, std::string_view name) {
        return leads_to(depth, name) ? walk_records(item, depth + 1, visit) : simdjson::SUCCESS;
      });
    }
    return simdjson::SUCCESS;
  }

  // The first walk of a page: a list stands for its elements, each a page of its own.
  simdjson::error_code walk_page(sj::value value, Visit& visit) {
    sj::json_type type{};
    if (const auto fault = value.type().get(type)) {
      return fault;
    }
    if (form == Form::Element || type != sj::json_type::array) {
      return walk_records(value, 0, visit);
    }
    return for_each_element(
        value, [&](sj::value item, std::size_t) { return walk_records(item, 0, visit); });
  }

  bool leads_to_many() const {
    return std::find(path.begin(), path.end(), kEveryMember) != path.end();
  }

  // Looks at the text alone, so that the object can still be read.
  static bool is_empty_object(sj::value& value) {
    const std::string_view token = value.raw_json_token();
    return token.starts_with('{') && token.data()[token.size()] == '}';
  }

  static simdjson::error_code visited(sj::value value, Visit& visit) {
    const auto fault = visit_record(value, visit);
    return fault == simdjson::SUCCESS && !visit.status.ok() ? kEnded : fault;
  }

  // The tree without what the path leads to.
  simdjson::error_code walk_frame(sj::value value, std::size_t depth, Value& out) {
    sj::json_type type{};
    if (const auto fault = value.type().get(type)) {
      return fault;
    }
    if (depth == path.size()) {
      out = List();
      return simdjson::SUCCESS;
    }
    if (type == sj::json_type::array) {
      List list;
      const auto fault = for_each_element(value, [&](sj::value item, std::size_t index) {
        Value& slot = list.emplace_back();
        return leads_to(depth, std::to_string(index)) ? walk_frame(item, depth + 1, slot)
                                                      : json_tree(item, slot);
      });
      out = std::move(list);
      return fault;
    }
    if (type == sj::json_type::object) {
      Map map;
      const auto fault = for_each_member(value, [&](sj::value item, std::string_view name) {
        const std::string key(name);
        Value slot;
        const auto bad =
            leads_to(depth, key) ? walk_frame(item, depth + 1, slot) : json_tree(item, slot);
        map.set(key, std::move(slot));
        return bad;
      });
      out = std::move(map);
      return fault;
    }
    return json_tree(value, out);
  }

  // `document` is nullptr when it did not open: then it must not be asked anything.
  static Error error(simdjson::error_code fault, sj::document* document, const std::string& body) {
    const char* at = nullptr;
    std::string place;
    if (document != nullptr && document->current_location().get(at) == simdjson::SUCCESS) {
      const auto offset = static_cast<std::size_t>(std::max<std::ptrdiff_t>(at - body.data(), 0));
      place = fmt::format(" at byte {}", std::min(offset, body.size()));
    }
    return {ErrorCode::BadData, fmt::format("page is not JSON{} of {}: {}", place, body.size(),
                                            simdjson::error_message(fault))};
  }

  Result<PageSummary> read(std::string& body, Visit visit) {
    if (is_blank(body)) {
      return PageSummary{};
    }
    sj::document document;
    sj::json_type type{};
    sj::value root;
    auto fault = open(body, document);
    if (fault) {
      return error(fault, nullptr, body);
    }
    fault = document.type().get(type);
    const bool is_container = type == sj::json_type::array || type == sj::json_type::object;
    if (fault == simdjson::SUCCESS && !is_container) {
      return read_scalar(document, body, visit);
    }
    fault = fault ? fault : document.get_value().get(root);
    PageWalk walk{.escapes = EscapeFinder(body.data(), body.data() + body.size())};
    visit.walk = &walk;
    fault = fault ? fault : walk_page(root, visit);
    if (fault == kEnded) {
      return std::move(visit.status).error();
    }
    const char* at = nullptr;
    if (!fault && document.current_location().get(at) == simdjson::SUCCESS) {
      fault = simdjson::TRAILING_CONTENT;
    }
    if (fault) {
      return error(fault, &document, body);
    }
    PageSummary summary{.records = visit.records, .last_record = {}};
    if (visit.last_record != nullptr && form == Form::Page) {
      const auto offset = static_cast<std::size_t>(visit.last_record - body.data());
      summary.last_record = first_value(std::string_view(body).substr(offset));
    }
    return summary;
  }

  // A page that is a single scalar: null has no records, anything else is one bad record.
  Result<PageSummary> read_scalar(sj::document& document, const std::string& body, Visit& visit) {
    Value tree;
    if (const auto fault = json_tree(document, tree)) {
      return error(fault, &document, body);
    }
    if (tree.is_null() || !path.empty()) {
      return PageSummary{};
    }
    TRY((*visit.reject)(0, body, "record is no object"));
    return PageSummary{.records = 1, .last_record = body};
  }
};

JsonPageReader::JsonPageReader(std::vector<std::string> field_path, Form form)
    : parser_(std::make_unique<Parser>()) {
  parser_->path = std::move(field_path);
  parser_->form = form;
}

JsonPageReader::~JsonPageReader() = default;

Result<PageSummary> JsonPageReader::read_columns(std::string& body, BatchBuilder& rows,
                                                 const FieldTap* tap,
                                                 const RecordRejector& reject) {
  return parser_->read(
      body,
      {.rows = &rows, .tap = tap, .reject = &reject, .documents = holds_documents(rows.schema())});
}

Result<PageSummary> JsonPageReader::read_trees(
    std::string& body, const std::function<Status(Value record, std::int64_t index)>& take,
    const RecordRejector& reject) {
  return parser_->read(body, {.reject = &reject, .take = &take});
}

Result<Value> JsonPageReader::read_frame(std::string& body, bool without_records) {
  if (is_blank(body)) {
    return Value();
  }
  if (!without_records) {
    return parse_json(body);
  }
  sj::document document;
  sj::json_type type{};
  sj::value root;
  Value frame;
  auto fault = parser_->open(body, document);
  if (fault) {
    return Parser::error(fault, nullptr, body);
  }
  fault = document.type().get(type);
  if (!fault && (type == sj::json_type::array || type == sj::json_type::object)) {
    fault = document.get_value().get(root);
    fault = fault ? fault : parser_->walk_frame(root, 0, frame);
  } else if (!fault) {
    fault = json_tree(document, frame);
  }
  if (fault) {
    return Parser::error(fault, &document, body);
  }
  return frame;
}

}  // namespace tendril
