; Kernels of the emulator's tests, compiled for every chip: arguments, hidden arguments, variables.
target triple = "amdgcn-amd-amdhsa"

@table = addrspace(1) externally_initialized global [4 x i32] [i32 1, i32 2, i32 3, i32 4], align 16
@table_pointer = addrspace(1) externally_initialized global ptr addrspace(1) getelementptr inbounds ([4 x i32], ptr addrspace(1) @table, i64 0, i64 2), align 8
@tile = internal addrspace(3) global [64 x i32] poison, align 4

declare i32 @llvm.amdgcn.workitem.id.x()
declare i32 @llvm.amdgcn.workgroup.id.x()
declare ptr addrspace(4) @llvm.amdgcn.implicitarg.ptr()
declare void @llvm.amdgcn.s.barrier()

; out[i] = in[i] * factor for i below n
define amdgpu_kernel void @scale(ptr addrspace(1) %out, ptr addrspace(1) %in, float %factor, i32 %n) #0 {
  %item = call i32 @llvm.amdgcn.workitem.id.x()
  %group = call i32 @llvm.amdgcn.workgroup.id.x()
  %base = mul i32 %group, 64
  %i = add i32 %base, %item
  %inside = icmp slt i32 %i, %n
  br i1 %inside, label %work, label %done
work:
  %index = zext i32 %i to i64
  %from = getelementptr float, ptr addrspace(1) %in, i64 %index
  %value = load float, ptr addrspace(1) %from, align 4
  %scaled = fmul float %value, %factor
  %to = getelementptr float, ptr addrspace(1) %out, i64 %index
  store float %scaled, ptr addrspace(1) %to, align 4
  br label %done
done:
  ret void
}

; out[0] = block count x, out[1] = group size x; the code object version decides where they are
define amdgpu_kernel void @sizes(ptr addrspace(1) %out) #0 {
  %hidden = call ptr addrspace(4) @llvm.amdgcn.implicitarg.ptr()
  %count = load i32, ptr addrspace(4) %hidden, align 4
  %sizes = getelementptr i8, ptr addrspace(4) %hidden, i64 12
  %size = load i16, ptr addrspace(4) %sizes, align 4
  %wide = zext i16 %size to i32
  store i32 %count, ptr addrspace(1) %out, align 4
  %second = getelementptr i32, ptr addrspace(1) %out, i64 1
  store i32 %wide, ptr addrspace(1) %second, align 4
  ret void
}

; out[item] = in[63 - item], through LDS
define amdgpu_kernel void @reverse(ptr addrspace(1) %out, ptr addrspace(1) %in) #0 {
  %item = call i32 @llvm.amdgcn.workitem.id.x()
  %index = zext i32 %item to i64
  %from = getelementptr i32, ptr addrspace(1) %in, i64 %index
  %value = load i32, ptr addrspace(1) %from, align 4
  %slot = getelementptr [64 x i32], ptr addrspace(3) @tile, i32 0, i32 %item
  store i32 %value, ptr addrspace(3) %slot, align 4
  fence syncscope("workgroup") release
  call void @llvm.amdgcn.s.barrier()
  fence syncscope("workgroup") acquire
  %opposite = sub i32 63, %item
  %other = getelementptr [64 x i32], ptr addrspace(3) @tile, i32 0, i32 %opposite
  %reversed = load i32, ptr addrspace(3) %other, align 4
  %to = getelementptr i32, ptr addrspace(1) %out, i64 %index
  store i32 %reversed, ptr addrspace(1) %to, align 4
  ret void
}

; out[0] = *table_pointer: needs the relocation of the pointer
define amdgpu_kernel void @follow(ptr addrspace(1) %out) #0 {
  %pointer = load ptr addrspace(1), ptr addrspace(1) @table_pointer, align 8
  %value = load i32, ptr addrspace(1) %pointer, align 4
  store i32 %value, ptr addrspace(1) %out, align 4
  ret void
}

; never ends
define amdgpu_kernel void @endless() #0 {
  br label %again
again:
  br label %again
}

attributes #0 = { "amdgpu-flat-work-group-size"="1,256" }
