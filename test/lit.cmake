# Tests on IR: one ctest entry, `lit`, for all .mlir and .test files under test/.
if(QCC_BUILD_COMPILER)
  configure_file(lit.site.cfg.py.in ${CMAKE_CURRENT_BINARY_DIR}/lit.site.cfg.py @ONLY)
  find_program(QCC_LIT NAMES lit-22 lit llvm-lit lit.py
               HINTS ${LLVM_TOOLS_BINARY_DIR}/../build/utils/lit REQUIRED)
  add_test(NAME lit COMMAND ${QCC_LIT} -sv ${CMAKE_CURRENT_BINARY_DIR})
endif()
