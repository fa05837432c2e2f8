// A tokenizer of 32 tokens for tests: 0 "<unk>", 1 "<s>", 2 to 27 the letters a to z, 28 to 30
// space, full stop and newline, 31 "</s>".
#pragma once

#include <cstdint>
#include <vector>

namespace qcc::test {

/// The content of its `.qcc.tokenizer` section, with a chat template: "u<user>a<assistant>".
std::vector<uint8_t> alphabetTokenizer();

} // namespace qcc::test
