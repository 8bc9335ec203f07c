// How fast a register of the largest size is read, stored and asked: `import_rows`, `ask_rows`.
#include <benchmark/benchmark.h>

#include <string>

#include "base/check.h"
#include "io/files/temporary_folder.h"
#include "records/register_store.h"

namespace proviso::records {
namespace {

constexpr std::uint64_t kSubscriptions = 1000;

catalogue::Catalogue ExampleCatalogue() {
  io::PosixFileSystem files;
  const auto path = std::filesystem::path(PROVISO_SOURCE_DIR) / "examples/catalogue.yaml";
  const Bytes text = files.ReadFile(path, kRegisterBytesMax).value();
  return catalogue::Catalogue::FromYaml(AsText(text), "catalogue.yaml").value();
}

// Just below the limits: 64 MiB.
struct Sample {
  io::PosixFileSystem files;
  io::TemporaryFolder folder = io::TemporaryFolder::Make().value();
  catalogue::Catalogue catalogue = ExampleCatalogue();
  std::filesystem::path path = folder.path() / "invoices.csv";
  std::uint64_t rows = 0;

  Sample() {
    std::string text =
        "invoice,customer,subscription,class,region,month,quantity,unit,amount,currency\n";
    while (text.size() < kRegisterBytesMax - 128) {
      text += "EX-202603-" + std::to_string(rows) + ",ba-example,sub-" +
              std::to_string(rows % kSubscriptions) + ",object-storage,nl-1,2026-03," +
              std::to_string(rows) + ".125,GB-Hours,1.25,EUR\n";
      ++rows;
    }
    PROVISO_CHECK(files.WriteFile(path, AsBytes(text), 0600), "the sample is written");
  }
};

const Sample& TheSample() {
  static Sample sample;
  return sample;
}

void ImportRegister(benchmark::State& state) {
  const Sample& sample = TheSample();
  for ([[maybe_unused]] auto _ : state) {
    state.PauseTiming();
    io::PosixFileSystem files;
    const auto folder = io::TemporaryFolder::Make(sample.folder.path()).value();
    const auto store = RegisterStore::Open(folder.path(), files);
    state.ResumeTiming();
    const auto staged = store->Stage(sample.path, SourceClass::kBilling, {sample.catalogue});
    PROVISO_CHECK(staged && staged->rows.imported == sample.rows, "every row is imported");
  }
  state.counters["import_rows"] = benchmark::Counter(static_cast<double>(sample.rows),
                                                     benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(ImportRegister)->Unit(benchmark::kMillisecond);

void AskRegister(benchmark::State& state) {
  const Sample& sample = TheSample();
  io::PosixFileSystem files;
  const auto store = RegisterStore::Open(sample.folder.path() / "asked", files);
  const auto staged = store->Stage(sample.path, SourceClass::kBilling, {sample.catalogue});
  PROVISO_CHECK(staged.has_value(), "the sample is whole");
  RegisterFile file;
  file.sha256 = staged->sha256;
  file.kept_sha256 = staged->kept_sha256;
  InvoiceQuestion question;
  question.customer = "ba-example";
  question.subscriptions = {"sub-7"};
  question.from = question.to = ParseMonth("2026-03").value();
  for ([[maybe_unused]] auto _ : state) {
    const auto answer = store->InvoicesIn(std::span(&file, 1), question);
    PROVISO_CHECK(answer && answer->lines >= sample.rows / kSubscriptions, "all lines are found");
  }
  state.counters["ask_rows"] = benchmark::Counter(static_cast<double>(sample.rows),
                                                  benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(AskRegister)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace proviso::records

BENCHMARK_MAIN();
