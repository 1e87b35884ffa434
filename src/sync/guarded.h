// guarded: runs code of a source or destination and turns an exception that it lets escape into
// an Error, so that one faulty connector ends its stream and not the program.
#pragma once

#include <exception>
#include <new>
#include <string>
#include <string_view>

#include "core/error.h"

namespace tendril {

// Returns what `call` returns, a Result. `action` says in the gerund what the call does.
template <class Call>
auto guarded(std::string_view action, Call&& call) -> decltype(call()) {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return Error{.code = ErrorCode::System,
                 .message = std::string(action) + ": memory is exhausted"};
  } catch (const std::exception& exception) {
    return Error{.code = ErrorCode::Internal,
                 .message = std::string(action) + ": unexpected exception: " + exception.what()};
  }
}

}  // namespace tendril
