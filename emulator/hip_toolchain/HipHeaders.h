// What the headers of HIP 5.2 expect of the compiler and clang 22 no longer has. hip.cfg includes
// it ahead of every HIP program.
#pragma once

// Chips from gfx10 on run HIP in waves of 32; whoever compiles with -mwavefrontsize64 defines the
// macro as 64.
#ifndef __AMDGCN_WAVEFRONT_SIZE
#if !defined(__AMDGCN__) || defined(__GFX9__)
#define __AMDGCN_WAVEFRONT_SIZE 64
#else
#define __AMDGCN_WAVEFRONT_SIZE 32
#endif
#endif

#if defined(__HIP__)
using QccHalf2 = _Float16 __attribute__((ext_vector_type(2)));

/// Behind hrcp.
__attribute__((device)) inline _Float16 __llvm_amdgcn_rcp_f16(_Float16 x) {
#if defined(__AMDGCN__)
  return __builtin_amdgcn_rcph(x);
#else
  return _Float16(1) / x;
#endif
}

/// Behind h2rcp, which the headers declare for the host as well.
__attribute__((host, device)) inline QccHalf2 __llvm_amdgcn_rcp_2f16(QccHalf2 x) {
#if defined(__AMDGCN__)
  return QccHalf2{_Float16(__builtin_amdgcn_rcph(x.x)), _Float16(__builtin_amdgcn_rcph(x.y))};
#else
  return QccHalf2{_Float16(1) / x.x, _Float16(1) / x.y};
#endif
}
#endif
