// A connector for Tendril in one file: a class that says what tables there are and sends their
// rows, and TENDRIL_CONNECTOR(ThatClass). Needs nothing but C++20 and POSIX.
//
//   #include <tendril/connector.h>
//   using namespace tendril::sdk;
//
//   class Greetings : public Connector {
//     std::vector<Table> schema(const Configuration&) override {
//       return {{"greetings", {"id"}, {{"said_at", Type::UtcDatetime}}}};
//     }
//     void update(const Configuration& configuration, const State& state, Sync& sync) override {
//       const std::int64_t id = state.value_or("next_id", 1);
//       sync.upsert("greetings", {{"id", id}, {"text", configuration.value_or("text", "Hello")}});
//       sync.checkpoint({{"next_id", id + 1}});
//     }
//   };
//   TENDRIL_CONNECTOR(Greetings)
//
// It is built as a program, or as a shared library with TENDRIL_CONNECTOR_LIBRARY defined; `tendril
// debug` runs either. See docs/how-to/write-a-connector-in-cpp.md.
#pragma once

#include <memory>

#include "sdk/program.h"

#define TENDRIL_CONNECTOR_MAKER_(Class)                                        \
  static std::unique_ptr<::tendril::sdk::Connector> tendril_make_connector() { \
    return std::make_unique<Class>();                                          \
  }

#ifdef TENDRIL_CONNECTOR_LIBRARY
// The names by which the program finds a connector in a library; all else stays within it.
#define TENDRIL_CONNECTOR(Class)                                                            \
  TENDRIL_CONNECTOR_MAKER_(Class)                                                           \
  extern "C" __attribute__((visibility("default"))) int tendril_connector_protocol() {      \
    return ::tendril::sdk::kProtocol;                                                       \
  }                                                                                         \
  extern "C" __attribute__((visibility("default"))) const char* tendril_connector_kit() {   \
    return ::tendril::sdk::kKitVersion;                                                     \
  }                                                                                         \
  extern "C" __attribute__((visibility("default"))) int tendril_connector_run(int orders,   \
                                                                              int frames) { \
    return ::tendril::sdk::run_connector(tendril_make_connector, orders, frames);           \
  }
#else
#define TENDRIL_CONNECTOR(Class)                                               \
  TENDRIL_CONNECTOR_MAKER_(Class)                                              \
  int main(int argc, char** argv) {                                            \
    return ::tendril::sdk::connector_main(tendril_make_connector, argc, argv); \
  }
#endif
