// Writes the tiny decoder to the folder given: what fuzz_onnx starts from.
#include "test/import/onnx/TinyDecoder.h"

#include <filesystem>
#include <fstream>

int main(int argc, char **argv) {
  if (argc != 2) {
    return 2;
  }
  std::filesystem::create_directories(argv[1]);
  std::ofstream(std::string(argv[1]) + "/tiny.onnx", std::ios::binary)
      << qcc::test::TinyDecoder().model.SerializeAsString();
  return 0;
}
