#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <csignal>
#include <cstdio>

#include "io/files/temporary_folder.h"
#include "io/http/scripted_server.h"

namespace proviso::io {
namespace {

// A key and a certificate for 127.0.0.1 that nobody else vouches for.
struct TlsIdentity {
  TlsIdentity()
      : key(EVP_EC_gen("P-256")),
        certificate(X509_new()),
        context(SSL_CTX_new(TLS_server_method())) {
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_set_version(certificate, 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("Example"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_EXTENSION* place =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(certificate, place, -1);
    X509_EXTENSION_free(place);
    X509_sign(certificate, key, EVP_sha256());
    SSL_CTX_use_certificate(context, certificate);
    SSL_CTX_use_PrivateKey(context, key);
  }
  TlsIdentity(const TlsIdentity&) = delete;
  TlsIdentity& operator=(const TlsIdentity&) = delete;
  ~TlsIdentity() {
    SSL_CTX_free(context);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  void WriteTo(const std::filesystem::path& path) const {
    FILE* file = std::fopen(path.c_str(), "w");
    PEM_write_X509(file, certificate);
    static_cast<void>(std::fclose(file));
  }

  EVP_PKEY* key;
  X509* certificate;
  SSL_CTX* context;
};

class TlsStream final : public ScriptedStream {
 public:
  TlsStream(int socket, SSL_CTX* context) : ScriptedStream(socket), tls_(SSL_new(context)) {
    SSL_set_fd(tls_, socket);
  }
  ~TlsStream() override { SSL_free(tls_); }
  bool Begin() override { return SSL_accept(tls_) == 1; }
  long Receive(char* data, std::size_t size) override {
    return SSL_read(tls_, data, static_cast<int>(size));
  }
  bool Send(const std::string& data) override {
    return SSL_write(tls_, data.data(), static_cast<int>(data.size())) > 0;
  }

 private:
  SSL* const tls_;
};

TEST(HttpClient, TrustsAServerOnlyByItsCertificate) {
  const TemporaryFolder folder = TemporaryFolder::Make(testing::TempDir()).value();
  const TlsIdentity identity;
  signal(SIGPIPE, SIG_IGN);  // SSL_write has no flag against it
  identity.WriteTo(folder.path() / "ca.pem");
  const ScriptedServer server(
      [](const std::string& request) {
        return request.find(" /down ") == std::string::npos
                   ? Answer("safe")
                   : Answer("", "Location: http://127.0.0.1:9/\r\n", "302 Found");
      },
      [&identity](int socket) { return std::make_unique<TlsStream>(socket, identity.context); });

  const auto stranger = HttpClient({}).Send({.url = server.Url("/", "https")});
  ASSERT_FALSE(stranger);
  EXPECT_EQ(stranger.error().code(), ErrorCode::kUnavailable);
  EXPECT_NE(ErrorOf(stranger).find("certificate"), std::string::npos) << ErrorOf(stranger);

  HttpClient trusting({.ca_file = folder.path() / "ca.pem"});
  const auto known = trusting.Send({.url = server.Url("/", "https")});
  ASSERT_TRUE(known) << ErrorOf(known);
  EXPECT_EQ(known->body, "safe");
  // The certificate is for the address, not for the name.
  EXPECT_FALSE(trusting.Send({.url = "https://localhost:" + std::to_string(server.port()) + "/"}));
  // Nobody on the way may bring the client to speak in clear.
  const auto down = trusting.Send({.url = server.Url("/down", "https")});
  ASSERT_FALSE(down);
  EXPECT_NE(ErrorOf(down).find("rotocol"), std::string::npos) << ErrorOf(down);

  const auto no_file = HttpClient({.ca_file = folder.path() / "missing.pem"})
                           .Send({.url = server.Url("/", "https")});
  ASSERT_FALSE(no_file);
  EXPECT_EQ(no_file.error().code(), ErrorCode::kInvalidArgument) << ErrorOf(no_file);
}

}  // namespace
}  // namespace proviso::io
