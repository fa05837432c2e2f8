; Two kernels that do next to nothing, to be packaged by tests.
target triple = "amdgcn-amd-amdhsa"
define amdgpu_kernel void @embed(ptr addrspace(1) %state, ptr addrspace(1) %table) {
  store i32 1, ptr addrspace(1) %table
  ret void
}

define amdgpu_kernel void @project(ptr addrspace(1) %input, ptr addrspace(1) %weight, ptr addrspace(1) %logits) {
  store float 2.0, ptr addrspace(1) %logits
  ret void
}
