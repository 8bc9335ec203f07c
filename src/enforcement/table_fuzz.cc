// Decision tables: one that opens is read safely whatever its bytes say, and one that was compiled
// answers as the plain walk over its restrictions, whatever table it was made from.
#include <algorithm>
#include <array>
#include <vector>

#include "enforcement/decision_table.h"
#include "enforcement/internal/example_provider.h"
#include "fuzz/fuzzing.h"

namespace proviso::enforcement {
namespace {

constexpr std::array<std::string_view, 4> kSubscriptions = {"sub-1", "sub-2", "sub-3", "sub-9"};
// The last of each is in no table.
constexpr std::array<std::string_view, 4> kServices = {"blob-store", "archive-store", "speech",
                                                       "no-service"};
constexpr std::array<std::string_view, 4> kRegions = {"nl-1", "de-1", "ie-1", "no-region"};

Time At(std::size_t moment) { return Time(std::chrono::milliseconds(1000 * moment)); }

std::vector<Restriction> MakeRestrictions(fuzz::Input& input) {
  std::vector<Restriction> restrictions(input.Choose(6));
  for (std::size_t i = 0; i < restrictions.size(); ++i) {
    Restriction& made = restrictions[i];
    made.id = "decision-" + std::to_string(i + 1) + "/1";
    made.clause = "4.2";
    if (input.Choose(2) == 1) made.of_case = "case-" + std::to_string(input.Choose(2));
    made.operations = static_cast<OperationSet>(1 + input.Choose(kAllOperations));
    made.stage = static_cast<terms::Stage>(input.Choose(4));
    made.from = At(input.Choose(4));
    if (input.Choose(2) == 1) made.until = made.from + std::chrono::seconds(1 + input.Choose(4));
    for (std::size_t targets = 1 + input.Choose(5); targets > 0; --targets) {
      made.targets.push_back({std::string(kSubscriptions[input.Choose(4)]),
                              std::string(kServices[input.Choose(3)]),
                              std::string(kRegions[input.Choose(3)])});
    }
    std::sort(made.targets.begin(), made.targets.end());
    made.targets.erase(std::unique(made.targets.begin(), made.targets.end()), made.targets.end());
  }
  return restrictions;
}

template <typename Ask>
void ForEachQuestion(const Ask& ask) {
  for (std::size_t i = 0; i < 64; ++i) {  // 4 of each of the three
    for (int operation = 0; operation < kOperationCount; ++operation) {
      ask(Question{.subscription = std::string(kSubscriptions[i % 4]),
                   .service = std::string(kServices[i / 4 % 4]),
                   .region = std::string(kRegions[i / 16]),
                   .operation = static_cast<Operation>(operation),
                   .at = At((i + static_cast<std::size_t>(operation)) % 8)});
    }
  }
}

void CheckCompiled(const DecisionTable& table, const std::vector<Restriction>& restrictions) {
  ForEachQuestion([&](const Question& question) {
    const Answer found = table.Describe(question, true);
    if (question.service == kServices.back() || question.region == kRegions.back()) {
      PROVISO_CHECK(found.allowed, "what is unknown was to be allowed");
      return;
    }
    const Answer expected = DecideNaively(restrictions, question);
    PROVISO_CHECK(found.allowed == expected.allowed, question.subscription);
    PROVISO_CHECK(found.restriction == expected.restriction, found.restriction);
    PROVISO_CHECK(found.until == expected.until, found.restriction);
    PROVISO_CHECK(found.of_case == expected.of_case, found.of_case);
  });
}

// A table made from one of other restrictions, some of them the same, must be `compiled` too.
void CheckIncrement(fuzz::Input& input, const std::vector<Restriction>& restrictions,
                    const catalogue::Catalogue& catalogue, const Bytes& compiled) {
  const auto kept = static_cast<std::ptrdiff_t>(input.Choose(restrictions.size() + 1));
  std::vector<Restriction> earlier(restrictions.begin(), restrictions.begin() + kept);
  for (Restriction& lifted : MakeRestrictions(input)) {
    lifted.id += "-lifted";
    earlier.insert(earlier.begin() + static_cast<std::ptrdiff_t>(input.Choose(earlier.size() + 1)),
                   lifted);
  }
  const Bytes bytes = DecisionTable::Compile(6, earlier, catalogue, {"security"}).value();
  const DecisionTable before = DecisionTable::Open(bytes).value();
  std::vector<const Restriction*> in_force;
  in_force.reserve(restrictions.size());
  for (const Restriction& one : restrictions) in_force.push_back(&one);
  const auto made =
      DecisionTable::CompileFrom(before, 7, before.ChangeTo(in_force), catalogue, {"security"});
  PROVISO_CHECK(made && *made && **made == compiled, "another table than from everything");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const catalogue::Catalogue catalogue = internal::ExampleCatalogue();
  fuzz::Input input(data, size);
  const std::vector<Restriction> restrictions = MakeRestrictions(input);
  auto compiled = DecisionTable::Compile(7, restrictions, catalogue, {"security"});
  if (!compiled) return 0;
  CheckCompiled(DecisionTable::Open(*compiled).value(), restrictions);
  CheckIncrement(input, restrictions, catalogue, *compiled);
  if (input.rest().size() < 3) return 0;

  // Damage that the checksum does not show.
  while (input.rest().size() >= 3) {
    const std::size_t at = input.Choose(256) * 256 + input.Choose(256);
    (*compiled)[at % compiled->size()] = static_cast<std::uint8_t>(input.Choose(256));
  }
  internal::WriteChecksum(*compiled);
  // In memory of its own, so that one byte beyond the end is seen.
  const std::vector<std::uint8_t> damaged(compiled->begin(), compiled->end());
  const auto table = DecisionTable::Open(damaged);
  if (!table) {
    PROVISO_CHECK(table.error().code() == ErrorCode::kDataLoss ||
                      table.error().code() == ErrorCode::kUnimplemented,
                  table.error().message());
    return 0;
  }
  ForEachQuestion([&](const Question& question) {
    const Answer answer = table->Describe(question, false);
    const Verdict verdict = table->Decide({.subscription = question.subscription,
                                           .service = table->ServiceNumber(question.service),
                                           .region = table->RegionNumber(question.region),
                                           .operation = question.operation,
                                           .at = question.at.time_since_epoch().count()});
    PROVISO_CHECK(!answer.allowed || verdict.allowed, "two answers to one question");
  });
  return 0;
}

}  // namespace proviso::enforcement
