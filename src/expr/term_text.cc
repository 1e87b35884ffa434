#include "expr/term_text.h"

#include <cstdlib>

#include <fmt/format.h>

#include "core/utf8.h"
#include "data/civil.h"
#include "data/padded.h"
#include "expr/number.h"

namespace tendril {
namespace {

// Whether Python prints the character as it is. Complete for the Latin, Greek and Cyrillic
// blocks; of the rest, only separators, format characters and private use are left out.
bool is_printable(char32_t c) {
  if (c < 0x20 || (c >= 0x7F && c < 0xA1) || c == 0xAD) {
    return false;
  }
  const bool separator = (c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F) ||
                         (c >= 0x205F && c <= 0x206F) || c == 0x3000 || c == 0x1680 || c == 0xFEFF;
  const bool special = (c >= 0xE000 && c <= 0xF8FF) || (c >= 0xFFF0 && c <= 0xFFFB) ||
                       (c & 0xFFFE) == 0xFFFE || c >= 0xE0000;
  return !separator && !special;
}

void append_escaped(std::string& out, char32_t c) {
  switch (c) {
    case '\n': out.append("\\n"); return;
    case '\r': out.append("\\r"); return;
    case '\t': out.append("\\t"); return;
    default: break;
  }
  const auto code = static_cast<std::uint32_t>(c);
  if (c < 0x100) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", code);
  } else if (c < 0x10000) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", code);
  } else {
    fmt::format_to(std::back_inserter(out), "\\U{:08x}", code);
  }
}

void append_zone(std::string& out, Micros offset) {
  const std::int64_t seconds = std::abs(offset.count()) / kMicrosPerSecond;
  out.push_back(offset.count() < 0 ? '-' : '+');
  append_padded(out, seconds / 3600, 2);
  out.push_back(':');
  append_padded(out, seconds / 60 % 60, 2);
  if (seconds % 60 != 0) {
    out.push_back(':');
    append_padded(out, seconds % 60, 2);
  }
}

// "2024-01-02 03:04:05.678901+02:00".
void append_datetime(std::string& out, const Datetime& datetime) {
  const Civil civil = civil_of(datetime);
  append_padded(out, civil.year, 4);
  for (const auto& [separator, field] :
       {std::pair{'-', civil.month}, std::pair{'-', civil.day}, std::pair{' ', civil.hour},
        std::pair{':', civil.minute}, std::pair{':', civil.second}}) {
    out.push_back(separator);
    append_padded(out, field, 2);
  }
  if (civil.micros != 0) {
    out.push_back('.');
    append_padded(out, civil.micros, 6);
  }
  if (datetime.has_zone) {
    append_zone(out, datetime.utc_offset);
  }
}

// "datetime.datetime(2024, 1, 2, 3, 4, tzinfo=datetime.timezone.utc)".
void append_datetime_repr(std::string& out, const Datetime& datetime) {
  const Civil civil = civil_of(datetime);
  fmt::format_to(std::back_inserter(out), "datetime.datetime({}, {}, {}, {}, {}", civil.year,
                 civil.month, civil.day, civil.hour, civil.minute);
  if (civil.second != 0 || civil.micros != 0) {
    fmt::format_to(std::back_inserter(out), ", {}", civil.second);
  }
  if (civil.micros != 0) {
    fmt::format_to(std::back_inserter(out), ", {}", civil.micros);
  }
  if (datetime.has_zone && datetime.utc_offset.count() == 0) {
    out.append(", tzinfo=datetime.timezone.utc");
  } else if (datetime.has_zone) {
    fmt::format_to(std::back_inserter(out),
                   ", tzinfo=datetime.timezone(datetime.timedelta(seconds={}))",
                   datetime.utc_offset.count() / kMicrosPerSecond);
  }
  out.push_back(')');
}

// "1 day, 2:03:04", "2 years, 1 month, 0:00:00".
void append_duration(std::string& out, const Duration& duration) {
  const int years = duration.months / 12;
  const int months = duration.months % 12;
  if (years != 0) {
    fmt::format_to(std::back_inserter(out), "{} years, ", years);
  }
  if (months != 0) {
    fmt::format_to(std::back_inserter(out), "{} month{}, ", months, months <= 1 ? "" : "s");
  }
  const std::int64_t days = floor_divide(duration.exact.count(), kMicrosPerDay);
  const std::int64_t remainder = duration.exact.count() % kMicrosPerDay;
  const std::int64_t rest = remainder + (remainder < 0 ? kMicrosPerDay : 0);
  if (days != 0) {
    fmt::format_to(std::back_inserter(out), "{} day{}, ", days, std::abs(days) == 1 ? "" : "s");
  }
  const std::int64_t seconds = rest / kMicrosPerSecond;
  fmt::format_to(std::back_inserter(out), "{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60,
                 seconds % 60);
  if (rest % kMicrosPerSecond != 0) {
    fmt::format_to(std::back_inserter(out), ".{:06}", rest % kMicrosPerSecond);
  }
}

class Writer {
 public:
  Writer(Evaluation& evaluation, std::string& out) : evaluation_(evaluation), out_(out) {}

  void repr(const Term& term) {
    if (out_.size() > kTextBytesMax) {
      evaluation_.fail("text is too long");
      return;
    }
    switch (term.kind()) {
      case Term::Kind::Absent:
      case Term::Kind::Undefined: out_.append("Undefined"); return;
      case Term::Kind::Text: append_quoted(out_, term.text()); return;
      case Term::Kind::List:
      case Term::Kind::Tuple: sequence(term); return;
      case Term::Kind::Map: map(term); return;
      case Term::Kind::Namespace:
        out_.append("<Namespace ");
        map(term);
        out_.append(">");
        return;
      case Term::Kind::Date: date_repr(term); return;
      case Term::Kind::Datetime: append_datetime_repr(out_, term.as_datetime()); return;
      default: scalar(term); return;
    }
  }

  // What looks the same in str() and repr().
  void scalar(const Term& term) {
    switch (term.kind()) {
      case Term::Kind::None: out_.append("None"); return;
      case Term::Kind::Bool: out_.append(term.as_bool() ? "True" : "False"); return;
      case Term::Kind::Int: append_padded(out_, term.as_int()); return;
      case Term::Kind::Float: append_float(out_, term.as_float()); return;
      case Term::Kind::BigNumber: out_.append(term.text()); return;
      case Term::Kind::Date:
        out_.append(iso_date(static_cast<std::int32_t>(term.as_int())));
        return;
      case Term::Kind::Datetime: append_datetime(out_, term.as_datetime()); return;
      case Term::Kind::Duration: append_duration(out_, term.as_duration()); return;
      case Term::Kind::Loop: out_.append("<loop>"); return;
      default: return;
    }
  }

 private:
  bool enter() {
    if (++depth_ <= kDataDepthMax) {
      return true;
    }
    evaluation_.fail("list or map is nested too deeply");
    return false;
  }

  void sequence(const Term& term) {
    const bool tuple = term.is(Term::Kind::Tuple);
    out_.push_back(tuple ? '(' : '[');
    if (enter()) {
      for (std::size_t i = 0; i < term.size() && evaluation_.ok(); ++i) {
        out_.append(i == 0 ? "" : ", ");
        repr(term.item(i));
      }
    }
    --depth_;
    out_.append(tuple && term.size() == 1 ? "," : "");
    out_.push_back(tuple ? ')' : ']');
  }

  void map(const Term& term) {
    out_.push_back('{');
    if (enter()) {
      for (std::size_t i = 0; i < term.size() && evaluation_.ok(); ++i) {
        out_.append(i == 0 ? "" : ", ");
        repr(term.key(i));
        out_.append(": ");
        repr(term.member(i));
      }
    }
    --depth_;
    out_.push_back('}');
  }

  void date_repr(const Term& term) {
    const Civil civil = civil_of(instant_from_micros(term.as_int() * kMicrosPerDay));
    fmt::format_to(std::back_inserter(out_), "datetime.date({}, {}, {})", civil.year, civil.month,
                   civil.day);
  }

  Evaluation& evaluation_;
  std::string& out_;
  int depth_ = 0;
};

}  // namespace

void append_text(Evaluation& evaluation, std::string& out, const Term& term) {
  Writer writer(evaluation, out);
  switch (term.kind()) {
    case Term::Kind::Absent:
    case Term::Kind::Undefined: break;
    case Term::Kind::Text: out.append(term.text()); break;
    case Term::Kind::List:
    case Term::Kind::Tuple:
    case Term::Kind::Map:
    case Term::Kind::Namespace: writer.repr(term); break;
    default: writer.scalar(term); break;
  }
  if (out.size() > kTextBytesMax) {
    evaluation.fail("text is too long");
  }
}

void append_repr(Evaluation& evaluation, std::string& out, const Term& term) {
  Writer(evaluation, out).repr(term);
}

std::string_view text_of(Evaluation& evaluation, const Term& term) {
  if (term.is(Term::Kind::Text)) {
    return term.text();
  }
  std::string& out = evaluation.scratch();
  append_text(evaluation, out, term);
  return evaluation.heap().keep(out);
}

void append_quoted(std::string& out, std::string_view text) {
  const bool doubles = text.find('\'') != text.npos && text.find('"') == text.npos;
  const char quote = doubles ? '"' : '\'';
  out.push_back(quote);
  while (!text.empty()) {
    const char first = text[0];
    if (first >= 0x20 && first < 0x7F) {
      if (first == quote || first == '\\') {
        out.push_back('\\');
      }
      out.push_back(first);
      text.remove_prefix(1);
      continue;
    }
    const std::string_view character = take_character(text);
    const char32_t code_point = code_point_of(character);
    const bool broken = character.size() == 1 && code_point >= 0x80;
    if (is_printable(code_point) && !broken) {
      out.append(character);
    } else {
      append_escaped(out, code_point);
    }
  }
  out.push_back(quote);
}

}  // namespace tendril
