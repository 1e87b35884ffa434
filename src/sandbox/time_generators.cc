// Times: $time.
#include <array>
#include <chrono>
#include <string>

#include <fmt/core.h>

#include "data/civil.h"
#include "data/instant.h"
#include "sandbox/generator_kinds.h"

namespace tendril {
namespace {

enum class TimeFormat {
  Iso,          // 2024-01-02T03:04:05Z
  IsoMillis,    // 2024-01-02T03:04:05.000Z
  IsoOffset,    // 2024-01-02T03:04:05.000+0000
  Date,         // 2024-01-02
  Seconds,      // 1704164645
  Millis,       // 1704164645000
  SecondsText,  // "1704164645.000000"
};

struct NamedFormat {
  std::string_view name;
  TimeFormat format;
};
constexpr std::array<NamedFormat, 7> kFormats{{{"iso", TimeFormat::Iso},
                                               {"iso_millis", TimeFormat::IsoMillis},
                                               {"iso_offset", TimeFormat::IsoOffset},
                                               {"date", TimeFormat::Date},
                                               {"seconds", TimeFormat::Seconds},
                                               {"millis", TimeFormat::Millis},
                                               {"seconds_text", TimeFormat::SecondsText}}};

void append_digits(std::string& out, unsigned number, int digits) {
  const std::size_t end = out.size() + static_cast<std::size_t>(digits);
  out.resize(end);
  for (std::size_t at = end; digits > 0; --digits) {
    out[--at] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
}

void append_iso(std::string& out, std::int64_t at_us, TimeFormat format) {
  const Civil civil = civil_of(instant_from_micros(at_us));
  append_digits(out, static_cast<unsigned>(civil.year), 4);
  out += '-';
  append_digits(out, civil.month, 2);
  out += '-';
  append_digits(out, civil.day, 2);
  if (format == TimeFormat::Date) {
    return;
  }
  out += 'T';
  append_digits(out, civil.hour, 2);
  out += ':';
  append_digits(out, civil.minute, 2);
  out += ':';
  append_digits(out, civil.second, 2);
  if (format != TimeFormat::Iso) {
    out += '.';
    append_digits(out, static_cast<unsigned>(civil.micros / 1000), 3);
  }
  out += format == TimeFormat::IsoOffset ? "+0000" : "Z";
}

void append_time(std::string& out, std::int64_t at_us, TimeFormat format) {
  switch (format) {
    case TimeFormat::Seconds: append_integer(out, at_us / kMicrosPerSecond); return;
    case TimeFormat::Millis: append_integer(out, at_us / 1000); return;
    case TimeFormat::SecondsText:
      append_integer(out, at_us / kMicrosPerSecond);
      out += '.';
      append_digits(out, static_cast<unsigned>(at_us % kMicrosPerSecond), 6);
      return;
    case TimeFormat::Iso:
    case TimeFormat::IsoMillis:
    case TimeFormat::IsoOffset:
    case TimeFormat::Date: append_iso(out, at_us, format); return;
  }
}

class TimeGenerator final : public Generator {
 public:
  enum class Of { Created, Updated, Now };

  TimeGenerator(const Site& site, Of of, TimeFormat format, const Bounds& plus_us)
      : salted_(site), of_(of), format_(format), plus_us_(plus_us) {}

  void append(std::string& out, const Scene& scene, Form form) const override {
    const bool number = format_ == TimeFormat::Seconds || format_ == TimeFormat::Millis;
    const bool quotes = form == Form::Json && !number;
    if (quotes) {
      out += '"';
    }
    append_time(out, *instant(scene), format_);
    if (quotes) {
      out += '"';
    }
  }

  std::optional<std::int64_t> instant(const Scene& scene) const override {
    const std::int64_t base_us = of_ == Of::Now       ? scene.world.now_us()
                                 : of_ == Of::Created ? scene.world.created_us(scene.row)
                                                      : scene.world.updated_us(scene.row);
    if (!moved()) {
      return base_us;
    }
    const std::int64_t moved_us = base_us + plus_us_.within(salted_.hash(scene));
    return moved_us - moved_us % kMicrosPerSecond;
  }

  Clocked clocked() const override {
    if (moved() || of_ == Of::Now) {
      return Clocked::No;
    }
    return of_ == Of::Created ? Clocked::Created : Clocked::Updated;
  }

 private:
  bool moved() const { return plus_us_.min != 0 || plus_us_.max != 0; }

  Salted salted_;
  Of of_;
  TimeFormat format_;
  Bounds plus_us_;
};

Result<std::int64_t> read_duration_us(const std::string& text, const Section& section) {
  const auto duration = parse_duration(text);
  if (!duration.ok()) {
    return section.error_at("plus", duration.error().message);
  }
  if (duration->months != 0) {
    return section.error_at("plus", "must be exact: no months or years");
  }
  return duration->exact.count();
}

Result<TimeGenerator::Of> read_of(const std::string& text, const Section& section) {
  if (text == "created") {
    return TimeGenerator::Of::Created;
  }
  if (text == "updated") {
    return TimeGenerator::Of::Updated;
  }
  if (text == "now") {
    return TimeGenerator::Of::Now;
  }
  return section.error_at("of", "must be created, updated or now");
}

Result<const Generator*> compile_time(const Value& args, const Site& site,
                                      GeneratorCompiler& compiler) {
  const Value wrapped(Map{{"of", args}});  // "$time: created" for short.
  Section section = TRY(Section::open(args.is_map() ? args : wrapped, site.place));
  const std::string of_name = TRY(section.text("of"));
  const TimeGenerator::Of of = TRY(read_of(of_name, section));
  const std::string format_name = TRY(section.text_or("format", "iso"));
  const std::vector<std::string> plus = TRY(section.texts("plus"));
  TRY(section.finish());
  Bounds plus_us;
  if (!plus.empty()) {
    plus_us.min = TRY(read_duration_us(plus.front(), section));
    plus_us.max = TRY(read_duration_us(plus.back(), section));
  }
  if (plus.size() > 2 || plus_us.max < plus_us.min) {
    return section.error_at("plus", "must be one duration, or a shorter and a longer one");
  }
  for (const NamedFormat& known : kFormats) {
    if (known.name == format_name) {
      return static_cast<const Generator*>(
          compiler.make<TimeGenerator>(site, of, known.format, plus_us));
    }
  }
  return section.error_at("format", fmt::format("no such format: {}", format_name));
}

constexpr std::array<GeneratorKind, 1> kKinds{{{"$time", compile_time}}};

}  // namespace

std::span<const GeneratorKind> time_generators() { return kKinds; }

}  // namespace tendril
