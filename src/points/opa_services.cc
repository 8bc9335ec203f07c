// The adapters for MinIO, Trino and Kafka.
#include <algorithm>
#include <array>
#include <utility>

#include "points/json_pointer.h"
#include "points/opa_input.h"

namespace proviso::points {
namespace {

using enforcement::Operation;

using Word = std::pair<std::string_view, Operation>;

template <std::size_t kCount>
std::optional<Operation> Find(const std::array<Word, kCount>& words, std::string_view word) {
  const auto* const found = std::ranges::lower_bound(words, word, {}, &Word::first);
  if (found == words.end() || found->first != word) return std::nullopt;
  return found->second;
}

constexpr std::string_view kMinioAdmin = "admin:";

// Beginnings of actions; the first that fits holds. Settings are written, even when they end.
constexpr auto kMinioActions = std::to_array<Word>({
    {"s3:AbortMultipartUpload", Operation::kDelete},
    {"s3:CreateBucket", Operation::kCreate},
    {"s3:DeleteBucketCors", Operation::kWrite},
    {"s3:DeleteBucketPolicy", Operation::kWrite},
    {"s3:DeleteObjectTagging", Operation::kWrite},
    {"s3:DeleteObjectVersionTagging", Operation::kWrite},
    {"s3:Delete", Operation::kDelete},
    {"s3:ForceDeleteBucket", Operation::kDelete},
    {"s3:Get", Operation::kRead},
    {"s3:Head", Operation::kRead},
    {"s3:List", Operation::kRead},
    {"s3:BypassGovernanceRetention", Operation::kWrite},
    {"s3:Put", Operation::kWrite},
    {"s3:ReplicateDelete", Operation::kDelete},
    {"s3:Replicate", Operation::kWrite},
    {"s3:ResetBucketReplicationState", Operation::kWrite},
    {"s3:RestoreObject", Operation::kWrite},
    // Among them are the keys of users, of which a question does not say whose they will be.
    {kMinioAdmin, Operation::kCreate},
    {"sts:", Operation::kManage},
});

std::optional<Operation> OperationOfMinio(std::string_view action) {
  // A wildcard stands for more than one operation.
  if (action.find('*') != std::string_view::npos) return std::nullopt;
  for (const auto& [beginning, operation] : kMinioActions) {
    if (action.starts_with(beginning)) return operation;
  }
  return std::nullopt;
}

constexpr std::string_view kTrinoImpersonation = "ImpersonateUser";

constexpr auto kTrinoOperations = std::to_array<Word>({
    {"AccessCatalog", Operation::kRead},
    {"AddColumn", Operation::kWrite},
    {"AlterColumn", Operation::kWrite},
    {"CreateCatalog", Operation::kCreate},
    {"CreateFunction", Operation::kCreate},
    {"CreateMaterializedView", Operation::kCreate},
    {"CreateSchema", Operation::kCreate},
    {"CreateTable", Operation::kCreate},
    {"CreateView", Operation::kCreate},
    // Asked of the owner of a view whenever somebody reads through it.
    {"CreateViewWithExecuteFunction", Operation::kRead},
    {"CreateViewWithSelectFromColumns", Operation::kRead},
    {"DeleteFromTable", Operation::kDelete},
    {"DropCatalog", Operation::kDelete},
    {"DropColumn", Operation::kDelete},
    {"DropFunction", Operation::kDelete},
    {"DropMaterializedView", Operation::kDelete},
    {"DropSchema", Operation::kDelete},
    {"DropTable", Operation::kDelete},
    {"DropView", Operation::kDelete},
    {"ExecuteFunction", Operation::kRead},
    {"ExecuteProcedure", Operation::kInvoke},
    // Asked before every query, those that only read included.
    {"ExecuteQuery", Operation::kRead},
    {"ExecuteTableProcedure", Operation::kWrite},
    {"FilterCatalogs", Operation::kRead},
    {"FilterColumns", Operation::kRead},
    {"FilterFunctions", Operation::kRead},
    {"FilterSchemas", Operation::kRead},
    {"FilterTables", Operation::kRead},
    {"FilterViewQueryOwnedBy", Operation::kRead},
    {"GetColumnMask", Operation::kRead},
    {"GetRowFilters", Operation::kRead},
    {kTrinoImpersonation, Operation::kCreate},
    {"InsertIntoTable", Operation::kWrite},
    {"KillQueryOwnedBy", Operation::kInvoke},
    {"ReadSystemInformation", Operation::kRead},
    {"RefreshMaterializedView", Operation::kWrite},
    {"RenameColumn", Operation::kWrite},
    {"RenameMaterializedView", Operation::kWrite},
    {"RenameSchema", Operation::kWrite},
    {"RenameTable", Operation::kWrite},
    {"RenameView", Operation::kWrite},
    {"SelectFromColumns", Operation::kRead},
    {"SetCatalogSessionProperty", Operation::kRead},
    {"SetColumnComment", Operation::kWrite},
    {"SetMaterializedViewComment", Operation::kWrite},
    {"SetMaterializedViewProperties", Operation::kWrite},
    {"SetSchemaAuthorization", Operation::kWrite},
    {"SetSystemSessionProperty", Operation::kRead},
    {"SetTableAuthorization", Operation::kWrite},
    {"SetTableComment", Operation::kWrite},
    {"SetTableProperties", Operation::kWrite},
    {"SetViewAuthorization", Operation::kWrite},
    {"SetViewComment", Operation::kWrite},
    {"ShowColumns", Operation::kRead},
    {"ShowCreateFunction", Operation::kRead},
    {"ShowCreateSchema", Operation::kRead},
    {"ShowCreateTable", Operation::kRead},
    {"ShowFunctions", Operation::kRead},
    {"ShowSchemas", Operation::kRead},
    {"ShowTables", Operation::kRead},
    {"TruncateTable", Operation::kDelete},
    {"UpdateTableColumns", Operation::kWrite},
    {"ViewQueryOwnedBy", Operation::kRead},
    {"WriteSystemInformation", Operation::kWrite},
});
static_assert(std::ranges::is_sorted(kTrinoOperations, {}, &Word::first));

constexpr auto kKafkaOperations = std::to_array<Word>({
    {"ALTER", Operation::kWrite},
    {"ALTER_CONFIGS", Operation::kWrite},
    // What brokers ask of each other; with it, a client could copy every topic, or pass on what
    // another one asks.
    {"CLUSTER_ACTION", Operation::kCreate},
    {"CREATE", Operation::kCreate},
    {"CREATE_TOKENS", Operation::kCreate},
    {"DELETE", Operation::kDelete},
    {"DESCRIBE", Operation::kRead},
    {"DESCRIBE_CONFIGS", Operation::kRead},
    {"DESCRIBE_TOKENS", Operation::kCreate},
    {"IDEMPOTENT_WRITE", Operation::kWrite},
    {"READ", Operation::kRead},
    {"TWO_PHASE_COMMIT", Operation::kWrite},
    {"WRITE", Operation::kWrite},
});
static_assert(std::ranges::is_sorted(kKafkaOperations, {}, &Word::first));

std::string_view TextAt(JsonValue input, std::string_view pointer) {
  const http_server::Found found = FindTextAt(input, pointer);
  return found.once() ? found.value : std::string_view();
}

// Passwords of others are the cluster's, and who sees a token may sign in with it.
bool IsKafkaSignIn(std::string_view operation, std::string_view resource) {
  return operation == "CLUSTER_ACTION" || operation == "CREATE_TOKENS" ||
         operation == "DESCRIBE_TOKENS" || resource == "DELEGATION_TOKEN" ||
         (operation == "ALTER" && resource == "CLUSTER");
}

// How many things a batch asks about. Columns are asked about as one table with all of them.
std::size_t BatchSize(JsonValue resources, std::string_view operation) {
  if (operation != "FilterColumns" || resources.size() != 1) return resources.size();
  const FoundValue columns = FindAt(resources, "/0/table/columns");
  return columns.once() ? columns.value.size() : 0;
}

}  // namespace

OpaInput ReadMinioInput(JsonValue input) {
  const std::string_view action = TextOf(input, "action");
  OpaInput result;
  result.operation = OperationOfMinio(action);
  result.as_another = action.starts_with(kMinioAdmin);
  // Whom another service signed in, MinIO calls by a name that it makes up; these are what that
  // service says. `sub` comes first: who has both came by OpenID, with claims of that service's
  // choice. So nobody of them is a caller who could be exempt, whatever `parent` they bring.
  for (const char* signed_in : {"/claims/sub", "/claims/ldapUser"}) {
    if (FindAt(input, signed_in).count == 0) continue;
    result.names = {TextAt(input, signed_in)};
    return result;
  }
  // Keys that a user made, or was lent, act for that user.
  const bool acts_for = FindAt(input, "/claims/parent").count > 0;
  result.caller = acts_for ? TextAt(input, "/claims/parent") : TextOf(input, "account");
  result.names = {result.caller};
  return result;
}

OpaInput ReadTrinoInput(JsonValue input) {
  const std::string_view operation = TextAt(input, "/action/operation");
  const std::string_view user = TextAt(input, "/context/identity/user");
  OpaInput result{
      .caller = user, .names = {user}, .operation = Find(kTrinoOperations, operation), .batch = {}};
  result.as_another = operation == kTrinoImpersonation;
  const FoundValue resources = FindAt(input, "/action/filterResources");
  if (resources.count > 1) result.operation = std::nullopt;
  const bool asks_for_many = resources.once() && !resources.value.is_null();
  if (operation == "GetRowFilters" || operation == "GetColumnMask") {
    // No verdict is asked for, but SQL. To add none is to let the question through; a `false` in
    // its place fails the query.
    result.when_allowed = operation == "GetRowFilters" || asks_for_many ? "[]" : "null";
  } else if (asks_for_many) {
    result.batch = BatchSize(resources.value, operation);
  }
  return result;
}

OpaInput ReadKafkaInput(JsonValue input) {
  const std::string_view name = TextAt(input, "/requestContext/principal/name");
  // So a broker calls everybody who has not signed in.
  const bool somebody = name != "ANONYMOUS";
  const std::string_view operation = TextAt(input, "/action/operation");
  return {
      .caller = name,
      .names = {somebody ? name : std::string_view()},
      .operation = Find(kKafkaOperations, operation),
      .as_another = IsKafkaSignIn(operation, TextAt(input, "/action/resourcePattern/resourceType")),
      .batch = {}};
}

OpaInput ReadOpaInput(OpaAdapter adapter, JsonValue input) {
  switch (adapter) {
    case OpaAdapter::kPlain:
      break;
    case OpaAdapter::kRgw:
      return ReadRgwInput(input);
    case OpaAdapter::kMinio:
      return ReadMinioInput(input);
    case OpaAdapter::kTrino:
      return ReadTrinoInput(input);
    case OpaAdapter::kKafka:
      return ReadKafkaInput(input);
  }
  return {};
}

}  // namespace proviso::points
