#include "records/register_fixture.h"

namespace proviso::records {
namespace {

using testing::Contracts;
using testing::Invoices;

Month M(std::string_view text) { return ParseMonth(text).value(); }
Date D(std::string_view text) { return ParseDate(text).value(); }
Decimal N(std::string_view text) { return Decimal::Parse(text).value(); }

InvoiceQuestion AskInvoices(std::string_view from, std::string_view to) {
  InvoiceQuestion question;
  question.customer = "ba-1";
  question.from = M(from);
  question.to = M(to);
  return question;
}

ContractQuestion AskContracts(std::string_view at) {
  ContractQuestion question;
  question.customer = "ba-1";
  question.at = D(at);
  return question;
}

class Questions : public testing::RegisterTest {
 protected:
  InvoiceAnswer Answered(const std::vector<RegisterFile>& files, const InvoiceQuestion& question) {
    const auto answer = store_.InvoicesIn(files, question);
    EXPECT_TRUE(answer) << answer.error().message();
    return answer ? *answer : InvoiceAnswer();
  }
  ContractAnswer Answered(const std::vector<RegisterFile>& files,
                          const ContractQuestion& question) {
    const auto answer = store_.ContractsAt(files, question);
    EXPECT_TRUE(answer) << answer.error().message();
    return answer ? *answer : ContractAnswer();
  }
  std::vector<std::string> InForce(const RegisterFile& file, const ContractQuestion& question) {
    std::vector<std::string> ids;
    for (const AgreementLine& line : Answered({file}, question).agreements) {
      ids.push_back(line.agreement);
    }
    return ids;
  }
};

class InvoiceQuestions : public Questions {
 protected:
  InvoiceQuestions()
      : register_(
            Staged(Invoices({"I-1,ba-1,sub-1,object-storage,nl-1,2026-03,10,GB-Hours,1.25,EUR",
                             "I-1,ba-1,sub-1,object-storage,nl-1,2026-03,2,TB-Hours,0.5,EUR",
                             "I-1,ba-1,sub-1,object-storage,nl-1,2026-03,1,GB-Hours,9,USD",
                             "I-1,ba-1,sub-1,ingress,nl-1,2026-03,500,GB,0,EUR",
                             "I-1,ba-1,sub-2,object-storage,nl-1,2026-03,4,GB-Hours,4,EUR",
                             "I-1,ba-1,sub-1,object-storage,ie-1,2026-03,5,GB-Hours,5,EUR",
                             "I-1,ba-1,sub-1,object-storage,,2026-03,6,GB-Hours,6,EUR",
                             "I-1,ba-1,,object-storage,nl-1,2026-03,7,GB-Hours,7,EUR",
                             "I-2,ba-2,sub-9,object-storage,nl-1,2026-04,8,GB-Hours,8,EUR",
                             "I-3,ba-1,sub-1,object-storage,nl-1,2026-05,20,GB-Hours,-2.5,EUR",
                             "I-4,ba-1,sub-1,other,,2026-06,,,30,EUR"}),
                   SourceClass::kBilling)) {}

  const StagedRegister register_;
};

TEST_F(InvoiceQuestions, SumsAmountsByMonthAndCurrency) {
  InvoiceQuestion question = AskInvoices("2026-03", "2026-07");
  question.subscriptions = {"sub-1", "sub-1"};
  question.capability_class = "object-storage";
  question.region = "nl-1";
  const InvoiceAnswer answer = Answered({FileOf(register_)}, question);
  EXPECT_EQ(answer.amounts, (std::vector<InvoiceAmount>{{M("2026-03"), "EUR", N("1.75"), 2},
                                                        {M("2026-03"), "USD", N("9"), 1},
                                                        {M("2026-05"), "EUR", N("-2.5"), 1}}));
  EXPECT_EQ(answer.quantities,
            (std::vector<InvoiceQuantity>{{M("2026-03"), "GB-Hours", N("11"), 2},
                                          {M("2026-03"), "TB-Hours", N("2"), 1},
                                          {M("2026-05"), "GB-Hours", N("20"), 1}}));
  EXPECT_EQ(answer.lines, 4U);
  EXPECT_EQ(answer.unplaced_lines, 2U);
  EXPECT_EQ(answer.query,
            "invoices(customer: ba-1, subscriptions: [sub-1], class: object-storage, region: "
            "nl-1) from 2026-03 to 2026-07");
  EXPECT_EQ(answer.inputs, std::vector<std::string>{register_.kept_sha256});
}

TEST_F(InvoiceQuestions, AMonthIsCoveredByAnybodysLines) {
  const InvoiceAnswer answer = Answered({FileOf(register_)}, AskInvoices("2026-02", "2026-07"));
  EXPECT_EQ(answer.covered,
            (std::vector<Month>{M("2026-03"), M("2026-04"), M("2026-05"), M("2026-06")}));
  EXPECT_TRUE(Answered({}, AskInvoices("2026-03", "2026-03")).covered.empty());
}

TEST_F(InvoiceQuestions, ALineWithoutAPriceIsALine) {
  InvoiceQuestion question = AskInvoices("2026-03", "2026-03");
  question.capability_class = "ingress";
  const InvoiceAnswer answer = Answered({FileOf(register_)}, question);
  EXPECT_EQ(answer.amounts, (std::vector<InvoiceAmount>{{M("2026-03"), "EUR", Decimal(), 1}}));
  EXPECT_EQ(answer.quantities, (std::vector<InvoiceQuantity>{{M("2026-03"), "GB", N("500"), 1}}));
}

TEST_F(InvoiceQuestions, EmptyMembersAskForAll) {
  const InvoiceAnswer answer = Answered({FileOf(register_)}, AskInvoices("2026-03", "2026-06"));
  EXPECT_EQ(answer.lines, 10U);
  EXPECT_EQ(answer.unplaced_lines, 0U);
  EXPECT_EQ(answer.query, "invoices(customer: ba-1) from 2026-03 to 2026-06");
}

TEST_F(InvoiceQuestions, AFileSpeaksOnlyForItsMonths) {
  const StagedRegister corrected =
      Staged(Invoices({"I-1,ba-1,sub-1,object-storage,nl-1,2026-03,10,GB-Hours,1,EUR",
                       "I-3,ba-1,sub-1,object-storage,nl-1,2026-05,20,GB-Hours,2,EUR"}),
             SourceClass::kBilling);
  RegisterFile old = FileOf(register_);
  RegisterFile fresh = FileOf(corrected);
  const auto both = store_.InvoicesIn(std::vector{old, fresh}, AskInvoices("2026-03", "2026-05"));
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(both.error().message(),
            "line 2 of the register `" + register_.sha256 + "` and line 2 of the register `" +
                corrected.sha256 +
                "` are of the same invoice and month; name only the register in force");
  old.months = {M("2026-03"), M("2026-04")};
  fresh.months = {M("2026-05")};
  InvoiceQuestion question = AskInvoices("2026-05", "2026-05");
  EXPECT_EQ(Answered({old, fresh}, question).amounts,
            (std::vector<InvoiceAmount>{{M("2026-05"), "EUR", N("2"), 1}}));
  EXPECT_EQ(Answered({fresh, old}, question).inputs, Answered({old, fresh}, question).inputs);
}

TEST_F(InvoiceQuestions, AnInvoiceOfTwoMonthsMayBeCorrectedInOneOfThem) {
  const StagedRegister first = Staged(Invoices({"I-8,ba-1,sub-1,ingress,nl-1,2026-08,1,GB,1,EUR",
                                                "I-8,ba-1,sub-1,ingress,nl-1,2026-09,1,GB,2,EUR"}),
                                      SourceClass::kBilling);
  const StagedRegister second =
      Staged(Invoices({"I-8,ba-1,sub-1,ingress,nl-1,2026-09,1,GB,3,EUR"}), SourceClass::kBilling);
  RegisterFile august = FileOf(first);
  august.months = {M("2026-08")};
  const InvoiceAnswer answer =
      Answered({august, FileOf(second)}, AskInvoices("2026-08", "2026-09"));
  EXPECT_EQ(answer.amounts, (std::vector<InvoiceAmount>{{M("2026-08"), "EUR", N("1"), 1},
                                                        {M("2026-09"), "EUR", N("3"), 1}}));
}

TEST_F(InvoiceQuestions, AnInvoiceInTwoFilesIsRefusedWhateverIsAsked) {
  const StagedRegister other =
      Staged(Invoices({"I-1,ba-1,sub-7,other,ie-1,2026-03,,,1,EUR"}), SourceClass::kBilling);
  InvoiceQuestion question = AskInvoices("2026-03", "2026-03");
  question.capability_class = "ingress";
  const auto answer = store_.InvoicesIn(std::vector{FileOf(register_), FileOf(other)}, question);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), ErrorCode::kFailedPrecondition);
}

TEST_F(InvoiceQuestions, RefusesQuestionsThatMakeNoSense) {
  const std::vector files = {FileOf(register_)};
  InvoiceQuestion nobody = AskInvoices("2026-03", "2026-03");
  nobody.customer = "";
  InvoiceQuestion line_break = AskInvoices("2026-03", "2026-03");
  line_break.subscriptions = {"a\nb"};
  InvoiceQuestion no_month = AskInvoices("2026-03", "2026-03");
  no_month.to = Month{};
  InvoiceQuestion no_text = AskInvoices("2026-03", "2026-03");
  no_text.region = "\xff";
  for (const InvoiceQuestion& question :
       {nobody, line_break, no_text, no_month, AskInvoices("2026-04", "2026-03"),
        AskInvoices("2000-01", "2020-01")}) {
    const auto answer = store_.InvoicesIn(files, question);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), ErrorCode::kInvalidArgument);
  }
  EXPECT_TRUE(store_.InvoicesIn(files, AskInvoices("2000-01", "2019-12")));
  const std::vector twice = {FileOf(register_), FileOf(register_)};
  EXPECT_EQ(store_.InvoicesIn(twice, AskInvoices("2026-03", "2026-03")).error().code(),
            ErrorCode::kInvalidArgument);
  InvoiceQuestion crowd = AskInvoices("2026-03", "2026-03");
  crowd.subscriptions.resize(RegisterStore::kSubscriptionsMax + 1, "sub-1");
  EXPECT_EQ(store_.InvoicesIn(files, crowd).error().code(), ErrorCode::kResourceExhausted);
  const std::vector<RegisterFile> many(RegisterStore::kFilesMax + 1);
  EXPECT_EQ(store_.InvoicesIn(many, AskInvoices("2026-03", "2026-03")).error().code(),
            ErrorCode::kResourceExhausted);
  EXPECT_EQ(store_.ContractsAt(files, AskContracts("2026-03-01")).error().code(),
            ErrorCode::kInvalidArgument);
}

TEST_F(InvoiceQuestions, ADamagedRegisterAnswersNothing) {
  const auto path = data_ / "records" / (register_.sha256 + ".csv");
  std::string kept = Kept(register_);
  kept.replace(kept.find("1.25"), 4, "9.25");
  testing::WriteText(path, kept);
  const auto answer =
      store_.InvoicesIn(std::vector{FileOf(register_)}, AskInvoices("2026-03", "2026-03"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), ErrorCode::kDataLoss);
}

// The sums against a second, plain way of adding up the same lines.
TEST_F(InvoiceQuestions, AgreesWithAPlainSum) {
  const std::vector<std::string> subscriptions = {"sub-1", "sub-2", "sub-3"};
  const std::vector<std::string> classes = {"object-storage", "ingress"};
  const std::vector<std::string> regions = {"nl-1", "ie-1"};
  std::vector<std::string> rows;
  std::map<std::string, std::int64_t> cents;  // by subscription, class, region, month
  for (std::size_t i = 0; i < 2000; ++i) {
    const std::string month = i % 7 < 3 ? "2026-03" : "2026-04";
    const auto& subscription = subscriptions[i * 7 % 3];
    const auto& cls = classes[i / 3 % 2];
    const auto& region = regions[i / 5 % 2];
    const auto amount = static_cast<std::int64_t>(i * 37 % 1009);
    cents[subscription + cls + region + month] += amount;
    rows.push_back("J-" + std::to_string(i) + ",ba-1," + subscription + "," + cls + "," + region +
                   "," + month + ",1,GB," + std::to_string(amount) + "e-2,EUR");
  }
  const StagedRegister staged = Staged(Invoices(rows), SourceClass::kBilling);
  for (const std::string& cls : classes) {
    for (const std::string& region : regions) {
      InvoiceQuestion question = AskInvoices("2026-03", "2026-04");
      question.subscriptions = {"sub-1", "sub-3"};
      question.capability_class = cls;
      question.region = region;
      const InvoiceAnswer answer = Answered({FileOf(staged)}, question);
      ASSERT_EQ(answer.amounts.size(), 2U);
      for (const InvoiceAmount& sum : answer.amounts) {
        const std::string month = FormatMonth(sum.month);
        const std::int64_t expected =
            cents["sub-1" + cls + region + month] + cents["sub-3" + cls + region + month];
        EXPECT_EQ(sum.amount, N(std::to_string(expected) + "e-2"));
      }
    }
  }
}

class ContractQuestions : public Questions {
 protected:
  ContractQuestions()
      : register_(
            Staged(Contracts({"A-1,ba-1,sub-1,object-storage,nl-1,2024-01-01,2027-01-01,100,GB",
                              "A-1,ba-1,sub-2,object-storage,nl-1,2024-01-01,2027-01-01,50,GB",
                              "A-2,ba-1,,ingress,*,2025-01-01,,,",
                              "A-3,ba-1,sub-1,*,ie-1,2024-01-01,2026-01-01,,",
                              "A-3,ba-1,sub-1,*,ie-1,2026-01-01,2026-07-01,,",
                              "A-9,ba-2,,*,*,2020-01-01,,,"}),
                   SourceClass::kContract)) {}

  const StagedRegister register_;
};

TEST_F(ContractQuestions, TellsWhichAgreementsAreInForce) {
  ContractQuestion question = AskContracts("2026-03-15");
  question.subscriptions = {"sub-2", "sub-1", "sub-3"};
  question.capability_class = "object-storage";
  question.region = "nl-1";
  const ContractAnswer answer = Answered({FileOf(register_)}, question);
  ASSERT_EQ(answer.agreements.size(), 2U);
  EXPECT_EQ(answer.agreements[0], (AgreementLine{"A-1",
                                                 "sub-1",
                                                 "object-storage",
                                                 "nl-1",
                                                 D("2024-01-01"),
                                                 D("2027-01-01"),
                                                 N("100"),
                                                 "GB",
                                                 {"sub-1"}}));
  EXPECT_EQ(answer.agreements[1].covers, std::vector<std::string>{"sub-2"});
  EXPECT_EQ(answer.not_covered, std::vector<std::string>{"sub-3"});
  EXPECT_EQ(answer.lines_read, 6U);
  EXPECT_EQ(answer.query,
            "contracts(customer: ba-1, subscriptions: [sub-1, sub-2, sub-3], class: "
            "object-storage, region: nl-1) at 2026-03-15");
  EXPECT_EQ(answer.inputs, std::vector<std::string>{register_.kept_sha256});
}

TEST_F(ContractQuestions, TheLastDayIsTheOneBeforeUntil) {
  const RegisterFile file = FileOf(register_);
  ContractQuestion question = AskContracts("2023-12-31");
  question.subscriptions = {"sub-1"};
  question.region = "ie-1";
  question.capability_class = "speech-to-text";
  EXPECT_TRUE(InForce(file, question).empty());
  for (const auto& [day, count] :
       {std::pair("2024-01-01", 1U), std::pair("2025-12-31", 1U), std::pair("2026-01-01", 1U),
        std::pair("2026-06-30", 1U), std::pair("2026-07-01", 0U)}) {
    question.at = D(day);
    EXPECT_EQ(InForce(file, question).size(), count) << day;
  }
}

TEST_F(ContractQuestions, AStarAndAnEmptySubscriptionCoverAll) {
  const RegisterFile file = FileOf(register_);
  ContractQuestion question = AskContracts("2026-03-15");
  question.capability_class = "ingress";
  question.region = "nl-1";
  question.subscriptions = {"sub-7", "sub-8"};
  const ContractAnswer answer = Answered({file}, question);
  ASSERT_EQ(answer.agreements.size(), 1U);
  EXPECT_EQ(answer.agreements[0].agreement, "A-2");
  EXPECT_EQ(answer.agreements[0].covers, (std::vector<std::string>{"sub-7", "sub-8"}));
  EXPECT_TRUE(answer.not_covered.empty());
  question.subscriptions = {"sub-1"};
  question.region = "ie-1";
  EXPECT_EQ(InForce(file, question), (std::vector<std::string>{"A-2", "A-3"}));
  EXPECT_EQ(InForce(file, AskContracts("2026-03-15")),
            (std::vector<std::string>{"A-1", "A-1", "A-2", "A-3"}));
}

TEST_F(ContractQuestions, NoAgreementCoversWhatNoneNames) {
  ContractQuestion question = AskContracts("2026-03-15");
  question.capability_class = "speech-to-text";
  question.region = "nl-1";
  question.subscriptions = {"sub-1"};
  const ContractAnswer answer = Answered({FileOf(register_)}, question);
  EXPECT_TRUE(answer.agreements.empty());
  EXPECT_EQ(answer.not_covered, std::vector<std::string>{"sub-1"});
  EXPECT_EQ(answer.lines_read, 6U);
}

TEST_F(ContractQuestions, TheSameLineInTwoFilesCountsOnceAndADifferentOneIsRefused) {
  const StagedRegister same = Staged(
      Contracts({"A-2,ba-1,,ingress,*,2025-01-01,,,", "A-9,ba-2,,*,*,2020-01-01,2021-01-01,,"}),
      SourceClass::kContract);
  ContractQuestion question = AskContracts("2026-03-15");
  question.capability_class = "ingress";
  question.region = "nl-1";
  EXPECT_EQ(Answered({FileOf(register_), FileOf(same)}, question).agreements.size(), 1U);
  const StagedRegister other =
      Staged(Contracts({"A-2,ba-1,,ingress,*,2025-01-01,2026-01-01,,"}), SourceClass::kContract);
  const auto answer = store_.ContractsAt(std::vector{FileOf(register_), FileOf(other)}, question);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_NE(answer.error().message().find("are of the same line of an agreement, and differ"),
            std::string::npos);
}

TEST_F(ContractQuestions, QuotesNamesThatNeedIt) {
  ContractQuestion question = AskContracts("2026-03-15");
  question.customer = "ba \"one\"";
  question.subscriptions = {"-x", "a\\b"};
  EXPECT_EQ(Answered({FileOf(register_)}, question).query,
            "contracts(customer: \"ba \\\"one\\\"\", subscriptions: [\"-x\", \"a\\\\b\"]) at "
            "2026-03-15");
}

TEST_F(ContractQuestions, RowsShowsTheRowsOfOneCustomer) {
  RowFilter filter;
  filter.customer = "ba-1";
  const auto all = store_.Rows(FileOf(register_), filter, 3);
  ASSERT_TRUE(all) << all.error().message();
  EXPECT_EQ(all->columns,
            (std::vector<std::string>{"agreement", "customer", "subscription", "class", "region",
                                      "from", "until", "quantity", "unit"}));
  EXPECT_EQ(all->matching, 5U);
  ASSERT_EQ(all->rows.size(), 3U);
  EXPECT_EQ(all->rows[1].line, 3U);
  EXPECT_EQ(all->rows[1].cells,
            (std::vector<std::string>{"A-1", "ba-1", "sub-2", "object-storage", "nl-1",
                                      "2024-01-01", "2027-01-01", "50", "GB"}));
  filter.subscriptions = {"sub-2"};
  EXPECT_EQ(store_.Rows(FileOf(register_), filter, 9)->matching, 2U);  // with A-2: all of them
  filter.capability_class = "object-storage";
  EXPECT_EQ(store_.Rows(FileOf(register_), filter, 9)->matching, 1U);
  filter.region = "ie-1";
  EXPECT_EQ(store_.Rows(FileOf(register_), filter, 9)->matching, 0U);
  filter.customer = "";
  EXPECT_EQ(store_.Rows(FileOf(register_), filter, 9).error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace proviso::records
