#include "connector/catalog.h"

namespace tendril {

const StreamInfo* Catalog::find(std::string_view stream) const {
  for (const StreamInfo& info : streams) {
    if (info.schema.name == stream) {
      return &info;
    }
  }
  return nullptr;
}

}  // namespace tendril
