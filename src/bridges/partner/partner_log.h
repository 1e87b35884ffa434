// PartnerLog: log lines as the host of a partner's server reads them: JSON on stdout, with the
// levels INFO, WARNING and SEVERE.
// Source: the partner SDK's development guide, section on logging.
#pragma once

#include <string>
#include <string_view>

#include "core/secret.h"

namespace tendril {

// Which of them says it: sdk_connector or sdk_destination on the wire.
enum class PartnerRole { Source, Destination };

// Threads: safe to share.
class PartnerLog {
 public:
  // `redactor` must outlive it.
  PartnerLog(PartnerRole role, const Redactor& redactor) : role_(role), redactor_(redactor) {}

  void info(std::string_view message) const { write("INFO", message); }
  void warning(std::string_view message) const { write("WARNING", message); }
  void severe(std::string_view message) const { write("SEVERE", message); }

  // The line for a message, with its end.
  std::string line(std::string_view level, std::string_view message) const;

 private:
  void write(std::string_view level, std::string_view message) const;

  const PartnerRole role_;
  const Redactor& redactor_;
};

}  // namespace tendril
