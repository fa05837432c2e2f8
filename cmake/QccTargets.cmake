# One line a room: functions that make a library, a dialect, a pass library, a program or a test.

# qcc_library(<name> SOURCES ... [LINK ...]): a static library of one room.
function(qcc_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
endfunction()

# qcc_program(<name> SOURCES ... [LINK ...]): a program in build/bin.
function(qcc_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
endfunction()

# qcc_unit_test(<name> SOURCES ... [LINK ...] [SHARDS n]): a GoogleTest program in build/bin/tests, run by
# ctest; a long one as n tests <name>_1, <name>_2, ... that run side by side.
function(qcc_unit_test name)
  cmake_parse_arguments(ARG "" "SHARDS" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin/tests)
  target_compile_definitions(${name} PRIVATE
    QCC_SOURCE_DIR="${CMAKE_SOURCE_DIR}" QCC_BUILD_DIR="${CMAKE_BINARY_DIR}")
  if(NOT ARG_SHARDS)
    add_test(NAME ${name} COMMAND ${name})
    return()
  endif()
  foreach(shard RANGE 1 ${ARG_SHARDS})
    math(EXPR index "${shard} - 1")
    add_test(NAME ${name}_${shard} COMMAND ${name})
    set_tests_properties(${name}_${shard} PROPERTIES
      ENVIRONMENT "GTEST_TOTAL_SHARDS=${ARG_SHARDS};GTEST_SHARD_INDEX=${index}")
  endforeach()
endfunction()

# qcc_dialect(<Name> <namespace> SOURCES ... [LINK ...]): a dialect from <Name>.td in this folder (dialect,
# types, attributes, enums and ops), its generated files in the same folder of the build, and its library.
function(qcc_dialect name namespace)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  set(LLVM_TARGET_DEFINITIONS ${name}.td)
  mlir_tablegen(${name}Dialect.h.inc -gen-dialect-decls -dialect=${namespace})
  mlir_tablegen(${name}Dialect.cpp.inc -gen-dialect-defs -dialect=${namespace})
  mlir_tablegen(${name}Enums.h.inc -gen-enum-decls)
  mlir_tablegen(${name}Enums.cpp.inc -gen-enum-defs)
  mlir_tablegen(${name}Attributes.h.inc -gen-attrdef-decls -attrdefs-dialect=${namespace})
  mlir_tablegen(${name}Attributes.cpp.inc -gen-attrdef-defs -attrdefs-dialect=${namespace})
  mlir_tablegen(${name}Types.h.inc -gen-typedef-decls -typedefs-dialect=${namespace})
  mlir_tablegen(${name}Types.cpp.inc -gen-typedef-defs -typedefs-dialect=${namespace})
  mlir_tablegen(${name}Ops.h.inc -gen-op-decls -dialect=${namespace})
  mlir_tablegen(${name}Ops.cpp.inc -gen-op-defs -dialect=${namespace})
  set(LLVM_TARGET_DEFINITIONS ${name}.td)
  mlir_tablegen(${name}.md -gen-dialect-doc -dialect=${namespace})
  add_public_tablegen_target(Qcc${name}Generated)
  set_property(GLOBAL APPEND PROPERTY QCC_GENERATED Qcc${name}Generated)
  set_property(GLOBAL APPEND PROPERTY QCC_GENERATED_DOCS ${CMAKE_CURRENT_BINARY_DIR}/${name}.md)
  qcc_library(Qcc${name} SOURCES ${ARG_SOURCES} LINK QccMlir ${ARG_LINK})
  target_precompile_headers(Qcc${name} REUSE_FROM QccMlirHeaders)
  qcc_depend_on_generated(Qcc${name})
endfunction()

# qcc_passes(<Name> <room> SOURCES ... [LINK ...]): a pass library from Passes.td in this folder.
function(qcc_passes name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  set(LLVM_TARGET_DEFINITIONS Passes.td)
  mlir_tablegen(Passes.h.inc -gen-pass-decls -name=${name})
  mlir_tablegen(Passes.md -gen-pass-doc)
  add_public_tablegen_target(Qcc${name}PassesGenerated)
  set_property(GLOBAL APPEND PROPERTY QCC_GENERATED Qcc${name}PassesGenerated)
  set_property(GLOBAL APPEND PROPERTY QCC_GENERATED_DOCS ${CMAKE_CURRENT_BINARY_DIR}/Passes.md)
  qcc_compiler_library(Qcc${name}Passes SOURCES ${ARG_SOURCES} LINK ${ARG_LINK})
endfunction()

# qcc_compiler_library(<name> SOURCES ... [LINK ...]): a library that uses MLIR and the project's dialects.
function(qcc_compiler_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  qcc_library(${name} SOURCES ${ARG_SOURCES} LINK QccMlir ${ARG_LINK})
  target_precompile_headers(${name} REUSE_FROM QccMlirHeaders)
  qcc_depend_on_generated(${name})
endfunction()

# Every generated header known so far is made before `target` compiles.
function(qcc_depend_on_generated target)
  get_property(generated GLOBAL PROPERTY QCC_GENERATED)
  add_dependencies(${target} ${generated})
endfunction()

# qcc_fuzz_test(<name> SEEDS <writer> OPTIONS ...): sanitizes the program <name> as a libFuzzer target and runs it by
# ctest, bounded by OPTIONS and from one seed, on the corpus that the program <writer> writes first.
function(qcc_fuzz_test name)
  cmake_parse_arguments(ARG "" "SEEDS" "OPTIONS" ${ARGN})
  target_compile_options(${name} PRIVATE
    -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer,address,undefined)
  set_target_properties(${ARG_SEEDS} ${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin/tests)
  set(corpus ${CMAKE_CURRENT_BINARY_DIR}/${name}-seeds)
  add_test(NAME ${ARG_SEEDS} COMMAND ${ARG_SEEDS} ${corpus})
  add_test(NAME ${name} COMMAND ${name} -seed=1 ${ARG_OPTIONS} -verbosity=0
           -artifact_prefix=${CMAKE_CURRENT_BINARY_DIR}/ ${corpus})
  set_tests_properties(${ARG_SEEDS} PROPERTIES FIXTURES_SETUP ${name}_seeds)
  set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED ${name}_seeds)
endfunction()
