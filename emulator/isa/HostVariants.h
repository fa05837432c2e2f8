// Marks a function whose loops are worth a version for each vector unit that the host may have;
// which one runs is settled when the program starts.
#pragma once

#ifdef __x86_64__
#define QCC_HOST_VARIANTS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define QCC_HOST_VARIANTS
#endif
