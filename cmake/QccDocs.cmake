# The target `docs`: what mlir-tblgen writes of dialects and passes, as build/docs/<room>.md with an index.
# Included last, when every room has said what it generates.
get_property(pages GLOBAL PROPERTY QCC_GENERATED_DOCS)
get_property(generated GLOBAL PROPERTY QCC_GENERATED)
set(docs ${CMAKE_BINARY_DIR}/docs)
set(index "# qcc: dialects and passes\n\nWritten by the build target `docs` from the .td files.\n\n")
set(copies "")
foreach(page ${pages})
  cmake_path(GET page PARENT_PATH room)
  cmake_path(RELATIVE_PATH room BASE_DIRECTORY ${CMAKE_BINARY_DIR})
  string(REPLACE "/" "-" name ${room}) # passes/clean/Passes.md is passes-clean.md
  add_custom_command(OUTPUT ${docs}/${name}.md DEPENDS ${page}
    COMMAND ${CMAKE_COMMAND} -E copy ${page} ${docs}/${name}.md)
  list(APPEND copies ${docs}/${name}.md)
  string(APPEND index "* [${room}](${name}.md)\n")
endforeach()
file(CONFIGURE OUTPUT ${docs}/README.md CONTENT "${index}")
add_custom_target(docs DEPENDS ${copies})
add_dependencies(docs ${generated})

# Builds the pages and looks for every pass and every dialect in them.
if(QCC_BUILD_TESTS)
  add_test(NAME docs
    COMMAND ${CMAKE_COMMAND} -DBUILD=${CMAKE_BINARY_DIR} -DSOURCE=${CMAKE_SOURCE_DIR}
            -P ${CMAKE_SOURCE_DIR}/test/docs-test.cmake)
endif()
