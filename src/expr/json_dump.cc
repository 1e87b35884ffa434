#include "expr/json_dump.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "core/utf8.h"
#include "expr/number.h"
#include "expr/term_text.h"

namespace tendril {
namespace {

using Kind = Term::Kind;

class Dumper {
 public:
  Dumper(Evaluation& evaluation, std::string& out, const JsonDumpOptions& options)
      : evaluation_(evaluation), out_(out), options_(options) {}

  void dump(const Term& term) {
    if (out_.size() > kTextBytesMax || depth_ > kDataDepthMax) {
      evaluation_.fail("value is too large for JSON");
      return;
    }
    switch (term.kind()) {
      case Kind::None: out_.append("null"); return;
      case Kind::Bool: out_.append(term.as_bool() ? "true" : "false"); return;
      case Kind::Int:
      case Kind::BigNumber: append_text(evaluation_, out_, term); return;
      case Kind::Float: return dump_float(term.as_float());
      case Kind::Text: return dump_text(term.text());
      case Kind::List:
      case Kind::Tuple: return dump_list(term);
      case Kind::Map: return dump_map(term);
      default:
        evaluation_.fail_type(fmt::format("{} has no JSON form", name_of(term.kind())));
        return;
    }
  }

 private:
  void dump_float(double number) {
    if (std::isfinite(number)) {
      append_float(out_, number);
    } else {
      out_.append(std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
    }
  }

  void dump_text(std::string_view text) {
    out_.push_back('"');
    while (!text.empty()) {
      const std::string_view character = take_character(text);
      const char32_t c = code_point_of(character);
      const bool html = options_.escape_html && (c == '<' || c == '>' || c == '&' || c == '\'');
      if (c >= 0x20 && c < 0x7F && c != '"' && c != '\\' && !html) {
        out_.push_back(static_cast<char>(c));
      } else {
        dump_escape(c);
      }
    }
    out_.push_back('"');
  }

  void dump_escape(char32_t c) {
    switch (c) {
      case '"': out_.append("\\\""); return;
      case '\\': out_.append("\\\\"); return;
      case '\n': out_.append("\\n"); return;
      case '\r': out_.append("\\r"); return;
      case '\t': out_.append("\\t"); return;
      case '\b': out_.append("\\b"); return;
      case '\f': out_.append("\\f"); return;
      case 0x7F: out_.push_back('\x7f'); return;
      default: break;
    }
    const auto code = static_cast<std::uint32_t>(c);
    if (code < 0x10000) {
      fmt::format_to(std::back_inserter(out_), "\\u{:04x}", code);
    } else {
      fmt::format_to(std::back_inserter(out_), "\\u{:04x}\\u{:04x}",
                     0xD800 + ((code - 0x10000) >> 10), 0xDC00 + ((code - 0x10000) & 0x3FF));
    }
  }

  // What stands before an item.
  void separate(bool first) {
    out_.append(first ? "" : options_.indent ? "," : ", ");
    break_line();
  }

  void break_line() {
    if (options_.indent) {
      out_.push_back('\n');
      out_.append(static_cast<std::size_t>(*options_.indent * depth_), ' ');
    }
  }

  void dump_list(const Term& term) {
    out_.push_back('[');
    ++depth_;
    for (std::size_t i = 0; i < term.size() && evaluation_.ok(); ++i) {
      separate(i == 0);
      dump(term.item(i));
    }
    --depth_;
    if (term.size() > 0) {
      break_line();
    }
    out_.push_back(']');
  }

  void dump_map(const Term& term) {
    std::vector<std::size_t> order(term.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (options_.sort_keys) {
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return term.key(a).is(Kind::Text) && term.key(b).is(Kind::Text) &&
               term.key(a).text() < term.key(b).text();
      });
    }
    out_.push_back('{');
    ++depth_;
    for (std::size_t i = 0; i < order.size() && evaluation_.ok(); ++i) {
      separate(i == 0);
      dump_key(term.key(order[i]));
      out_.append(": ");
      dump(term.member(order[i]));
    }
    --depth_;
    if (!order.empty()) {
      break_line();
    }
    out_.push_back('}');
  }

  void dump_key(const Term& key) {
    if (key.is(Kind::Text)) {
      return dump_text(key.text());
    }
    out_.push_back('"');
    dump(key);
    out_.push_back('"');
  }

  Evaluation& evaluation_;
  std::string& out_;
  const JsonDumpOptions& options_;
  int depth_ = 0;
};

}  // namespace

void append_json_dump(Evaluation& evaluation, std::string& out, const Term& term,
                      const JsonDumpOptions& options) {
  if (term.is(Kind::Undefined)) {
    evaluation.fail_undefined();
    return;
  }
  Dumper(evaluation, out, options).dump(term);
}

}  // namespace tendril
