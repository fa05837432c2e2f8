// Every load and store of every family: what it moves, where, and what it leaves alone.
#include "test/emulator/isa/Operations.h"

#include <gtest/gtest.h>

namespace qcc::emulator::test {
namespace {

const std::string chips[] = {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"};

/// What the end of a mnemonic says.
struct WidthCase {
  std::vector<const char *> names; // LDS's and each generation's
  unsigned bytes;
  bool isSigned;
  int half; // -1: whole registers; 0, 1: half a register that the other half survives
};

const WidthCase loads[] = {
    {{"ubyte", "u8"}, 1, false, -1},
    {{"sbyte", "i8"}, 1, true, -1},
    {{"ushort", "u16"}, 2, false, -1},
    {{"sshort", "i16"}, 2, true, -1},
    {{"dword", "b32"}, 4, false, -1},
    {{"dwordx2", "b64"}, 8, false, -1},
    {{"dwordx3", "b96"}, 12, false, -1},
    {{"dwordx4", "b128"}, 16, false, -1},
    {{"ubyte_d16", "d16_u8", "u8_d16"}, 1, false, 0},
    {{"ubyte_d16_hi", "d16_hi_u8", "u8_d16_hi"}, 1, false, 1},
    {{"sbyte_d16", "d16_i8", "i8_d16"}, 1, true, 0},
    {{"sbyte_d16_hi", "d16_hi_i8", "i8_d16_hi"}, 1, true, 1},
    {{"short_d16", "d16_b16", "u16_d16"}, 2, false, 0},
    {{"short_d16_hi", "d16_hi_b16", "u16_d16_hi"}, 2, false, 1},
};
const WidthCase stores[] = {
    {{"byte", "b8"}, 1, false, -1},
    {{"short", "b16"}, 2, false, -1},
    {{"dword", "b32"}, 4, false, -1},
    {{"dwordx2", "b64"}, 8, false, -1},
    {{"dwordx3", "b96"}, 12, false, -1},
    {{"dwordx4", "b128"}, 16, false, -1},
    {{"byte_d16_hi", "d16_hi_b8", "b8_d16_hi"}, 1, false, 1},
    {{"short_d16_hi", "d16_hi_b16", "b16_d16_hi"}, 2, false, 1},
};

/// How a family spells an access of `data` at v2 (or where `prepare` puts the address).
struct FamilyCase {
  const char *load, *store; // "global_load_"
  const char *address;      // operands behind the data of a load
  const char *storeFirst;   // operands before the data of a store
  const char *storeLast;    // and behind it
  const char *prepare;
};

constexpr const char *flatAddress = "v_mov_b32 v13, s7\nv_mov_b32 v12, s6\n"
                                    "v_lshlrev_b32 v3, 4, v0\nv_add_u32 v12, v12, v3\n";
constexpr const char *descriptor =
    "s_mov_b32 s8, s6\ns_and_b32 s9, s7, 0xffff\ns_mov_b32 s10, 0x1000\ns_mov_b32 s11, ";

/// The families as `chip` has them. v2 is the lane's offset, 16 bytes apart.
std::vector<FamilyCase> familiesOf(const std::string &chip) {
  const bool later = isWave32(chip);
  static const std::string nineDescriptor = std::string(descriptor) + "0x00027000",
                           laterDescriptor = std::string(descriptor) + "0x31016000",
                           laterFlat = "v_mov_b32 v13, s7\nv_mov_b32 v12, s6\n"
                                       "v_lshlrev_b32 v3, 4, v0\nv_add_nc_u32 v12, v12, v3\n";
  const bool twelve = chip.starts_with("gfx12");
  const char *buffer = twelve ? ", v2, s[8:11], null offen" : ", v2, s[8:11], 0 offen";
  return {
      {later ? "ds_load_" : "ds_read_", later ? "ds_store_" : "ds_write_", ", v2", "v2, ", "", ""},
      {"global_load_", "global_store_", ", v2, s[6:7]", "v2, ", ", s[6:7]", ""},
      {"global_load_", "global_store_", ", v[12:13], off", "v[12:13], ", ", off",
       later ? laterFlat.c_str() : flatAddress},
      {"flat_load_", "flat_store_", ", v[12:13]", "v[12:13], ", "",
       later ? laterFlat.c_str() : flatAddress},
      {"scratch_load_", "scratch_store_", ", v2, off", "v2, ", ", off", "v_mov_b32 v2, 32\n"},
      {"scratch_load_", "scratch_store_", ", off, s8", "off, ", ", s8", "s_mov_b32 s8, 48\n"},
      {"buffer_load_", "buffer_store_", buffer, "", buffer,
       later ? laterDescriptor.c_str() : nineDescriptor.c_str()},
  };
}

std::string registers(unsigned first, unsigned bytes) {
  const unsigned words = (bytes + 3) / 4;
  return words == 1 ? "v" + std::to_string(first)
                    : "v[" + std::to_string(first) + ":" + std::to_string(first + words - 1) + "]";
}

/// A whole lane's 16 bytes, by the family's own widest access.
std::string whole(const FamilyCase &family, const std::string &chip, bool load, unsigned first) {
  const bool lds = std::string(family.load).starts_with("ds_");
  const std::string width = lds || isWave32(chip) ? "b128" : "dwordx4";
  const std::string data = registers(first, 16);
  return load ? family.load + width + " " + data + family.address
              : family.store + width + " " + family.storeFirst + data + family.storeLast;
}

const uint8_t *bytesOf(const uint32_t *in) {
  return reinterpret_cast<const uint8_t *>(in);
}

/// The registers v20 to v23 after a load of the bytes at `offset`, where each was `before`.
void expectLoad(const WidthCase &width, unsigned offset, const uint32_t *in, uint32_t *out) {
  constexpr uint32_t before = 0xa5a5a5a5;
  std::fill_n(out, 4, before);
  uint32_t data[4] = {};
  std::copy_n(bytesOf(in) + offset, width.bytes, reinterpret_cast<uint8_t *>(data));
  if (width.isSigned) {
    data[0] =
        width.bytes == 1 ? uint32_t(int32_t(int8_t(data[0]))) : uint32_t(int32_t(int16_t(data[0])));
  }
  if (width.half < 0) {
    std::copy_n(data, (width.bytes + 3) / 4, out);
  } else {
    out[0] = width.half == 0 ? (before & 0xffff0000) | (data[0] & 0xffff)
                             : (before & 0xffff) | data[0] << 16;
  }
}

/// Where in the lane's 16 bytes an access of this width lies in the test.
unsigned offsetOf(const WidthCase &width) {
  return width.bytes == 1 ? 7 : width.bytes == 2 ? 10 : width.bytes == 16 ? 0 : 16 - width.bytes;
}

template <typename F> unsigned checkAll(std::span<const WidthCase> widths, bool load, F check) {
  unsigned found = 0;
  for (const std::string &chip : chips) {
    for (const FamilyCase &family : familiesOf(chip)) {
      for (const WidthCase &width : widths) {
        for (const char *name : width.names) {
          const std::string mnemonic = std::string(load ? family.load : family.store) + name;
          const std::string data = registers(load ? 20 : 4, width.bytes);
          const std::string access =
              mnemonic + " " +
              (load ? data + family.address : family.storeFirst + data + family.storeLast) +
              " offset:" + std::to_string(offsetOf(width));
          if (!assembles(chip, access)) {
            continue;
          }
          ++found;
          check(chip, family, width, access);
          if (testing::Test::HasFailure()) {
            ADD_FAILURE() << chip << " " << access;
            return found;
          }
        }
      }
    }
  }
  return found;
}

// Enough different bytes; the sign of each half and byte is both.
constexpr uint32_t words[] = {0x80c0e0f0, 0x01234567, 0x7f80ff00, 0xdeadbeef,
                              0x00ff7f81, 0x8000ffff, 0x13579bdf, 0xfedcba98};

std::string prepared(const FamilyCase &family) {
  return std::string("v_lshlrev_b32 v2, 4, v0\n") + family.prepare + "\n";
}

TEST(LoadStore, Loads) {
  const unsigned found =
      checkAll(loads, true,
               [](const std::string &chip, const FamilyCase &family, const WidthCase &width,
                  const std::string &access) {
                 std::string text = prepared(family);
                 for (unsigned n = 20; n < 24; ++n) {
                   text += "v_mov_b32 v" + std::to_string(n) + ", 0xa5a5a5a5\n";
                 }
                 text += whole(family, chip, false, 4) + "\n>" + access;
                 const OperationCase row{text, chip, 4, 4, [&](const uint32_t *in, uint32_t *out) {
                                           expectLoad(width, offsetOf(width), in, out);
                                         }};
                 checkOperations({&row, 1}, words);
               });
  EXPECT_GT(found, 400u);
}

TEST(LoadStore, Stores) {
  const unsigned found = checkAll(
      stores, false,
      [](const std::string &chip, const FamilyCase &family, const WidthCase &width,
         const std::string &access) {
        const std::string text = prepared(family) + whole(family, chip, false, 8) + "\n>" + access +
                                 "\n" + whole(family, chip, true, 20);
        const OperationCase row{text, chip, 8, 4, [&](const uint32_t *in, uint32_t *out) {
                                  std::copy_n(in + 4, 4, out);
                                  std::copy_n(bytesOf(in) + (width.half == 1 ? 2 : 0), width.bytes,
                                              reinterpret_cast<uint8_t *>(out) + offsetOf(width));
                                }};
        checkOperations({&row, 1}, words);
      });
  EXPECT_GT(found, 250u);
}

TEST(LoadStore, LdsPairs) {
  struct Row {
    const char *read, *write, *laterRead, *laterWrite;
    unsigned words, stride;
  };
  const Row rows[] = {{"read2_b32", "write2_b32", "load_2addr_b32", "store_2addr_b32", 1, 1},
                      {"read2_b64", "write2_b64", "load_2addr_b64", "store_2addr_b64", 2, 1},
                      {"read2st64_b32", "write2st64_b32", "load_2addr_stride64_b32",
                       "store_2addr_stride64_b32", 1, 64},
                      {"read2st64_b64", "write2st64_b64", "load_2addr_stride64_b64",
                       "store_2addr_stride64_b64", 2, 64}};
  for (const std::string &chip : chips) {
    const bool later = isWave32(chip);
    for (const Row &row : rows) {
      // Written as a pair, read back as a pair in the other order, and one by one.
      const unsigned unit = row.words * 4 * row.stride;
      const std::string ds = ">ds_", single = later ? "ds_load_b32 " : "ds_read_b32 ";
      const std::string text =
          std::string("v_lshlrev_b32 v2, ") + (row.words == 1 ? "2" : "3") + ", v0\n" + ds +
          (later ? row.laterWrite : row.write) + " v2, " + registers(4, row.words * 4) + ", " +
          registers(6, row.words * 4) + " offset0:" + (row.stride == 1 ? "64" : "1") +
          " offset1:" + (row.stride == 1 ? "128" : "2") + "\n" + ds +
          (later ? row.laterRead : row.read) + " " + registers(20, row.words * 8) +
          ", v2 offset0:" + (row.stride == 1 ? "128" : "2") +
          " offset1:" + (row.stride == 1 ? "64" : "1") + "\n" + single +
          "v24, v2 offset:" + std::to_string(unit * (row.stride == 1 ? 64 : 1)) + "\n" + single +
          "v25, v2 offset:" + std::to_string(unit * (row.stride == 1 ? 128 : 2));
      const OperationCase test{text, chip, 4, 6, [&](const uint32_t *in, uint32_t *out) {
                                 std::copy_n(in + 2, row.words, out);
                                 std::copy_n(in, row.words, out + row.words);
                                 out[4] = in[0];
                                 out[5] = in[2];
                               }};
      checkOperations({&test, 1}, words);
      ASSERT_FALSE(HasFailure()) << chip << " " << row.read;
    }
  }
}

TEST(LoadStore, LaneNumberAddresses) {
  for (const std::string &chip : chips) {
    const bool later = isWave32(chip);
    // M0 and the offset are the base; each lane has the dword of its number.
    const std::string write = later ? ">ds_store_addtid_b32 " : ">ds_write_addtid_b32 ";
    const std::string read = later ? ">ds_load_addtid_b32 " : ">ds_read_addtid_b32 ";
    const std::string check = later ? "ds_load_b32 " : "ds_read_b32 ";
    const OperationCase row{"s_movk_i32 m0, 0x100\n" + write + "v4 offset:16\n" + read +
                                "v20 offset:16\n" + check + "v21, v1 offset:272",
                            chip, 1, 2,
                            [](const uint32_t *in, uint32_t *out) { out[0] = out[1] = in[0]; }};
    checkOperations({&row, 1}, words);
    if (later) {
      const OperationCase global{
          ">global_store_addtid_b32 v4, s[6:7] offset:16\n"
          ">global_load_addtid_b32 v20, s[6:7] offset:16\n"
          "global_load_dword v21, v1, s[6:7] offset:16",
          chip, 1, 4, [](const uint32_t *in, uint32_t *out) { out[0] = out[1] = in[0]; }};
      checkOperations({&global, 1}, words);
    }
  }
}

TEST(LoadStore, Blocks) {
  // M0 chooses registers 0, 2 and 3 of a block.
  for (const std::string family : {"global", "scratch"}) {
    const bool global = family == "global";
    const std::string base = global ? "v2, s[6:7]" : "v2, off";
    const std::string address = global ? "v_lshlrev_b32 v2, 4, v0\n" : "v_mov_b32 v2, 16\n";
    const std::string wholeLoad = family + "_load_b128 v[20:23], " + base;
    const std::string last = global ? ", s[6:7]" : ", off";
    const OperationCase store{address + family + "_store_b128 v2, v[8:11]" + last +
                                  "\ns_movk_i32 m0, 13\n>" + family + "_store_block v2, v[4:35]" +
                                  last + "\n" + wholeLoad,
                              "12", 8, 4, [](const uint32_t *in, uint32_t *out) {
                                out[0] = in[0];
                                out[1] = in[5];
                                out[2] = in[2];
                                out[3] = in[3];
                              }};
    const OperationCase load{address + family + "_store_b128 v2, v[4:7]" + last +
                                 "\ns_movk_i32 m0, 13\nv_mov_b32 v21, 77\n>" + family +
                                 "_load_block v[20:51], " + base,
                             "12", 4, 4, [](const uint32_t *in, uint32_t *out) {
                               std::copy_n(in, 4, out);
                               out[1] = 77;
                             }};
    checkOperations({&store, 1}, words);
    checkOperations({&load, 1}, words);
  }
}

/// Element n of a lane's dwords.
uint32_t element(const std::vector<Lanes> &registers, unsigned lane, unsigned n, unsigned width) {
  uint32_t r = 0;
  for (unsigned bit = n * width; bit < (n + 1) * width; ++bit) {
    r |= (registers[bit / 32][lane] >> (bit % 32) & 1) << (bit - n * width);
  }
  return r;
}

TEST(LoadStore, TransposingLds) {
  struct Row {
    const char *name;
    unsigned width, words;
  };
  const Row rows[] = {{"ds_read_b64_tr_b16", 16, 2},
                      {"ds_read_b64_tr_b8", 8, 2},
                      {"ds_read_b64_tr_b4", 4, 2},
                      {"ds_read_b96_tr_b6", 6, 3}};
  std::vector<Lanes> inputs(3);
  uint32_t random = 99;
  for (Lanes &lanes : inputs) {
    for (unsigned n = 0; n < 64; ++n) {
      lanes.push_back(random = random * 1664525 + 1013904223);
    }
  }
  for (const Row &row : rows) {
    const std::string words = registers(4, row.words * 4), out = registers(20, row.words * 4);
    const auto got = runVector(
        "gfx950", {"v_lshlrev_b32 v2, 4, v0\nds_write_b" + std::to_string(row.words * 32) +
                       " v2, " + words + " offset:64\n>" + row.name + " " + out + ", v2 offset:64",
                   inputs, row.words});
    // A matrix of 16 columns, row after row over 16 lanes; lane n gets column n.
    const unsigned elements = row.words * 32 / row.width;
    for (unsigned lane = 0; lane < 64; ++lane) {
      for (unsigned k = 0; k < elements; ++k) {
        const unsigned place = k * 16 + lane % 16; // in the matrix
        ASSERT_EQ(element(got, lane, k, row.width),
                  element(inputs, lane / 16 * 16 + place / elements, place % elements, row.width))
            << row.name << " lane " << lane << " element " << k;
      }
    }
  }
}

} // namespace
} // namespace qcc::emulator::test
