// Device code that clang compiles for every chip at -O0 and -O3; CompiledTest.cpp says what each
// kernel must compute.
typedef unsigned u32;
typedef _Float16 half;
typedef half half4 __attribute__((ext_vector_type(4)));

#define GLOBAL __attribute__((address_space(1)))
#define LDS __attribute__((address_space(3)))
#define KERNEL extern "C" __attribute__((amdgpu_kernel, amdgpu_flat_work_group_size(1, 256))) void

__attribute__((loader_uninitialized)) static LDS float tile[256];

static inline u32 item() {
  return __builtin_amdgcn_workitem_id_x();
}
static inline u32 group() {
  return __builtin_amdgcn_workgroup_id_x();
}
static inline u32 global() {
  return group() * 256 + item();
}
static inline void barrier() {
  __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");
  __builtin_amdgcn_s_barrier();
  __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");
}

KERNEL reduce(GLOBAL const float *in, GLOBAL float *out, u32 n) {
  tile[item()] = global() < n ? in[global()] : 0.0f;
  barrier();
  for (u32 s = 128; s > 0; s >>= 1) {
    if (item() < s) {
      tile[item()] += tile[item() + s];
    }
    barrier();
  }
  if (item() == 0) {
    out[group()] = tile[0];
  }
}

KERNEL divide(GLOBAL const int *a, GLOBAL const int *b, GLOBAL int *q, GLOBAL float *f,
              GLOBAL double *d) {
  const u32 i = global();
  q[i] = a[i] / b[i] + (a[i] % b[i]) * 1000;
  f[i] = (float)a[i] / (float)b[i];
  d[i] = (double)a[i] / (double)b[i];
}

KERNEL halves(GLOBAL const half4 *a, GLOBAL const half4 *b, GLOBAL half4 *c, GLOBAL float *dot) {
  const u32 i = global();
  const half4 x = a[i], y = b[i];
  c[i] = x * y;
  float s = 0;
  for (int k = 0; k < 4; k++) {
    s += (float)x[k] * (float)y[k];
  }
  dot[i] = s;
}

KERNEL histogram(GLOBAL const unsigned char *in, GLOBAL u32 *bins, u32 n) {
  for (u32 i = global(); i < n; i += 1024) {
    __atomic_fetch_add(&bins[in[i]], 1u, __ATOMIC_RELAXED);
  }
}

KERNEL scratch(GLOBAL const u32 *in, GLOBAL u32 *out) {
  u32 a[32];
  const u32 v = in[global()];
  for (u32 k = 0; k < 32; k++) {
    a[k] = v * k + k;
  }
  u32 s = 0;
  for (u32 k = 0; k < 32; k++) {
    s = s * 3 + a[(v + k * 7) & 31];
    a[(s >> 3) & 31] ^= s;
  }
  out[global()] = s + a[v & 31];
}

__attribute__((noinline)) static u32 fibonacci(u32 n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}
KERNEL recurse(GLOBAL u32 *out) {
  out[item()] = fibonacci(item() & 7);
}

KERNEL shuffle(GLOBAL const u32 *in, GLOBAL u32 *out) {
  const u32 v = in[item()];
  u32 s = v;
  for (u32 m = 1; m < 32; m <<= 1) {
    s += (u32)__builtin_amdgcn_ds_bpermute((int)((item() ^ m) & 63) * 4, (int)s);
  }
  const u32 shifted = (u32)__builtin_amdgcn_update_dpp(7, (int)v, 0x111, 0xf, 0xf, false);
  out[item()] = s + (u32)__builtin_amdgcn_readfirstlane((int)v) * 1000 + (shifted << 20);
}

KERNEL grid_barrier(GLOBAL u32 *count, GLOBAL u32 *out, u32 groups) {
  if (item() == 0) {
    __atomic_fetch_add(count, 1u, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(count, __ATOMIC_SEQ_CST) < groups) {
      __builtin_amdgcn_s_sleep(1);
    }
  }
  barrier();
  out[group() * 64 + item()] = *count;
}

KERNEL long_math(GLOBAL const long *a, GLOBAL const long *b, GLOBAL long *o) {
  const u32 i = global();
  o[i] =
      a[i] * b[i] + (a[i] >> (b[i] & 63)) - (a[i] < b[i] ? a[i] / (b[i] | 1) : b[i] % (a[i] | 1));
}

KERNEL narrow(GLOBAL const signed char *a, GLOBAL const unsigned short *b, GLOBAL signed char *o,
              GLOBAL unsigned short *h) {
  const u32 i = global();
  o[i] = (signed char)(a[i] + b[i]);
  h[i] = (unsigned short)(b[i] * a[i]);
}
