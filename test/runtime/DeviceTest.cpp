// Finding HIP libraries and devices, and the sentences where there are none.
#include "test/runtime/support/FakeDriver.h"

#include <cstdlib>
#include <gmock/gmock.h>

using namespace qcc;
using namespace qcc::runtime;
using qcc::test::FakeDriver;
using testing::HasSubstr;

TEST(Device, ReadsTheChipInBothPropertyLayouts) {
  for (const char *library : {FAKE_HIP_5, FAKE_HIP_6}) {
    FakeDriver driver(library);
    DeviceInfo info = driver.open()->info();
    EXPECT_EQ(info.chip, "gfx942") << library;
    EXPECT_EQ(info.description, "hip:0 gfx942 Fake Instinct");
    EXPECT_EQ(info.memoryBytes, size_t(1) << 30);
    EXPECT_FALSE(info.emulated);
  }
}

TEST(Device, SaysWhyALibraryDoesNotLoad) {
  Status status = Device::open({"hip:0", "", "/nonexistent/libamdhip64.so"}).status();
  EXPECT_EQ(status.code, StatusCode::NoDevice);
  EXPECT_THAT(status.message, HasSubstr("/nonexistent/libamdhip64.so: cannot open"));
}

TEST(Device, SaysWhichFunctionALibraryLacks) {
  Status status = Device::open({"auto", "", "libc.so.6"}).status();
  EXPECT_EQ(status.code, StatusCode::NoDevice);
  EXPECT_THAT(status.message, HasSubstr("libc.so.6 has no function hipInit"));
}

TEST(Device, SaysThatALibraryFindsNoGpu) {
  FakeDriver driver(FAKE_HIP_6);
  driver.controls().device_count = 0;
  Status status = Device::open({"hip:0", "", FAKE_HIP_6}).status();
  EXPECT_EQ(status.code, StatusCode::NoDevice);
  EXPECT_THAT(status.message, HasSubstr("finds no AMD GPU"));
}

TEST(Device, SaysThatThereAreFewerDevices) {
  FakeDriver driver(FAKE_HIP_6);
  Status status = Device::open({"hip:3", "", FAKE_HIP_6}).status();
  EXPECT_EQ(status.code, StatusCode::NoDevice);
  EXPECT_THAT(status.message, HasSubstr("no device hip:3"));
}

TEST(Device, RefusesOtherNames) {
  for (const char *name : {"", "cuda", "hip:", "hip:x", "hip:-1", "hip:0x"}) {
    EXPECT_EQ(Device::open({name, "", ""}).status().code, StatusCode::InvalidArgument) << name;
  }
}

TEST(Device, EnvironmentNamesALibrary) {
  FakeDriver driver(FAKE_HIP_6);
  setenv("QCC_HIP_LIBRARY", FAKE_HIP_6, 1);
  auto device = Device::open({"auto", "gfx942", ""});
  unsetenv("QCC_HIP_LIBRARY");
  ASSERT_TRUE(device.ok()) << device.status().message;
  EXPECT_EQ((*device)->info().id, "hip:0");
}

TEST(Device, AutoRefusesGpusOfOtherChips) {
  FakeDriver driver(FAKE_HIP_6);
  Status status = Device::open({"auto", "gfx1100", FAKE_HIP_6}).status();
  EXPECT_EQ(status.code, StatusCode::WrongDevice);
  EXPECT_THAT(status.message, HasSubstr("no gfx1100 here, only gfx942"));
}

TEST(Device, AGpuIsNoOtherChip) {
  FakeDriver driver(FAKE_HIP_6);
  auto device = driver.open();
  EXPECT_TRUE(device->prepareFor("gfx942").ok());
  Status status = device->prepareFor("gfx90a");
  EXPECT_EQ(status.code, StatusCode::WrongDevice);
  EXPECT_THAT(status.message, HasSubstr("--target gfx942"));
}

TEST(Device, TheEmulatedOneBecomesAnyChip) {
  FakeDriver driver(FAKE_HIP_EMULATED);
  auto device = driver.open("emulated");
  EXPECT_EQ(device->info().description, "emulated");
  ASSERT_TRUE(device->prepareFor("gfx1100").ok());
  EXPECT_EQ(device->info().description, "emulated gfx1100");
  Status status = device->prepareFor("voodoo2");
  EXPECT_EQ(status.code, StatusCode::DeviceFailure);
  EXPECT_THAT(status.message, HasSubstr("explains itself"));
}

TEST(Device, TheEmulatedOneIsFoundBesideTheProgram) {
  auto device = Device::open({"emulated", "", ""});
  ASSERT_TRUE(device.ok()) << device.status().message;
  EXPECT_EQ((*device)->info().id, "emulated");
}

TEST(Device, AutoTakesTheEmulatedOneWhereThereIsNoGpu) {
  if (Device::open({"hip:0", "", ""}).ok()) {
    GTEST_SKIP() << "this machine has an AMD GPU";
  }
  auto device = Device::open({"auto", "gfx942", ""});
  ASSERT_TRUE(device.ok()) << device.status().message;
  EXPECT_TRUE((*device)->info().emulated);
}

TEST(Device, WhoWantsAGpuGetsNoOther) {
  if (Device::open({"hip:0", "", ""}).ok()) {
    GTEST_SKIP() << "this machine has an AMD GPU";
  }
  DeviceRequest request;
  request.gpuOnly = true;
  request.otherwise = "do without";
  Status status = Device::open(request).status();
  EXPECT_EQ(status.code, StatusCode::NoDevice);
  EXPECT_THAT(status.message, testing::EndsWith(", or do without."));
}

TEST(Device, ADriverIsNotTheEmulatedOne) {
  EXPECT_EQ(Device::open({"emulated", "", FAKE_HIP_6}).status().code, StatusCode::NoDevice);
}

TEST(Device, ListsWhatALibraryHas) {
  FakeDriver driver(FAKE_HIP_6);
  driver.controls().device_count = 2;
  std::vector<DeviceInfo> devices = Device::list(FAKE_HIP_6);
  ASSERT_GE(devices.size(), 2u);
  EXPECT_EQ(devices[0].id, "hip:0");
  EXPECT_EQ(devices[1].id, "hip:1");
}
