#include "emulator/isa/memory/Transfers.h"

namespace qcc::emulator::isa {

std::optional<Transfer> parseTransfer(std::string_view suffix) {
  struct Row {
    const char *name;
    Transfer transfer;
  };
  // Columns: bytes, dwords, sign extension, d16, d16_hi.
  static constexpr Row rows[] = {
      {"dword", {4, 1, false, false, false}},     {"dwordx2", {8, 2, false, false, false}},
      {"dwordx3", {12, 3, false, false, false}},  {"dwordx4", {16, 4, false, false, false}},
      {"b32", {4, 1, false, false, false}},       {"b64", {8, 2, false, false, false}},
      {"b96", {12, 3, false, false, false}},      {"b128", {16, 4, false, false, false}},
      {"ubyte", {1, 1, false, false, false}},     {"sbyte", {1, 1, true, false, false}},
      {"byte", {1, 1, false, false, false}},      {"ushort", {2, 1, false, false, false}},
      {"sshort", {2, 1, true, false, false}},     {"short", {2, 1, false, false, false}},
      {"u8", {1, 1, false, false, false}},        {"i8", {1, 1, true, false, false}},
      {"b8", {1, 1, false, false, false}},        {"u16", {2, 1, false, false, false}},
      {"i16", {2, 1, true, false, false}},        {"b16", {2, 1, false, false, false}},
      {"ubyte_d16", {1, 1, false, true, false}},  {"ubyte_d16_hi", {1, 1, false, true, true}},
      {"sbyte_d16", {1, 1, true, true, false}},   {"sbyte_d16_hi", {1, 1, true, true, true}},
      {"short_d16", {2, 1, false, true, false}},  {"short_d16_hi", {2, 1, false, true, true}},
      {"byte_d16_hi", {1, 1, false, true, true}}, {"d16_u8", {1, 1, false, true, false}},
      {"d16_hi_u8", {1, 1, false, true, true}},   {"d16_i8", {1, 1, true, true, false}},
      {"d16_hi_i8", {1, 1, true, true, true}},    {"d16_b16", {2, 1, false, true, false}},
      {"d16_hi_b16", {2, 1, false, true, true}},  {"d16_hi_b8", {1, 1, false, true, true}},
      {"u8_d16", {1, 1, false, true, false}},     {"u8_d16_hi", {1, 1, false, true, true}},
      {"i8_d16", {1, 1, true, true, false}},      {"i8_d16_hi", {1, 1, true, true, true}},
      {"u16_d16", {2, 1, false, true, false}},    {"u16_d16_hi", {2, 1, false, true, true}},
      {"b8_d16_hi", {1, 1, false, true, true}},   {"b16_d16_hi", {2, 1, false, true, true}},
  };
  for (const Row &row : rows) {
    if (suffix == row.name) {
      return row.transfer;
    }
  }
  return std::nullopt;
}

} // namespace qcc::emulator::isa
