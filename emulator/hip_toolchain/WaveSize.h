// HIP 5.2's headers read the wave size from a macro that clang 22 no longer defines. Chips from
// gfx10 on run HIP in waves of 32, unless -mwavefrontsize64 asks for 64, which this macro has to be told.
#pragma once

#ifndef __AMDGCN_WAVEFRONT_SIZE
#if !defined(__AMDGCN__) || defined(__GFX9__)
#define __AMDGCN_WAVEFRONT_SIZE 64
#else
#define __AMDGCN_WAVEFRONT_SIZE 32
#endif
#endif
