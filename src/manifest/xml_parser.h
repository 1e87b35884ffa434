// Reads an XML document as a tree: attributes as "@name", text as "#text" beside them and as the
// value itself where there is nothing else, elements of one name as a list. Names keep their
// prefixes. Documents that declare entities are refused; nothing outside is ever fetched.
// Source: manifest component "XmlDecoder", whose trees are those of Python's xmltodict.
#pragma once

#include <memory>

#include "manifest/body_parser.h"

namespace tendril {

// The encoding is the one that the document names, or UTF-8.
std::unique_ptr<BodyParser> xml_parser(ElementSink& sink, const DecodeLimits& limits);

}  // namespace tendril
