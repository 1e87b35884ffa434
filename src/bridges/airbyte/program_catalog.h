// ProgramCatalog: the streams of a program that speaks the Airbyte protocol, as it describes them.
// Source: Airbyte protocol 0.3.2, AirbyteCatalog and ConfiguredAirbyteCatalog.
#pragma once

#include "connector/catalog.h"
#include "connector/source.h"
#include "core/result.h"
#include "data/value.h"

namespace tendril {

// Threads: immutable.
class ProgramCatalog {
 public:
  // `catalog` is the content of a CATALOG message.
  // Errors: BadData naming the stream; Unsupported for keys that are nested in objects.
  static Result<ProgramCatalog> parse(Value catalog);

  const Catalog& catalog() const { return catalog_; }

  // The configured catalog that asks for one stream. REQUIRES: catalog() has it.
  Value configured(const StreamRequest& request) const;

 private:
  Value described_;  // As the program said it.
  Catalog catalog_;
};

}  // namespace tendril
