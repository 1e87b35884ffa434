// The process of a connector: carries out one order of the program that started it.
//
// Descriptors come in the environment: TENDRIL_ORDERS_FD, to read orders from, one JSON object a
// line; TENDRIL_FRAMES_FD, to write frames to. The first order is {"do", "project",
// "configuration", "state", "ordered"}. "update" sends the schema and waits for the line "go"
// before it runs update(); "schema" sends it and ends; "form" and "test" answer with one text;
// "describe" answers with what the tests of the form say, null without a form, and sends the schema
// unless one failed.
#pragma once

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>

#include <cxxabi.h>
#include <unistd.h>

#include "connector_class.h"
#include "frames.h"
#include "sync.h"

namespace tendril::sdk {

using ConnectorMaker = std::unique_ptr<Connector> (*)();

class OrderLines {
 public:
  explicit OrderLines(int descriptor) : descriptor_(descriptor) {}

  // The next line; empty when there is none.
  std::string next() {
    for (;;) {
      const std::size_t end = waiting_.find('\n');
      if (end != waiting_.npos) {
        const std::string line = waiting_.substr(0, end);
        waiting_.erase(0, end + 1);
        return line;
      }
      char bytes[4096];
      const ssize_t count = ::read(descriptor_, bytes, sizeof bytes);
      if (count == 0 || (count < 0 && errno != EINTR)) {
        return {};
      }
      waiting_.append(bytes, count > 0 ? static_cast<std::size_t>(count) : 0);
    }
  }

 private:
  const int descriptor_;
  std::string waiting_;
};

// "std::out_of_range: map::at"; what the kit throws speaks for itself.
inline std::string failure_text(const std::exception& fault) {
  if (dynamic_cast<const ConnectorError*>(&fault) != nullptr) {
    return fault.what();
  }
  int status = 0;
  char* const name = abi::__cxa_demangle(typeid(fault).name(), nullptr, nullptr, &status);
  std::string type = name != nullptr ? name : typeid(fault).name();
  std::free(name);
  // What std::throw_with_nested() throws is derived from what it was given.
  const std::string_view nested = "std::_Nested_exception<";
  if (type.starts_with(nested) && type.ends_with('>')) {
    type = type.substr(nested.size(), type.size() - nested.size() - 1);
  }
  return type + ": " + fault.what();
}

// What is nested in an exception, a line each.
inline std::string causes_of(const std::exception& fault) {
  try {
    std::rethrow_if_nested(fault);
  } catch (const std::exception& cause) {
    const std::string rest = causes_of(cause);
    return "caused by " + failure_text(cause) + (rest.empty() ? "" : "\n" + rest);
  } catch (...) {
    return "caused by something that is no std::exception";
  }
  return {};
}

// Returns whether all tests of the form, if there is one, are passed.
inline bool describe(const Form& form, const Configuration& configuration, FrameWriter& frames) {
  const bool has_form = !form.fields.empty() || !form.tests.empty();
  const Json told = has_form ? outcomes(form, configuration) : Json();
  frames.add(FrameKind::Answer, told.text());
  const Json::Array* const tests = told.as_array();
  return tests == nullptr || std::all_of(tests->begin(), tests->end(), [](const Json& test) {
           return test.value_or("succeeded", false);
         });
}

inline void carry_out(ConnectorMaker make, OrderLines& orders, FrameWriter& frames) {
  const Json order = Json::parse(orders.next());
  const std::string verb = order.value_or("do", "");
  const Json* const settings = order.find("configuration");
  const Configuration configuration(settings == nullptr ? Json::object() : *settings);
  const std::unique_ptr<Connector> connector = make();
  if (verb == "form" || verb == "test") {
    const Form form = connector->form();
    if (form.fields.empty() && form.tests.empty()) {
      throw ConnectorError("the connector has no configuration form: override form()");
    }
    frames.add(FrameKind::Answer,
               (verb == "form" ? described(form) : outcomes(form, configuration)).text());
    return;
  }
  if (verb != "update" && verb != "schema" && verb != "describe") {
    throw ConnectorError("there is no order " + verb + ": build the connector again");
  }
  if (verb == "describe" && !describe(connector->form(), configuration, frames)) {
    return;
  }
  const std::vector<Table> tables = connector->schema(configuration);
  frames.add(FrameKind::Schema, schema_text(tables));
  frames.send();
  if (verb != "update" || orders.next() != "go") {
    return;
  }
  Sync sync(frames, tables, order.value_or("ordered", false));
  const Json* const state = order.find("state");
  connector->update(configuration, state == nullptr ? Json::object() : *state, sync);
  sync.finish();
}

// Runs the connector that `make` makes for the orders of one descriptor. Returns the status to exit
// with.
inline int run_connector(ConnectorMaker make, int orders_descriptor, int frames_descriptor) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  std::signal(SIGPIPE, SIG_IGN);  // NOLINT: a program that is gone is told of by SyncEnded.
  FrameWriter frames(frames_descriptor);
  OrderLines orders(orders_descriptor);
  Json failure;
  try {
    frames.add(FrameKind::Hello,
               Json{{"protocol", kProtocol}, {"kit", std::string("C++ ") + kKitVersion}}.text());
    frames.send();
    carry_out(make, orders, frames);
  } catch (const std::exception& fault) {
    failure = Json{{"message", failure_text(fault)}, {"trace", causes_of(fault)}};
  } catch (...) {
    failure =
        Json{{"message", "the connector threw something that is no std::exception"}, {"trace", ""}};
  }
  try {
    frames.add(failure.is_null() ? FrameKind::Done : FrameKind::Failure,
               failure.is_null() ? "{}" : failure.text());
    frames.send();
  } catch (const ConnectorError&) {
    return 1;  // The program is gone, or this is a process that the connector forked.
  }
  frames.close();
  return failure.is_null() ? 0 : 1;
}

// The descriptor that a variable names; -1 when there is none.
inline int descriptor_of(const char* name) {
  const char* const text = std::getenv(name);
  int descriptor = -1;
  if (text != nullptr) {
    const std::string_view digits(text);
    std::from_chars(digits.data(), digits.data() + digits.size(), descriptor);
  }
  return descriptor;
}

// main() of a connector that is a program.
inline int connector_main(ConnectorMaker make, int argc, char** argv) {
  const int orders = descriptor_of("TENDRIL_ORDERS_FD");
  const int frames = descriptor_of("TENDRIL_FRAMES_FD");
  if (orders < 0 || frames < 0) {
    std::fprintf(stderr,
                 "this is a connector for Tendril (kit %s, protocol %d); run it with:\n"
                 "  tendril debug %s\n",
                 kKitVersion, kProtocol, argc > 0 ? argv[0] : "PROGRAM");
    return 2;
  }
  ::unsetenv("TENDRIL_ORDERS_FD");
  ::unsetenv("TENDRIL_FRAMES_FD");
  return run_connector(make, orders, frames);
}

}  // namespace tendril::sdk
