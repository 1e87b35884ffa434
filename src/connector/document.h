// Documents: rows that are whole records as JSON text, in one column, for programs that take
// records rather than tables. What the record held is all there, in the order and the spelling in
// which the source received it; columns know neither absent members nor fields that do not fit
// their type.
#pragma once

#include <string_view>

#include "data/batch_builder.h"
#include "data/schema.h"
#include "data/value.h"

namespace tendril {

// The name of the only column.
inline constexpr std::string_view kDocumentColumn = "_tendril_document";

// The schema of batches of documents, of the stream that `stream` describes.
TableSchema document_schema(const TableSchema& stream);

// Appends a record as one row. Members that are null are left out, as in the records of the
// reference implementation of manifests; those further down are kept.
// REQUIRES: `rows` holds documents.
void add_document(BatchBuilder& rows, const Map& record);

// True for what document_schema() returns.
bool holds_documents(const TableSchema& schema);

}  // namespace tendril
