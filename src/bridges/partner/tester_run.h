// A run of the destination tester: carries out what an input file orders at a destination that is
// served, in order, and looks afterwards whether it shows.
//
// Operations on rows are collected in one call per table, as hosts of the protocol do, until
// something else comes for the table or a key comes again: a key is in a call once.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "bridges/partner/batch_file.h"
#include "core/clock.h"
#include "core/result.h"

namespace tendril {

struct TesterOptions {
  std::string address;  // HOST:PORT
  std::string input_file;
  std::string configuration_file = {};
  std::string schema = "tester";
  std::optional<BatchFileFormat> format = std::nullopt;  // Else what the server says it reads.
  bool plain_text = false;  // Files are neither compressed nor encrypted.
};

// Takes one line for each thing that was done.
using TesterReport = std::function<Status(std::string_view line)>;

// Errors: the first thing that failed, naming the operation: what the server answered, or what
// shows that it did not do what it said; InvalidConfig for the input.
Status run_tester(const TesterOptions& options, Clock& clock, const TesterReport& report,
                  std::stop_token stop);

}  // namespace tendril
