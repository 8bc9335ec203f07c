#include "records/source.h"

namespace proviso::records {
namespace {

TEST(SourceClass, HasTheNamesOfTheEvidenceClasses) {
  for (const SourceClass cls : {SourceClass::kBilling, SourceClass::kContract}) {
    const auto parsed = ParseSourceClass(SourceClassName(cls));
    ASSERT_TRUE(parsed) << parsed.error().message();
    EXPECT_EQ(*parsed, cls);
  }
  EXPECT_EQ(SourceClassName(SourceClass::kBilling), "billing");
  EXPECT_EQ(SourceClassName(SourceClass::kContract), "contract");
}

TEST(SourceClass, RefusesContentAndWhatIsNoClass) {
  struct Case {
    std::string text;
    ErrorCode code;
    std::string message;
  };
  const std::vector<Case> cases = {
      {"content", ErrorCode::kPermissionDenied,
       "customer content is never read, so no source may hold it; expected `billing` or "
       "`contract`"},
      {"customer-content", ErrorCode::kPermissionDenied, "customer content is never read"},
      {"customer_content", ErrorCode::kPermissionDenied, "customer content is never read"},
      {"correspondence", ErrorCode::kUnimplemented,
       "this version does not read correspondence; expected `billing` or `contract`"},
      {"contracts", ErrorCode::kInvalidArgument,
       "`contracts` is no class of sources; did you mean `contract`?"},
      {"Billing", ErrorCode::kInvalidArgument, "did you mean `billing`?"},
      {"usage", ErrorCode::kInvalidArgument, "`usage` is no class of sources; expected one of"},
      {"", ErrorCode::kInvalidArgument, "`` is no class of sources"},
      {"a\nb", ErrorCode::kInvalidArgument, "found 3 other bytes"},
      {std::string(63, 'x') + "\xc3\xa9", ErrorCode::kInvalidArgument, "found 65 other bytes"},
  };
  for (const Case& c : cases) {
    const auto parsed = ParseSourceClass(c.text);
    ASSERT_FALSE(parsed) << c.text;
    EXPECT_EQ(parsed.error().code(), c.code) << c.text;
    EXPECT_NE(parsed.error().message().find(c.message), std::string::npos)
        << c.text << ": " << parsed.error().message();
  }
}

Source Good() {
  Source source;
  source.id = "contract-register";
  source.cls = SourceClass::kContract;
  source.owner = "legal department";
  source.purpose = "which agreements are in force";
  return source;
}

TEST(Source, TakesNamesAndOneLineTexts) {
  EXPECT_TRUE(CheckSource(Good()));
  Source source = Good();
  source.id = "0" + std::string(62, '-');
  source.owner = std::string(500, 'x');
  source.purpose = "Zweck: Prüfung";
  const Status checked = CheckSource(source);
  EXPECT_TRUE(checked) << checked.error().message();
}

TEST(Source, RefusesOtherNamesAndTexts) {
  const std::vector<std::string> ids = {"",    "-a",  "A",        "a b", "a_b",
                                        "a.b", "a/b", "\xc3\xa9", "a\n", std::string(64, 'a')};
  for (const std::string& id : ids) {
    Source source = Good();
    source.id = id;
    const Status checked = CheckSource(source);
    ASSERT_FALSE(checked) << id;
    EXPECT_EQ(checked.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(checked.error().message().find("the id of a source"), std::string::npos);
  }
  const std::vector<std::string> texts = {
      "", "   ", "a\nb", "a\tb", "\x7f", "\xff", std::string(501, 'x')};
  for (const std::string& text : texts) {
    Source owner = Good();
    owner.owner = text;
    Source purpose = Good();
    purpose.purpose = text;
    const Status of_owner = CheckSource(owner);
    const Status of_purpose = CheckSource(purpose);
    ASSERT_FALSE(of_owner) << text;
    ASSERT_FALSE(of_purpose) << text;
    EXPECT_TRUE(of_owner.error().message().starts_with("the owner of a source"));
    EXPECT_TRUE(of_purpose.error().message().starts_with("the purpose of a source"));
  }
}

}  // namespace
}  // namespace proviso::records
