#include "emulator/isa/memory/AtomicOps.h"

#include <bit>
#include <cmath>
#include <string>
#include <unordered_map>

namespace qcc::emulator::isa {

namespace {

template <typename T> using Word = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
template <typename T> T as(uint64_t v) {
  return std::bit_cast<T>(static_cast<Word<T>>(v));
}
template <typename T> uint64_t bits(T v) {
  return std::bit_cast<Word<T>>(v);
}

/// An operation of type T from a lambda over (old, operand).
template <typename T, auto F> uint64_t apply(uint64_t old, uint64_t operand, uint64_t) {
  return bits<T>(static_cast<T>(F(as<T>(old), as<T>(operand))));
}
template <typename T> uint64_t compareSwap(uint64_t old, uint64_t operand, uint64_t compare) {
  return as<T>(old) == as<T>(compare) ? operand : old;
}
/// DS_MSKOR: the bits of `operand` give way to those of the second data operand.
template <typename T> uint64_t maskOr(uint64_t old, uint64_t operand, uint64_t second) {
  return static_cast<T>((old & ~operand) | second);
}
/// DS_WRAP: takes `operand` away while that goes, else adds the second data operand.
uint64_t wrap(uint64_t old, uint64_t operand, uint64_t second) {
  return static_cast<uint32_t>(old >= operand ? old - operand : old + second);
}
/// DS_CONDXCHG32: each dword whose operand has the top bit set takes the operand's other bits.
uint64_t exchangeMarked(uint64_t old, uint64_t operand, uint64_t) {
  uint64_t r = old;
  for (unsigned shift = 0; shift < 64; shift += 32) {
    const uint64_t field = uint64_t(UINT32_MAX) << shift, mark = uint64_t(1) << (31 + shift);
    r = (operand & mark) != 0 ? (r & ~field) | (operand & field & ~mark) : r;
  }
  return r;
}
template <typename T, auto F> uint64_t halves(uint64_t old, uint64_t operand, uint64_t) {
  uint32_t lo = F(static_cast<uint16_t>(old), static_cast<uint16_t>(operand));
  uint32_t hi = F(static_cast<uint16_t>(old >> 16), static_cast<uint16_t>(operand >> 16));
  return lo | hi << 16;
}

template <typename T> T quieted(T v) {
  return v != v ? v + v : v; // an addition takes the signalling bit off
}

constexpr auto add = [](auto a, auto b) { return a + b; };
constexpr auto sub = [](auto a, auto b) { return a - b; };
constexpr auto reverseSub = [](auto a, auto b) { return b - a; };
constexpr auto subClamp = [](auto a, auto b) { return a < b ? 0 : a - b; };
constexpr auto subIfLarger = [](auto a, auto b) { return a < b ? a : a - b; };
constexpr auto least = [](auto a, auto b) { return b < a ? b : a; };
constexpr auto most = [](auto a, auto b) { return b > a ? b : a; };
/// A number beats a NaN, and -0 is less than +0.
constexpr auto leastNumber = [](auto a, auto b) {
  const bool less = b < a || (a == b && std::signbit(b));
  return a != a ? quieted(b) : b != b ? a : less ? b : a;
};
constexpr auto mostNumber = [](auto a, auto b) {
  const bool more = b > a || (a == b && !std::signbit(b));
  return a != a ? quieted(b) : b != b ? a : more ? b : a;
};
constexpr auto both = [](auto a, auto b) { return a & b; };
constexpr auto either = [](auto a, auto b) { return a | b; };
constexpr auto exclusive = [](auto a, auto b) { return a ^ b; };
constexpr auto swap = [](auto, auto b) { return b; };
constexpr auto increment = [](auto a, auto limit) { return a >= limit ? 0 : a + 1; };
constexpr auto decrement = [](auto a, auto limit) { return a == 0 || a > limit ? limit : a - 1; };

uint16_t addHalf(uint16_t a, uint16_t b) {
  float sum = static_cast<float>(std::bit_cast<_Float16>(a)) +
              static_cast<float>(std::bit_cast<_Float16>(b));
  return std::bit_cast<uint16_t>(static_cast<_Float16>(sum));
}
uint16_t addBf16(uint16_t a, uint16_t b) {
  float sum = std::bit_cast<float>(uint32_t(a) << 16) + std::bit_cast<float>(uint32_t(b) << 16);
  uint32_t u = std::bit_cast<uint32_t>(sum);
  return static_cast<uint16_t>(sum != sum ? (u >> 16) | 0x40
                                          : (u + 0x7fff + ((u >> 16) & 1)) >> 16);
}

using u32 = uint32_t;
using u64 = uint64_t;
using i32 = int32_t;
using i64 = int64_t;

// Spellings: "add" and "add_x2" (gfx9 global), "add_u32" (LDS; gfx11 global), and so on.
constexpr AtomicRow rows[] = {
    {"swap", 4, false, apply<u32, swap>},
    {"swap_x2", 8, false, apply<u64, swap>},
    {"swap_b32", 4, false, apply<u32, swap>},
    {"swap_b64", 8, false, apply<u64, swap>},
    {"cmpswap", 4, true, compareSwap<u32>},
    {"cmpswap_x2", 8, true, compareSwap<u64>},
    {"cmpswap_b32", 4, true, compareSwap<u32>},
    {"cmpswap_b64", 8, true, compareSwap<u64>},
    {"add", 4, false, apply<u32, add>},
    {"add_x2", 8, false, apply<u64, add>},
    {"add_u32", 4, false, apply<u32, add>},
    {"add_u64", 8, false, apply<u64, add>},
    {"sub", 4, false, apply<u32, sub>},
    {"sub_x2", 8, false, apply<u64, sub>},
    {"sub_u32", 4, false, apply<u32, sub>},
    {"sub_u64", 8, false, apply<u64, sub>},
    {"rsub_u32", 4, false, apply<u32, reverseSub>},
    {"rsub_u64", 8, false, apply<u64, reverseSub>},
    {"csub", 4, false, apply<u32, subClamp>},
    {"csub_u32", 4, false, apply<u32, subClamp>},
    {"sub_clamp_u32", 4, false, apply<u32, subClamp>},
    {"cond_sub_u32", 4, false, apply<u32, subIfLarger>},
    {"smin", 4, false, apply<i32, least>},
    {"smin_x2", 8, false, apply<i64, least>},
    {"min_i32", 4, false, apply<i32, least>},
    {"min_i64", 8, false, apply<i64, least>},
    {"umin", 4, false, apply<u32, least>},
    {"umin_x2", 8, false, apply<u64, least>},
    {"min_u32", 4, false, apply<u32, least>},
    {"min_u64", 8, false, apply<u64, least>},
    {"smax", 4, false, apply<i32, most>},
    {"smax_x2", 8, false, apply<i64, most>},
    {"max_i32", 4, false, apply<i32, most>},
    {"max_i64", 8, false, apply<i64, most>},
    {"umax", 4, false, apply<u32, most>},
    {"umax_x2", 8, false, apply<u64, most>},
    {"max_u32", 4, false, apply<u32, most>},
    {"max_u64", 8, false, apply<u64, most>},
    {"and", 4, false, apply<u32, both>},
    {"and_x2", 8, false, apply<u64, both>},
    {"and_b32", 4, false, apply<u32, both>},
    {"and_b64", 8, false, apply<u64, both>},
    {"or", 4, false, apply<u32, either>},
    {"or_x2", 8, false, apply<u64, either>},
    {"or_b32", 4, false, apply<u32, either>},
    {"or_b64", 8, false, apply<u64, either>},
    {"xor", 4, false, apply<u32, exclusive>},
    {"xor_x2", 8, false, apply<u64, exclusive>},
    {"xor_b32", 4, false, apply<u32, exclusive>},
    {"xor_b64", 8, false, apply<u64, exclusive>},
    {"inc", 4, false, apply<u32, increment>},
    {"inc_x2", 8, false, apply<u64, increment>},
    {"inc_u32", 4, false, apply<u32, increment>},
    {"inc_u64", 8, false, apply<u64, increment>},
    {"dec", 4, false, apply<u32, decrement>},
    {"dec_x2", 8, false, apply<u64, decrement>},
    {"dec_u32", 4, false, apply<u32, decrement>},
    {"dec_u64", 8, false, apply<u64, decrement>},
    {"add_f32", 4, false, apply<float, add>},
    {"add_f64", 8, false, apply<double, add>},
    {"min_f32", 4, false, apply<float, least>},
    {"max_f32", 4, false, apply<float, most>},
    {"min_num_f32", 4, false, apply<float, leastNumber>},
    {"max_num_f32", 4, false, apply<float, mostNumber>},
    {"min_num_f64", 8, false, apply<double, leastNumber>},
    {"max_num_f64", 8, false, apply<double, mostNumber>},
    {"min_f64", 8, false, apply<double, least>},
    {"max_f64", 8, false, apply<double, most>},
    {"pk_add_f16", 4, false, halves<u32, addHalf>},
    {"pk_add_bf16", 4, false, halves<u32, addBf16>},
    {"wrxchg_b32", 4, false, apply<u32, swap>},
    {"wrxchg_b64", 8, false, apply<u64, swap>},
    {"storexchg_b32", 4, false, apply<u32, swap>},
    {"storexchg_b64", 8, false, apply<u64, swap>},
    {"mskor_b32", 4, true, maskOr<u32>},
    {"mskor_b64", 8, true, maskOr<u64>},
    {"wrap_b32", 4, true, wrap},
    {"condxchg32_b64", 8, false, exchangeMarked},
    {"cmpswap_f32", 4, true, compareSwap<float>},
    {"cmpst_b32", 4, true, compareSwap<u32>},
    {"cmpst_b64", 8, true, compareSwap<u64>},
    {"cmpstore_b32", 4, true, compareSwap<u32>},
    {"cmpstore_b64", 8, true, compareSwap<u64>},
    {"cmpst_f32", 4, true, compareSwap<float>},
    {"cmpst_f64", 8, true, compareSwap<double>},
    {"cmpstore_f32", 4, true, compareSwap<float>},
    {"cmpstore_f64", 8, true, compareSwap<double>},
};

template <typename T>
uint64_t exchange(const AtomicRow &row, uint8_t *p, uint64_t operand, uint64_t compare) {
  T *word = reinterpret_cast<T *>(p);
  T old = __atomic_load_n(word, __ATOMIC_SEQ_CST);
  while (!__atomic_compare_exchange_n(word, &old, static_cast<T>(row.apply(old, operand, compare)),
                                      false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
  }
  return old;
}

} // namespace

const AtomicRow *findAtomic(std::string_view name) {
  static const auto index = [] {
    std::unordered_map<std::string_view, const AtomicRow *> map;
    for (const AtomicRow &row : rows) {
      map.emplace(row.name, &row);
    }
    return map;
  }();
  auto found = index.find(name);
  return found == index.end() ? nullptr : found->second;
}

uint64_t applyAtomic(const AtomicRow &row, uint8_t *p, uint64_t operand, uint64_t compare) {
  return row.bytes == 8 ? exchange<uint64_t>(row, p, operand, compare)
                        : exchange<uint32_t>(row, p, operand, compare);
}

} // namespace qcc::emulator::isa
