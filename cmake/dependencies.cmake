# Outside libraries. Arrow and DuckDB are not in Debian: a system copy wins, else
# the pinned one that `./dev setup` puts into .deps/.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(CURL REQUIRED)
find_package(fmt REQUIRED)
find_package(simdjson REQUIRED)
# Before all other libraries: libparquet exports a simdjson of its own, of another version, and the
# first one that is loaded serves all callers.
add_link_options(LINKER:--no-as-needed $<TARGET_FILE:simdjson::simdjson>)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(valijson REQUIRED)
find_package(CLI11 REQUIRED)
find_package(date REQUIRED)
find_package(EXPAT REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(ZLIB REQUIRED)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(libzip REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(httplib REQUIRED IMPORTED_TARGET cpp-httplib)
find_package(Protobuf REQUIRED)
pkg_check_modules(grpcpp REQUIRED IMPORTED_TARGET grpc++)
find_program(GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)
find_package(GTest REQUIRED)

set(TENDRIL_DEPS_DIR ${PROJECT_SOURCE_DIR}/.deps CACHE PATH "Where ./dev setup puts Arrow and DuckDB")

# What cmake/install.cmake puts beside the program: no package of the system brings it.
set(TENDRIL_BUNDLED_LIBRARIES)
set(TENDRIL_BUNDLED_LICENCES)

find_package(Arrow CONFIG QUIET)
if(Arrow_FOUND)
  add_library(libarrow INTERFACE)
  target_link_libraries(libarrow INTERFACE Arrow::arrow_shared)
elseif(EXISTS ${TENDRIL_DEPS_DIR}/arrow/lib/libarrow.so)
  add_library(libarrow SHARED IMPORTED GLOBAL)
  set_target_properties(libarrow PROPERTIES
    IMPORTED_LOCATION ${TENDRIL_DEPS_DIR}/arrow/lib/libarrow.so
    INTERFACE_INCLUDE_DIRECTORIES ${TENDRIL_DEPS_DIR}/arrow/include)
  list(APPEND TENDRIL_BUNDLED_LIBRARIES ${TENDRIL_DEPS_DIR}/arrow/lib/libarrow.so)
  list(APPEND TENDRIL_BUNDLED_LICENCES ${TENDRIL_DEPS_DIR}/arrow/LICENSE.txt ${TENDRIL_DEPS_DIR}/arrow/NOTICE.txt)
else()
  message(FATAL_ERROR "Arrow C++ is missing: run ./dev setup, or install it where CMake finds it")
endif()

# Parquet comes with Arrow. Its S3 file system may be part of libarrow, a library of its own, or not
# built at all: then s3:// locations are refused.
find_package(Parquet CONFIG QUIET)
set(TENDRIL_S3 OFF)
if(Arrow_FOUND AND Parquet_FOUND)
  add_library(libparquet INTERFACE)
  target_link_libraries(libparquet INTERFACE Parquet::parquet_shared libarrow)
  set(TENDRIL_S3 ${ARROW_S3})
elseif(NOT Arrow_FOUND AND EXISTS ${TENDRIL_DEPS_DIR}/arrow/lib/libparquet.so)
  add_library(libparquet_file SHARED IMPORTED GLOBAL)
  set_target_properties(libparquet_file PROPERTIES
    IMPORTED_LOCATION ${TENDRIL_DEPS_DIR}/arrow/lib/libparquet.so)
  list(APPEND TENDRIL_BUNDLED_LIBRARIES ${TENDRIL_DEPS_DIR}/arrow/lib/libparquet.so)
  add_library(libparquet INTERFACE)
  target_link_libraries(libparquet INTERFACE libparquet_file libarrow)
  if(EXISTS ${TENDRIL_DEPS_DIR}/arrow/lib/libarrow_s3.so)
    add_library(libarrow_s3 SHARED IMPORTED GLOBAL)
    set_target_properties(libarrow_s3 PROPERTIES
      IMPORTED_LOCATION ${TENDRIL_DEPS_DIR}/arrow/lib/libarrow_s3.so)
    target_link_libraries(libparquet INTERFACE libarrow_s3)
    list(APPEND TENDRIL_BUNDLED_LIBRARIES ${TENDRIL_DEPS_DIR}/arrow/lib/libarrow_s3.so)
    set(TENDRIL_S3 ON)
  endif()
else()
  message(FATAL_ERROR "Parquet C++ is missing: run ./dev setup, or install it with Arrow")
endif()
if(NOT TENDRIL_S3)
  message(STATUS "Arrow has no S3 file system here: s3:// destinations will be refused")
endif()

find_package(DuckDB CONFIG QUIET)
if(DuckDB_FOUND)
  add_library(libduckdb INTERFACE)
  target_link_libraries(libduckdb INTERFACE duckdb)
elseif(EXISTS ${TENDRIL_DEPS_DIR}/duckdb/lib/libduckdb.so)
  add_library(libduckdb SHARED IMPORTED GLOBAL)
  set_target_properties(libduckdb PROPERTIES
    IMPORTED_LOCATION ${TENDRIL_DEPS_DIR}/duckdb/lib/libduckdb.so
    INTERFACE_INCLUDE_DIRECTORIES ${TENDRIL_DEPS_DIR}/duckdb/include)
  list(APPEND TENDRIL_BUNDLED_LIBRARIES ${TENDRIL_DEPS_DIR}/duckdb/lib/libduckdb.so)
  list(APPEND TENDRIL_BUNDLED_LICENCES ${TENDRIL_DEPS_DIR}/duckdb/LICENSE)
else()
  message(FATAL_ERROR "DuckDB is missing: run ./dev setup, or install it where CMake finds it")
endif()
