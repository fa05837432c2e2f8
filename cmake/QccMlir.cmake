# MLIR and LLVM 22, linked as shared libraries, and one precompiled header for all that includes them.
find_package(MLIR 22.1 REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/mlir)
list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
include(TableGen)
include(AddLLVM)
include(AddMLIR)

set(LLVM_TABLEGEN_FLAGS ${LLVM_TABLEGEN_FLAGS} -I${CMAKE_SOURCE_DIR} -I${MLIR_INCLUDE_DIRS})

add_library(QccMlir INTERFACE)
target_include_directories(QccMlir SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
target_link_libraries(QccMlir INTERFACE MLIR LLVM)

file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/cmake/MlirHeaders.cpp
     CONTENT "// Carrier of the precompiled header.\n")
add_library(QccMlirHeaders STATIC ${CMAKE_BINARY_DIR}/cmake/MlirHeaders.cpp)
target_link_libraries(QccMlirHeaders PUBLIC QccMlir)
target_precompile_headers(QccMlirHeaders PRIVATE
  <mlir/Dialect/Arith/IR/Arith.h>
  <mlir/Dialect/Func/IR/FuncOps.h>
  <mlir/Dialect/LLVMIR/LLVMDialect.h>
  <mlir/Dialect/SCF/IR/SCF.h>
  <mlir/Dialect/Vector/IR/VectorOps.h>
  <mlir/IR/Builders.h>
  <mlir/IR/BuiltinOps.h>
  <mlir/IR/PatternMatch.h>
  <mlir/Pass/Pass.h>
  <mlir/Transforms/DialectConversion.h>
  <mlir/Transforms/GreedyPatternRewriteDriver.h>)
