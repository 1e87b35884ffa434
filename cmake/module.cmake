# tendril_module(<name> [SOURCES …] [TESTS …] [TEST_DEPS …] [DEPS …] [LIBS …]
#                [PUBLIC_LIBS …] [WHOLE_TEST])
#
# Declares one module: the library tendril_<name> from SOURCES (header-only without
# them) and the test program tendril_<name>_test from TESTS. DEPS names the modules
# it may include, TEST_DEPS those that its tests may include beside; tools/check_layers.py
# reads the same lists. LIBS names outside libraries that stay
# private, PUBLIC_LIBS those whose headers a header of the module includes. WHOLE_TEST: the tests
# share something that is slow to start, so they run as one.
function(tendril_module name)
  cmake_parse_arguments(ARG "WHOLE_TEST" "" "SOURCES;TESTS;TEST_DEPS;DEPS;LIBS;PUBLIC_LIBS" ${ARGN})
  set(library tendril_${name})
  list(TRANSFORM ARG_DEPS PREPEND tendril::)
  list(TRANSFORM ARG_TEST_DEPS PREPEND tendril::)

  if(ARG_SOURCES)
    add_library(${library} STATIC ${ARG_SOURCES})
    target_link_libraries(${library} PUBLIC tendril::options ${ARG_DEPS} ${ARG_PUBLIC_LIBS}
                                     PRIVATE ${ARG_LIBS})
  else()
    add_library(${library} INTERFACE)
    target_link_libraries(${library} INTERFACE tendril::options ${ARG_DEPS} ${ARG_PUBLIC_LIBS}
                                               ${ARG_LIBS})
  endif()
  add_library(tendril::${name} ALIAS ${library})

  if(ARG_TESTS AND BUILD_TESTING)
    add_executable(${library}_test ${ARG_TESTS})
    target_link_libraries(${library}_test PRIVATE tendril::${name} ${ARG_TEST_DEPS} ${ARG_LIBS}
                                                  GTest::gmock GTest::gmock_main)
    target_compile_definitions(${library}_test PRIVATE TENDRIL_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    # UBSan in what is tested, not in the tests themselves: there it costs a third of the time to compile.
    target_compile_options(${library}_test PRIVATE -fno-sanitize=undefined)
    if(ARG_WHOLE_TEST)
      add_test(NAME ${library}_test COMMAND ${library}_test)
      set_tests_properties(${library}_test PROPERTIES TIMEOUT 600 LABELS ${name})
    else()
      gtest_discover_tests(${library}_test NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60
                           PROPERTIES TIMEOUT 300 LABELS ${name})
    endif()
  endif()
endfunction()
