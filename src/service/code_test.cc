#include "service/internal/code.h"

#include <gtest/gtest.h>

#include <set>

namespace proviso::service {
namespace {

// Gives the same bytes again and again.
class CountingRandom final : public Random {
 public:
  void Fill(std::span<std::uint8_t> bytes) override {
    for (std::uint8_t& byte : bytes) byte = next_++;
  }

 private:
  std::uint8_t next_ = 0;
};

TEST(Code, IsFiveGroupsOfCharactersThatAreNotMistakenForEachOther) {
  CountingRandom random;
  EXPECT_EQ(NewCode(random), "01234-56789-ABCDE-FGHJK-MNPQR");
  SystemRandom system;
  std::set<std::string> codes;
  for (int i = 0; i < 1000; ++i) {
    const std::string code = NewCode(system);
    ASSERT_EQ(code.size(), 29U);
    EXPECT_EQ(code.find_first_of("ILOU"), std::string::npos) << code;
    codes.insert(code);
  }
  EXPECT_EQ(codes.size(), 1000U);
}

TEST(Code, IsReadAsPeopleTypeIt) {
  const std::string hash = HashOfCode("01234-56789-ABCDE-FGHJK-MNPQR").value();
  for (const char* typed : {"0123456789ABCDEFGHJKMNPQR", "01234 56789 abcde fghjk mnpqr\n",
                            "o1234-56789-ABCDE-FGHJK-MNPQR", "0I234-56789-ABCDE-FGHJK-MNPQR",
                            "0l234-56789-ABCDE-FGHJK-MNPQR"}) {
    const auto read = HashOfCode(typed);
    ASSERT_TRUE(read) << typed;
    EXPECT_EQ(*read, hash) << typed;
  }
  EXPECT_NE(HashOfCode("01234-56789-ABCDE-FGHJK-MNPQS").value(), hash);
}

TEST(Code, RefusesWhatCannotBeOneWithoutRepeatingIt) {
  for (const std::string& typed :
       {std::string(), std::string("01234"), std::string("01234-56789-ABCDE-FGHJK-MNPQRS"),
        std::string("01234-56789-ABCDE-FGHJK-MNPQ!"), std::string(1'000'000, '7')}) {
    const auto read = HashOfCode(typed);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ(read.error().message().find("01234"), std::string::npos);
  }
}

}  // namespace
}  // namespace proviso::service
