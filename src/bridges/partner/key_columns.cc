#include "bridges/partner/key_columns.h"

#include "core/check.h"

namespace tendril {

std::string column_list(const SqlSession& session, const std::vector<std::string>& names,
                        std::string_view prefix) {
  std::string list;
  for (const std::string& name : names) {
    list += list.empty() ? "" : ", ";
    list += prefix;
    list += session.column(name);
  }
  return list;
}

std::string same_keys(const SqlSession& session, const std::vector<std::string>& key,
                      std::string_view left, std::string_view right) {
  CHECK(!key.empty());
  std::string condition;
  for (const std::string& name : key) {
    condition += condition.empty() ? "" : " AND ";
    condition += session.same_key(std::string(left) + "." + session.column(name),
                                  std::string(right) + "." + session.column(name));
  }
  return condition;
}

std::string shown(const SqlTableName& name) { return name.schema + "." + name.table; }

}  // namespace tendril
