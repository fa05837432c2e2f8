// Turns a lambda over scalar operands, `[](Wave &w, uint32_t a, uint32_t b) { ... }`, into a
// handler and its table row. A result goes to the destination, a bool to SCC.
#pragma once

#include "emulator/isa/Wave.h"

#include <bit>
#include <type_traits>
#include <utility>

namespace qcc::emulator::isa::scalar {

using u16 = uint16_t;
using i16 = int16_t;
using u32 = uint32_t;
using i32 = int32_t;
using u64 = uint64_t;
using i64 = int64_t;

/// The destination's previous value as a source that the text does not repeat.
template <typename T> struct Old {
  T v;
};
/// A half precision value as the float that equals it.
struct Half {
  float f;
};

struct ScalarRow {
  const char *name;
  Handler handler;
  bool hasResult;
  bool readsOld;      // the first source is the destination
  bool firstIsResult; // s_cmpk, s_bitcmp: no destination operand in the text
  uint8_t sources;
  Type source[3];
};

template <typename T> struct Operation;

template <typename T> struct Access {
  static constexpr Type type = sizeof(T) == 8 ? Type::B64 : sizeof(T) == 2 ? Type::B16 : Type::B32;
  static T get(const Wave &w, const Operand &o) {
    return static_cast<T>(sizeof(T) == 8 ? read64(w, o) : read32(w, o));
  }
  static void set(Wave &w, const Operand &o, T v) {
    if constexpr (sizeof(T) == 8) {
      w.setPair(o.index, static_cast<u64>(v));
    } else {
      w.s[o.index] = static_cast<u32>(v);
    }
  }
};
template <> struct Access<float> {
  static constexpr Type type = Type::F32;
  static float get(const Wave &w, const Operand &o) { return std::bit_cast<float>(read32(w, o)); }
  static void set(Wave &w, const Operand &o, float v) { w.s[o.index] = std::bit_cast<u32>(v); }
};
template <> struct Access<Half> {
  static constexpr Type type = Type::F16;
  static Half get(const Wave &w, const Operand &o) {
    return {static_cast<float>(std::bit_cast<_Float16>(static_cast<u16>(read32(w, o))))};
  }
  static void set(Wave &w, const Operand &o, Half v) {
    w.s[o.index] = std::bit_cast<u16>(static_cast<_Float16>(v.f));
  }
};
template <typename T> struct IsOld : std::false_type {};
template <typename T> struct IsOld<Old<T>> : std::true_type {};
template <typename T> struct Access<Old<T>> {
  static constexpr Type type = Access<T>::type;
  static Old<T> get(const Wave &w, const Operand &o) { return {Access<T>::get(w, o)}; }
};

template <typename C, typename R, typename... A> struct Operation<R (C::*)(Wave &, A...) const> {
  template <auto F, size_t... N>
  static void apply(Wave &w, const Instruction &i, std::index_sequence<N...>) {
    if constexpr (std::is_void_v<R>) {
      F(w, Access<A>::get(w, i.src[N])...);
    } else if constexpr (std::is_same_v<R, bool>) {
      w.scc = F(w, Access<A>::get(w, i.src[N])...);
    } else {
      Access<R>::set(w, i.dst, F(w, Access<A>::get(w, i.src[N])...));
    }
  }
  template <auto F> static void run(Wave &w, const Instruction &i) {
    apply<F>(w, i, std::index_sequence_for<A...>{});
  }
  template <auto F> static constexpr ScalarRow row(const char *name) {
    ScalarRow r{};
    r.name = name;
    r.handler = run<F>;
    r.hasResult = !std::is_void_v<R> && !std::is_same_v<R, bool>;
    r.readsOld = (IsOld<A>::value || ... || false);
    ((r.source[r.sources++] = Access<A>::type), ...);
    return r;
  }
};

template <auto F> constexpr ScalarRow row(const char *name) {
  return Operation<decltype(&decltype(F)::operator())>::template row<F>(name);
}

/// Row from an expression that may use the wave as `w`.
#define QCC_SCALAR(NAME, PARAMETERS, ...) row<[] PARAMETERS { return __VA_ARGS__; }>(NAME)

struct ScalarRows {
  const ScalarRow *rows;
  size_t count;
};
ScalarRows integerRows();
ScalarRows bitRows();
ScalarRows maskRows();
ScalarRows floatRows();

/// Remembers in SCC whether the result is not zero, and gives it on.
template <typename T> inline T notZero(Wave &w, T v) {
  w.scc = v != 0;
  return v;
}

} // namespace qcc::emulator::isa::scalar
