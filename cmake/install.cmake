# cmake --install BUILD --prefix PREFIX: the program and all that it looks for beside itself, so that the
# prefix can be anywhere and be moved; and the kit for connectors in C++, which find_package(Tendril) finds.
include(CMakePackageConfigHelpers)
find_program(TENDRIL_DPKG dpkg-query)
set(package_folder lib/cmake/Tendril)

set_target_properties(tendril PROPERTIES INSTALL_RPATH "$ORIGIN/../lib")
install(TARGETS tendril EXPORT TendrilTargets RUNTIME DESTINATION bin)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION share/doc/tendril)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/connectors DESTINATION share/tendril)
install(DIRECTORY ${CMAKE_BINARY_DIR}/python DESTINATION share/tendril
        FILES_MATCHING PATTERN "*.py" PATTERN "*.so" PATTERN __pycache__ EXCLUDE PATTERN CMakeFiles EXCLUDE)

# How to deploy connections; the workflow that uses these is in deploy/github-actions.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/deploy/scripts/ DESTINATION share/tendril/deploy USE_SOURCE_PERMISSIONS)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/deploy/github-actions DESTINATION share/tendril/deploy)

# Libraries that no package of the system brings go with the program, with their licences.
foreach(library IN LISTS TENDRIL_BUNDLED_LIBRARIES)
  file(REAL_PATH ${library} library)
  install(FILES ${library} DESTINATION lib)
endforeach()
foreach(licence IN LISTS TENDRIL_BUNDLED_LICENCES)
  cmake_path(GET licence PARENT_PATH folder)
  cmake_path(GET folder FILENAME name)
  install(FILES ${licence} DESTINATION share/doc/tendril/${name})
endforeach()

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/tendril DESTINATION include FILES_MATCHING PATTERN "*.h")
install(TARGETS tendril_connector_kit EXPORT TendrilTargets)
install(EXPORT TendrilTargets NAMESPACE Tendril:: DESTINATION ${package_folder})
configure_package_config_file(cmake/package/TendrilConfig.cmake.in ${CMAKE_BINARY_DIR}/package/TendrilConfig.cmake
                              INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/package/TendrilConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/package/TendrilConfig.cmake ${CMAKE_BINARY_DIR}/package/TendrilConfigVersion.cmake
              ${PROJECT_SOURCE_DIR}/cmake/package/TendrilAddConnector.cmake
        DESTINATION ${package_folder})

# On Debian and its kin: the packages that have the other libraries.
if(TENDRIL_DPKG)
  install(CODE "
    set(root \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}\")
    execute_process(COMMAND ${PROJECT_SOURCE_DIR}/tools/runtime_packages.sh \"\${root}/bin/tendril\"
                    OUTPUT_FILE \"\${root}/share/tendril/debian-packages\" COMMAND_ERROR_IS_FATAL ANY)")
endif()
