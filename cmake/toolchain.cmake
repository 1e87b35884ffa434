# What makes builds fast where it is there: ccache and a quick linker. Neither is
# needed, and neither changes what is built.
find_program(TENDRIL_CCACHE ccache)
if(TENDRIL_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${TENDRIL_CCACHE})
endif()

find_program(TENDRIL_MOLD mold)
find_program(TENDRIL_LLD NAMES ld.lld)
if(TENDRIL_MOLD)
  add_link_options(-fuse-ld=mold)
elseif(TENDRIL_LLD)
  add_link_options(-fuse-ld=lld)
endif()
