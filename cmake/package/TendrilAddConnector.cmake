# tendril_add_connector(<name> SOURCES <file>... [SHARED])
#
# Builds a connector: a program, or with SHARED a library <name>.so. `tendril debug` runs either.
function(tendril_add_connector name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "SHARED" "" "SOURCES")
  if(NOT ARG_SOURCES OR ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "tendril_add_connector(<name> SOURCES <file>... [SHARED]): ${name}: "
                        "${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(ARG_SHARED)
    add_library(${name} MODULE ${ARG_SOURCES})
    set_target_properties(${name} PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden
                                             VISIBILITY_INLINES_HIDDEN ON)
  else()
    add_executable(${name} ${ARG_SOURCES})
  endif()
  target_link_libraries(${name} PRIVATE Tendril::connector)
endfunction()
