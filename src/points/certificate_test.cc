#include "points/certificate.h"

namespace proviso::points {
namespace {

using Part = CertificatePart;

constexpr std::string_view kHash = "Hash=468ed33be74eee6556d90c0149c1309e9ba61d6425303443c0748a02";

TEST(Certificate, IsReadFromWhatEnvoyForwards) {
  const std::string header = "By=spiffe://provider.example/gateway;" + std::string(kHash) +
                             R"(;Subject="CN=sub-1,OU=Data\, Lake,O=Example Ministry";)"
                             "URI=spiffe://provider.example/customer/sub-1;DNS=sub-1.example.org";
  EXPECT_EQ(PartOfXfcc(header, Part::kCommonName), "sub-1");
  EXPECT_EQ(PartOfXfcc(header, Part::kOrganisation), "Example Ministry");
  EXPECT_EQ(PartOfXfcc(header, Part::kUri), "spiffe://provider.example/customer/sub-1");
  EXPECT_EQ(PartOfXfcc(header, Part::kDns), "sub-1.example.org");
}

TEST(Certificate, KeepsWhatIsQuotedTogether) {
  const auto common_name = [](const char* header) { return PartOfXfcc(header, Part::kCommonName); };
  EXPECT_EQ(common_name(R"(Subject="CN=sub-1;URI=x,O=y")"), std::nullopt);
  EXPECT_EQ(common_name(R"(Subject="CN=sub-1\;URI=x")"), "sub-1;URI=x");
  EXPECT_EQ(common_name(R"(Subject="CN=a\\";URI=spiffe://provider.example/b)"), R"(a\)");
  EXPECT_EQ(common_name(R"(Subject="CN=a\\\",O=b")"), R"(a\")");
  EXPECT_EQ(PartOfXfcc(R"(URI="a\\b\"c\d")", Part::kUri), R"(a\b"c\d)");
}

TEST(Certificate, IsNobodysWhenTwoAreNamedOrNoneIs) {
  const std::string good = "URI=spiffe://provider.example/customer/sub-1";
  for (const std::string& header :
       {std::string(), std::string(kHash), std::string("URI="), std::string("URI"),
        good + ";URI=spiffe://provider.example/customer/sub-2", good + ";" + good,
        // The first certificate is what the client told of itself.
        good + "," + std::string(kHash), std::string(kHash) + "," + good, good + ", " + good,
        good + ",", good + ";", "URI=\"" + good, good + "\\", std::string(";") + good}) {
    EXPECT_EQ(PartOfXfcc(header, Part::kUri), std::nullopt) << header;
  }
  EXPECT_EQ(PartOfXfcc("uri=sub-1", Part::kUri), "sub-1");
  EXPECT_EQ(PartOfXfcc("Subject=\"CN=sub-1\";Subject=\"CN=sub-2\"", Part::kCommonName),
            std::nullopt);
}

TEST(Certificate, HasADistinguishedName) {
  const struct {
    const char* name;
    std::optional<std::string> common_name;
  } cases[] = {{"CN=sub-1", "sub-1"},
               {"O=Example Ministry,CN=sub-1,C=NL", "sub-1"},
               {"cn=sub-1", "sub-1"},
               {"O=x, CN=sub-1", "sub-1"},
               {"O=x+CN=sub-1", "sub-1"},
               {R"(CN=sub\2C1)", "sub,1"},
               {R"(CN=sub\,CN=x)", "sub,CN=x"},
               {R"(CN="sub,1")", "sub,1"},
               {R"(O="x,CN=sub-2",CN=sub-1)", "sub-1"},
               {R"(O=x\,CN=sub-2,CN=sub-1)", "sub-1"},
               {"CN=sub-1,CN=sub-2", std::nullopt},
               {"CN=sub-1+CN=sub-2", std::nullopt},
               {"CN=#0403666f6f", std::nullopt},
               {"CN=", std::nullopt},
               {"O=x", std::nullopt},
               {"", std::nullopt},
               {"CN=sub-1,", std::nullopt},
               {"CN", std::nullopt},
               {"/C=NL/O=x/CN=sub-1", std::nullopt},
               {"CN=sub-1;O=x", std::nullopt},
               {R"(CN=sub-1\)", std::nullopt},
               {R"(CN=sub-1\2)", std::nullopt},
               {R"(CN="sub-1)", std::nullopt}};
  for (const auto& [name, common_name] : cases) {
    EXPECT_EQ(PartOfName(name, Part::kCommonName), common_name) << name;
  }
}

}  // namespace
}  // namespace proviso::points
